/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the tool. Each returns an exit code. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "options.h"

extern const struct command command_scan, command_gate, command_inventory, command_explain, command_version,
    command_list, command_files;
extern const struct command command_db_build, command_db_info, command_db_verify;

#endif
