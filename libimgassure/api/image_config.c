/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/image.h>: the config and the history. */
#include "api/object.h"

#include "image/facts.h"

static const struct ia_image_config *config_of(const imga_image *image)
{
    return image ? ia_image_config(image->image) : NULL;
}

static void fill_config(const void *object, size_t index, void *out)
{
    const struct ia_image_config *config = object;
    const struct ia_execution *execution = &config->execution;
    imga_config_row *row = out;
    (void)index;
    row->user = execution->user;
    row->working_dir = execution->working_dir;
    row->stop_signal = execution->stop_signal;
    row->author = config->author;
    row->os_version = config->os_version;
    row->health_interval_ns = execution->health.interval;
    row->health_timeout_ns = execution->health.timeout;
    row->health_start_period_ns = execution->health.start_period;
    row->health_start_interval_ns = execution->health.start_interval;
    row->health_retries = execution->health.retries;
    row->has_healthcheck = execution->health.is_set;
}

IMGA_API int imga_image_config(const imga_image *image, imga_config_row *row)
{
    struct ia_api_rows rows = {config_of(image), 1, sizeof(*row), fill_config};
    return ia_api_fill_one(&rows, row);
}

/* NULL: there is no image or no such list. */
static const struct ia_config_list *list_of(const imga_image *image, int32_t list)
{
    static const enum ia_config_list_kind kinds[] = {
        [IMGA_CONFIG_ENV] = IA_CONFIG_ENV,
        [IMGA_CONFIG_PORTS] = IA_CONFIG_PORTS,
        [IMGA_CONFIG_VOLUMES] = IA_CONFIG_VOLUMES,
        [IMGA_CONFIG_LABELS] = IA_CONFIG_LABELS,
        [IMGA_CONFIG_ENTRYPOINT] = IA_CONFIG_ENTRYPOINT,
        [IMGA_CONFIG_CMD] = IA_CONFIG_CMD,
        [IMGA_CONFIG_HEALTHCHECK] = IA_CONFIG_HEALTHCHECK,
        [IMGA_CONFIG_ONBUILD] = IA_CONFIG_ONBUILD,
        [IMGA_CONFIG_SHELL] = IA_CONFIG_SHELL,
        [IMGA_CONFIG_OS_FEATURES] = IA_CONFIG_OS_FEATURES,
    };
    const struct ia_image_config *config = config_of(image);
    if (!config || list < IMGA_CONFIG_ENV || list > IMGA_CONFIG_OS_FEATURES)
        return NULL;
    return &config->execution.lists[kinds[list]];
}

static void fill_value(const void *object, size_t index, void *out)
{
    const struct ia_config_list *list = object;
    imga_config_value_row *row = out;
    row->key = list->p[index].key;
    row->value = list->p[index].value;
}

IMGA_API size_t imga_image_config_count(const imga_image *image, int32_t list)
{
    const struct ia_config_list *values = list_of(image, list);
    return values ? values->n : 0;
}

IMGA_API int64_t imga_image_config_values(const imga_image *image, int32_t list, size_t first,
                                          imga_config_value_row *out, size_t count)
{
    struct ia_api_rows rows = {list_of(image, list), imga_image_config_count(image, list), sizeof(*out), fill_value};
    return ia_api_fill(&rows, first, out, count);
}

static void fill_step(const void *object, size_t index, void *out)
{
    const struct ia_image *image = object;
    const struct ia_step *step = &ia_image_config(image)->steps[index];
    imga_history_row *row = out;
    row->layer = ia_image_step_layer(image, index);
    row->created = step->created;
    row->created_by = step->created_by;
    row->author = step->author;
    row->comment = step->comment;
}

IMGA_API size_t imga_image_history_count(const imga_image *image)
{
    return image ? ia_image_config(image->image)->step_count : 0;
}

IMGA_API int64_t imga_image_history(const imga_image *image, size_t first, imga_history_row *out, size_t count)
{
    struct ia_api_rows rows = {image ? image->image : NULL, imga_image_history_count(image), sizeof(*out), fill_step};
    return ia_api_fill(&rows, first, out, count);
}
