/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/products.h"

enum { CPE_MOST = 512 };

/* Letters small, all but letters, digits and . - _ escaped. */
static int add_component(struct ia_buf *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool plain = ia_is_digit(c) || ia_is_alpha(c) || c == '.' || c == '-' || c == '_';
        if (!plain)
            IA_TRY(ia_buf_char(out, '\\'));
        IA_TRY(ia_buf_char(out, ia_lower(c)));
    }
    return IMGA_OK;
}

static int add_cpe(struct ia_buf *out, struct ia_str product, struct ia_str version)
{
    size_t colon = ia_str_find(product, ':');
    IA_TRY(ia_buf_text(out, "cpe:2.3:a:"));
    IA_TRY(add_component(out, ia_str_sub(product, 0, colon)));
    IA_TRY(ia_buf_char(out, ':'));
    IA_TRY(add_component(out, ia_str_sub(product, colon + 1, product.n)));
    IA_TRY(ia_buf_char(out, ':'));
    IA_TRY(add_component(out, version));
    return ia_buf_text(out, ":*:*:*:*:*:*:*");
}

static int add_all(struct ia_products *out, struct ia_str names, struct ia_str version, size_t *from)
{
    struct ia_str product;
    while (out->count < IA_PRODUCTS_MOST && ia_str_next(&names, ',', &product)) {
        from[out->count++] = out->text.n;
        IA_TRY(add_cpe(&out->text, product, version));
    }
    return IMGA_OK;
}

int ia_products_write(struct ia_products *out, struct ia_env *env, struct ia_str names, struct ia_str version)
{
    size_t from[IA_PRODUCTS_MOST];
    out->count = 0;
    ia_buf_init(&out->text, &env->alloc, (size_t)IA_PRODUCTS_MOST * CPE_MOST);
    IA_TRY(ia_described(env, add_all(out, names, version, from), "products", IA_PRODUCTS_MOST * CPE_MOST));
    for (size_t i = 0; i < out->count; i++) {
        size_t end = i + 1 < out->count ? from[i + 1] : out->text.n;
        struct ia_str cpe = ia_str_sub(ia_buf_view(&out->text), from[i], end - from[i]);
        out->fields[i] = (struct ia_field){IA_STR("cpe"), cpe};
    }
    return IMGA_OK;
}

void ia_products_free(struct ia_products *products)
{
    ia_buf_free(&products->text);
}
