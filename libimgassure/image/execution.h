/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The execution parameters of an image, the object "config" of its config: OCI image-spec 1.1 config.md; docker
 * image-spec v1.2 for Healthcheck, OnBuild and Shell. And the lists of a config in general.
 */
#ifndef IA_IMAGE_EXECUTION_H
#define IA_IMAGE_EXECUTION_H

#include "base/vec.h"
#include "image/document.h"

enum ia_config_list_kind {
    IA_CONFIG_ENV = 0,
    IA_CONFIG_PORTS,
    IA_CONFIG_VOLUMES,
    IA_CONFIG_LABELS,
    IA_CONFIG_ENTRYPOINT,
    IA_CONFIG_CMD,
    IA_CONFIG_HEALTHCHECK, /* its Test */
    IA_CONFIG_ONBUILD,
    IA_CONFIG_SHELL,
    IA_CONFIG_OS_FEATURES, /* of the config itself */
    IA_CONFIG_LISTS
};

struct ia_config_value {
    const char *key; /* of a label; of an environment variable what stands before '='; "" elsewhere */
    const char *value;
};

struct ia_config_list {
    const struct ia_config_value *p;
    size_t n;
};

struct ia_healthcheck {
    bool is_set; /* by an object, which may be empty or say NONE */
    uint32_t retries;
    uint64_t interval, timeout, start_period, start_interval; /* nanoseconds; 0: the engine's default */
};

struct ia_execution {
    const char *user, *working_dir, *stop_signal; /* "" when absent */
    struct ia_healthcheck health;
    struct ia_config_list lists[IA_CONFIG_LISTS]; /* ports, volumes and labels sorted by bytes, each key once */
};

/* While a document is read. Every string and list goes to the document's arena. */
struct ia_execution_reader {
    struct ia_document *d;
    struct ia_execution *out;
    struct ia_vec lists[IA_CONFIG_LISTS];
};

void ia_execution_begin(struct ia_execution_reader *reader, struct ia_document *d, struct ia_execution *out);
/*
 * The object, or null. Strict in types as Go's encoding/json is with docker's structs, which refuses the image, too:
 * E_FORMAT. Members in another spelling, or twice, are taken as it takes them, and noted.
 */
int ia_execution_read(struct ia_execution_reader *reader);
/* An array of strings, or null, as that list; what the list held is dropped. */
int ia_execution_strings(struct ia_execution_reader *reader, enum ia_config_list_kind list);
/* Completes the lists of *out. Notes: keys that come twice. */
int ia_execution_end(struct ia_execution_reader *reader);
void ia_execution_free(struct ia_execution_reader *reader); /* a zeroed one is fine */

#endif
