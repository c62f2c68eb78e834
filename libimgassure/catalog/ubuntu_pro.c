/* SPDX-License-Identifier: Apache-2.0 */
/* {"services": [{"name": "esm-infra", "status": "enabled", ...}, ...], ...} */
#include "catalog/ubuntu_pro.h"

#include "syntax/json_read.h"

static int service_of(struct ia_str name)
{
    static const struct {
        const char *name;
        int service;
    } services[] = {
        {"esm-infra", IA_UBUNTU_ESM_INFRA},
        {"esm-apps", IA_UBUNTU_ESM_APPS},
        {"fips", IA_UBUNTU_FIPS},
        {"fips-updates", IA_UBUNTU_FIPS},
    };
    for (size_t i = 0; i < IA_COUNT(services); i++)
        if (ia_str_is(name, services[i].name))
            return services[i].service;
    return 0;
}

/* One object of the list, from behind its brace: its service when it is enabled, else 0. */
static int read_service(struct ia_json *json, struct ia_env *env)
{
    struct ia_str text;
    int event, service = 0;
    bool enabled = false;
    while ((event = ia_json_next(json, env, &text)) != IA_JSON_OBJECT_END) {
        bool name = ia_str_is(text, "name"), status = ia_str_is(text, "status");
        IA_TRY(event);
        IA_TRY(event = ia_json_next(json, env, &text));
        if (event == IA_JSON_STRING && name)
            service = service_of(text);
        else if (event == IA_JSON_STRING && status)
            enabled = ia_str_is(text, "enabled");
        IA_TRY(ia_json_skip(json, env, event));
    }
    return enabled ? service : 0;
}

/* The value of "services". */
static int read_services(struct ia_json *json, struct ia_env *env)
{
    struct ia_str text;
    int services = 0, event = ia_json_next(json, env, &text);
    if (event != IA_JSON_ARRAY)
        return event < 0 ? event : ia_json_skip(json, env, event);
    while ((event = ia_json_next(json, env, &text)) != IA_JSON_ARRAY_END) {
        IA_TRY(event);
        int service = event == IA_JSON_OBJECT ? read_service(json, env) : ia_json_skip(json, env, event);
        IA_TRY(service);
        services |= service;
    }
    return services;
}

static int read_document(struct ia_json *json, struct ia_env *env)
{
    struct ia_str text;
    int services = 0, event = ia_json_next(json, env, &text);
    if (event != IA_JSON_OBJECT)
        return event < 0 ? event : 0;
    while ((event = ia_json_next(json, env, &text)) != IA_JSON_OBJECT_END) {
        IA_TRY(event);
        int found = ia_str_is(text, "services") ? read_services(json, env) : ia_json_skip(json, env, event);
        IA_TRY(found);
        services |= found;
    }
    return services;
}

/* Damage only means that nothing is known. */
static int forgive(struct ia_env *env, int status)
{
    if (status >= 0 || status == IMGA_E_NOMEM || status == IMGA_E_CANCELLED)
        return status;
    ia_error_clear(env);
    return 0;
}

int ia_ubuntu_pro_parse(struct ia_env *env, struct ia_str text)
{
    struct ia_reader *input = NULL;
    struct ia_json *json = NULL;
    int status;
    IA_GO(status, ia_reader_memory(env, text.p, text.n, &input));
    IA_GO(status, ia_json_new(env, input, &json));
    status = read_document(json, env);
out:
    ia_json_free(json);
    ia_reader_close(input);
    return forgive(env, status);
}

int ia_ubuntu_pro_read(struct ia_env *env, struct ia_rootfs *fs)
{
    struct ia_file file;
    IA_TRY(ia_rootfs_file(fs, env, "var/lib/ubuntu-advantage/status.json", &file));
    return file.state == IA_FILE_CONTENT ? ia_ubuntu_pro_parse(env, file.content) : 0;
}
