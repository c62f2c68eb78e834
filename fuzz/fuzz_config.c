/* SPDX-License-Identifier: Apache-2.0 */
/* Image configs and the documents of docker image-spec v1.0, from the JSON itself. */
#include "fuzz.h"

#include "base/utf8.h"
#include "image/config.h"

#include <string.h>

static void check_text(const char *text)
{
    fuzz_check(text && ia_utf8_valid(ia_str_from(text)), "strings are valid UTF-8");
}

static void check_lists(const struct ia_execution *execution)
{
    for (int list = 0; list < IA_CONFIG_LISTS; list++) {
        const struct ia_config_list *values = &execution->lists[list];
        bool is_map = list == IA_CONFIG_PORTS || list == IA_CONFIG_VOLUMES || list == IA_CONFIG_LABELS;
        for (size_t i = 0; i < values->n; i++) {
            const struct ia_config_value *v = &values->p[i];
            check_text(v->key);
            check_text(v->value);
            if (!is_map || i == 0)
                continue;
            const char *below = list == IA_CONFIG_LABELS ? v[-1].key : v[-1].value;
            const char *above = list == IA_CONFIG_LABELS ? v->key : v->value;
            fuzz_check(strcmp(below, above) < 0, "maps are sorted and have each key once");
        }
    }
}

static void check_steps(const struct ia_image_config *kept)
{
    uint64_t made = 0;
    for (size_t i = 0; i < kept->step_count; i++) {
        const struct ia_step *step = &kept->steps[i];
        check_text(step->created);
        check_text(step->created_by);
        check_text(step->author);
        check_text(step->comment);
        fuzz_check(step->layer == UINT32_MAX || step->layer == made++, "layers are numbered in their order");
        if (step->layer != UINT32_MAX)
            fuzz_check(ia_config_step(kept, step->layer, (size_t)kept->made) == step, "a layer finds its entry");
    }
    fuzz_check(made <= kept->made, "what is kept was counted");
}

static void check_config(const struct ia_config *config)
{
    check_text(config->os);
    check_text(config->created);
    check_text(config->kept->author);
    check_text(config->kept->os_version);
    check_text(config->kept->execution.user);
    check_text(config->kept->execution.working_dir);
    check_text(config->kept->execution.stop_signal);
    check_lists(&config->kept->execution);
    check_steps(config->kept);
}

static void run(struct fuzz_env *f, struct ia_str bytes, bool is_old)
{
    struct ia_arena arena;
    struct ia_config_v1 out = {.id = NULL};
    ia_error_clear(&f->env);
    ia_arena_init(&arena, &f->env.alloc);
    int status = is_old ? ia_config_parse_v1(&f->env, &arena, bytes, &out)
                        : ia_config_parse(&f->env, &arena, bytes, &out.config);
    fuzz_check(status == f->env.error.status, "a failure is described");
    fuzz_check((status == IMGA_OK) == (out.config.kept != NULL), "a config is kept, or there is none");
    if (status == IMGA_OK) {
        fuzz_check(out.config.diff_ids.n <= f->limits.layers, "the diff_ids are limited");
        check_config(&out.config);
        if (is_old)
            check_text(out.step.created_by);
    }
    ia_config_free(&out.config);
    ia_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ia_str bytes = {(const char *)data, size};
    struct fuzz_env f;
    fuzz_env_open(&f);
    f.limits.layers = 8;
    run(&f, bytes, false);
    run(&f, bytes, true);
    fuzz_env_close(&f);
    return 0;
}
