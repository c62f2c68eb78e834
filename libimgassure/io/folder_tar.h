/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder as the tar archive that tar would make of it: entries in the order of their bytes, ustar headers, PAX
 * records for what does not fit them. It can skip: the content of a file that nobody asks for is never read.
 */
#ifndef IA_IO_FOLDER_TAR_H
#define IA_IO_FOLDER_TAR_H

#include "base/reader.h"

/*
 * Reads below an open folder, which stays the caller's and must outlive the reader. What cannot be read gets a note
 * IMGA_NOTE_SKIPPED and is left out. E_LIMIT (layer_entries), E_IO, E_NOMEM.
 */
int ia_folder_tar(struct ia_env *env, int folder, struct ia_reader **out);

#endif
