/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests, indexes and configs as text: what is taken, what is refused and with which code. */
#include "image/config.h"
#include "image/manifest.h"
#include "support.h"

#include <criterion/criterion.h>

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DESC "{\"mediaType\":\"m\",\"digest\":\"" D1 "\",\"size\":1}"
#define CONF "\"config\":" DESC
#define LAYS "\"layers\":[" DESC "]"
#define MANS "\"manifests\":[" DESC "]"
#define TYPE_M "application/vnd.oci.image.manifest.v1+json"
#define TYPE_I "application/vnd.oci.image.index.v1+json"
#define MEDIA(type) "\"mediaType\":\"" type "\","
#define V2 "{\"schemaVersion\":2,"
#define GOOD V2 CONF "," LAYS "}"
/* one layer with this descriptor */
#define WITH(descriptor) V2 CONF ",\"layers\":[" descriptor "]}"

static const struct row {
    const char *name, *text, *declared;
    int status;
} manifests[] = {
    {"manifest", GOOD, "", IMGA_OK},
    {"index", V2 MANS "}", "", IMGA_OK},
    {"manifest, typed", V2 MEDIA(TYPE_M) CONF "," LAYS "}", TYPE_M, IMGA_OK},
    {"docker manifest", V2 MEDIA("application/vnd.docker.distribution.manifest.v2+json") CONF "," LAYS "}", "",
     IMGA_OK},
    {"docker list", V2 MEDIA("application/vnd.docker.distribution.manifest.list.v2+json") MANS "}", "", IMGA_OK},
    {"no layers at all", V2 CONF ",\"layers\":[]}", "", IMGA_OK},
    {"empty index", V2 "\"manifests\":[]}", "", IMGA_OK},
    {"other members", V2 "\"x\":{\"layers\":[{}]},\"y\":[1,[]]," CONF "," LAYS "}", "", IMGA_OK},
    {"null annotations", V2 "\"annotations\":null," CONF "," LAYS "}", "", IMGA_OK},

    {"two kinds", V2 CONF "," LAYS "," MANS "}", "", IMGA_E_AMBIGUOUS},
    {"config and manifests", V2 CONF "," MANS "}", "", IMGA_E_AMBIGUOUS},
    {"empty layers in an index", V2 "\"layers\":[]," MANS "}", "", IMGA_E_AMBIGUOUS},
    {"schema 1 and 2", V2 "\"fsLayers\":[]," CONF "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"descriptor says index", GOOD, TYPE_I, IMGA_E_AMBIGUOUS},
    {"descriptor says manifest", V2 MANS "}", TYPE_M, IMGA_E_AMBIGUOUS},
    {"document says index", V2 MEDIA(TYPE_I) CONF "," LAYS "}", TYPE_M, IMGA_E_AMBIGUOUS},
    {"document says index, nothing declared", V2 MEDIA(TYPE_I) CONF "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"two manifest types", V2 MEDIA(TYPE_M) CONF "," LAYS "}", "application/vnd.docker.distribution.manifest.v2+json",
     IMGA_E_AMBIGUOUS},
    {"layers twice", V2 CONF "," LAYS "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"config twice", V2 CONF "," CONF "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"manifests twice", V2 MANS "," MANS "}", "", IMGA_E_AMBIGUOUS},
    {"schemaVersion twice", V2 "\"schemaVersion\":2," CONF "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"Layers beside layers", V2 CONF "," LAYS ",\"Layers\":[]}", "", IMGA_E_AMBIGUOUS},
    {"LAYERS alone", V2 CONF ",\"LAYERS\":[]}", "", IMGA_E_AMBIGUOUS},
    {"layers with a long s", V2 CONF "," LAYS ",\"layer\xc5\xbf\":[]}", "", IMGA_E_AMBIGUOUS},
    {"escaped long s", V2 CONF "," LAYS ",\"layer\\u017f\":[]}", "", IMGA_E_AMBIGUOUS},
    {"escaped layers is layers", V2 CONF ",\"l\\u0061yers\":[]," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"mediatype in lower case", V2 "\"mediatype\":\"x\"," CONF "," LAYS "}", "", IMGA_E_AMBIGUOUS},
    {"digest twice", WITH("{\"digest\":\"" D1 "\",\"digest\":\"" D1 "\",\"size\":1}"), "", IMGA_E_AMBIGUOUS},
    {"Digest", WITH("{\"digest\":\"" D1 "\",\"size\":1,\"Digest\":\"" D1 "\"}"), "", IMGA_E_AMBIGUOUS},
    {"size twice", WITH("{\"digest\":\"" D1 "\",\"size\":1,\"size\":1}"), "", IMGA_E_AMBIGUOUS},
    {"Size", WITH("{\"digest\":\"" D1 "\",\"Size\":1}"), "", IMGA_E_AMBIGUOUS},

    {"schema 1", "{\"schemaVersion\":1,\"fsLayers\":[],\"history\":[]}", "", IMGA_E_UNSUPPORTED},
    {"schema 1 by type", "{\"schemaVersion\":1,\"fsLayers\":[]}",
     "application/vnd.docker.distribution.manifest.v1+prettyjws", IMGA_E_UNSUPPORTED},
    {"schema 1 members", V2 "\"fsLayers\":[]}", "", IMGA_E_UNSUPPORTED},
    {"schemaVersion 3", "{\"schemaVersion\":3," CONF "," LAYS "}", "", IMGA_E_UNSUPPORTED},
    {"unknown type", V2 MEDIA("application/x") CONF "," LAYS "}", "", IMGA_E_UNSUPPORTED},
    {"unknown declared", GOOD, "application/x", IMGA_E_UNSUPPORTED},
    {"unknown algorithm", WITH("{\"digest\":\"md5:d41d8cd98f00b204e9800998ecf8427e\",\"size\":1}"), "",
     IMGA_E_UNSUPPORTED},

    {"trailing document", GOOD "{}", "", IMGA_E_FORMAT},
    {"trailing word", GOOD " x", "", IMGA_E_FORMAT},
    {"byte order mark", "\xef\xbb\xbf" GOOD, "", IMGA_E_FORMAT},
    {"utf-16", "\xff\xfe{\0", "", IMGA_E_FORMAT},
    {"array", "[]", "", IMGA_E_FORMAT},
    {"null", "null", "", IMGA_E_FORMAT},
    {"empty object", "{}", "", IMGA_E_FORMAT},
    {"no schemaVersion", "{" CONF "," LAYS "}", "", IMGA_E_FORMAT},
    {"schemaVersion as text", "{\"schemaVersion\":\"2\"," CONF "," LAYS "}", "", IMGA_E_FORMAT},
    {"config alone", V2 CONF "}", "", IMGA_E_FORMAT},
    {"layers alone", V2 LAYS "}", "", IMGA_E_FORMAT},
    {"layers null", V2 CONF ",\"layers\":null}", "", IMGA_E_FORMAT},
    {"layers object", V2 CONF ",\"layers\":{}}", "", IMGA_E_FORMAT},
    {"layer null", WITH("null"), "", IMGA_E_FORMAT},
    {"layer text", WITH("\"" D1 "\""), "", IMGA_E_FORMAT},
    {"config null", V2 "\"config\":null," LAYS "}", "", IMGA_E_FORMAT},
    {"manifests null", V2 "\"manifests\":null}", "", IMGA_E_FORMAT},
    {"no digest", WITH("{\"size\":1}"), "", IMGA_E_FORMAT},
    {"no size", WITH("{\"digest\":\"" D1 "\"}"), "", IMGA_E_FORMAT},
    {"digest null", WITH("{\"digest\":null,\"size\":1}"), "", IMGA_E_FORMAT},
    {"digest as path", WITH("{\"digest\":\"sha256:../../../etc/passwd\",\"size\":1}"), "", IMGA_E_FORMAT},
    {"digest in upper case",
     WITH("{\"digest\":\"sha256:AA11111111111111111111111111111111111111111111111111111111111111"
          "\",\"size\":1}"),
     "", IMGA_E_FORMAT},
    {"digest too short", WITH("{\"digest\":\"sha256:11\",\"size\":1}"), "", IMGA_E_FORMAT},
    {"size negative", WITH("{\"digest\":\"" D1 "\",\"size\":-1}"), "", IMGA_E_FORMAT},
    {"size exponent", WITH("{\"digest\":\"" D1 "\",\"size\":1e3}"), "", IMGA_E_FORMAT},
    {"size fraction", WITH("{\"digest\":\"" D1 "\",\"size\":1.0}"), "", IMGA_E_FORMAT},
    {"size text", WITH("{\"digest\":\"" D1 "\",\"size\":\"1\"}"), "", IMGA_E_FORMAT},
    {"size null", WITH("{\"digest\":\"" D1 "\",\"size\":null}"), "", IMGA_E_FORMAT},
    {"size over 64 bits", WITH("{\"digest\":\"" D1 "\",\"size\":18446744073709551616}"), "", IMGA_E_FORMAT},
    {"mediaType number", WITH("{\"mediaType\":1,\"digest\":\"" D1 "\",\"size\":1}"), "", IMGA_E_FORMAT},
    {"platform text", WITH("{\"digest\":\"" D1 "\",\"size\":1,\"platform\":\"linux\"}"), "", IMGA_E_FORMAT},
    {"annotation number", WITH("{\"digest\":\"" D1 "\",\"size\":1,\"annotations\":{\"io.containerd.image.name\":1}}"),
     "", IMGA_E_FORMAT},
    {"cut", "{\"schemaVersion\":2,", "", IMGA_E_TRUNCATED},
    {"nothing", "", "", IMGA_E_TRUNCATED},
};

static int parse(struct test_env *t, struct ia_arena *arena, const struct row *row, struct ia_manifest *out)
{
    return ia_manifest_parse(&t->env, arena, ia_str_from(row->text), row->declared, out);
}

Test(documents, manifests)
{
    for (size_t i = 0; i < IA_COUNT(manifests); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_manifest manifest;
        test_env_open(&t);
        test_env_crypto(&t);
        ia_arena_init(&arena, &t.env.alloc);
        int status = parse(&t, &arena, &manifests[i], &manifest);
        cr_expect_eq(status, manifests[i].status, "%s: %d %s", manifests[i].name, status, t.env.error.message);
        cr_expect_eq(t.env.error.status, status, "%s", manifests[i].name);
        ia_manifest_free(&manifest);
        ia_arena_free(&arena);
        cr_expect_eq(t.live, 0, "%s", manifests[i].name);
        test_env_close(&t);
    }
}

Test(documents, what_a_descriptor_says)
{
    static const struct row row = {
        "index",
        V2 "\"manifests\":[{\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\",\"os.features\":"
           "[1]},"
           "\"annotations\":{\"org.opencontainers.image.ref.name\":\"a\\u0000b\",\"IO.containerd.image.name\":7,"
           "\"io.containerd.image.name\":\"docker.io/library/"
           "a:b\",\"vnd.docker.reference.type\":\"attestation-manifest\"},"
           "\"size\":18446744073709551615,\"digest\":\"" D1 "\",\"mediaType\":\"" TYPE_M "\"},"
           "{\"digest\":\"" D1 "\",\"size\":0,\"platform\":null}]}",
        "", IMGA_OK};
    struct test_env t;
    struct ia_arena arena;
    struct ia_manifest manifest;
    test_env_open(&t);
    ia_arena_init(&arena, &t.env.alloc);
    cr_assert_eq(parse(&t, &arena, &row, &manifest), IMGA_OK, "%s", t.env.error.message);
    cr_assert_eq(manifest.manifests.n, 2);
    const struct ia_descriptor *d = ia_vec_at(&manifest.manifests, 0);
    cr_expect(manifest.is_index);
    cr_expect(d->has_platform);
    cr_expect_str_eq(d->os, "linux");
    cr_expect_str_eq(d->architecture, "arm");
    cr_expect_str_eq(d->variant, "v7");
    cr_expect_str_eq(d->ref_name, "a\xef\xbf\xbd"
                                  "b");
    cr_expect_str_eq(d->image_name, "docker.io/library/a:b");
    cr_expect_str_eq(d->media_type, TYPE_M);
    cr_expect(d->is_attestation);
    cr_expect_eq(d->size, UINT64_MAX);
    d = ia_vec_at(&manifest.manifests, 1);
    cr_expect_not(d->has_platform);
    cr_expect_not(d->is_attestation);
    cr_expect_str_eq(d->media_type, "");
    ia_manifest_free(&manifest);
    ia_arena_free(&arena);
    test_env_close(&t);
}

Test(documents, the_number_of_layers_is_limited)
{
    static const struct row two = {"two layers", V2 CONF ",\"layers\":[" DESC "," DESC "]}", "", IMGA_OK};
    for (uint64_t limit = 0; limit < 4; limit++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_manifest manifest;
        test_env_open(&t);
        t.limits.layers = limit;
        ia_arena_init(&arena, &t.env.alloc);
        cr_expect_eq(parse(&t, &arena, &two, &manifest), limit < 2 ? IMGA_E_LIMIT : IMGA_OK, "limit %d", (int)limit);
        ia_manifest_free(&manifest);
        ia_arena_free(&arena);
        test_env_close(&t);
    }
}

#define ROOTFS "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D1 "\",\"" D1 "\"]}"
#define HISTORY(entries) "{" ROOTFS ",\"history\":[" entries "]}"

static const struct {
    const char *name, *text;
    int status;
    const char *first, *second; /* created_by */
} configs[] = {
    {"no history", "{" ROOTFS "}", IMGA_OK, "", ""},
    {"history null", "{" ROOTFS ",\"history\":null}", IMGA_OK, "", ""},
    {"one step each", HISTORY("{\"created_by\":\"a\"},{\"created_by\":\"b\"}"), IMGA_OK, "a", "b"},
    {"empty layers are passed over",
     HISTORY("{\"created_by\":\"x\",\"empty_layer\":true},{\"created_by\":\"a\"},{\"empty_layer\":true},"
             "{\"created_by\":\"b\",\"empty_layer\":false}"),
     IMGA_OK, "a", "b"},
    {"too few steps", HISTORY("{\"created_by\":\"a\"}"), IMGA_OK, "", ""},
    {"too many steps", HISTORY("{\"created_by\":\"a\"},{\"created_by\":\"b\"},{\"created_by\":\"c\"}"), IMGA_OK, "",
     ""},
    {"steps without words", HISTORY("{},{\"created_by\":null}"), IMGA_OK, "", ""},
    {"type absent", "{\"rootfs\":{\"diff_ids\":[\"" D1 "\",\"" D1 "\"]}}", IMGA_OK, "", ""},
    {"control characters stay", HISTORY("{\"created_by\":\"\\u001b[31m\"},{}"), IMGA_OK, "\x1b[31m", ""},

    {"no rootfs", "{}", IMGA_E_FORMAT, "", ""},
    {"null", "null", IMGA_E_FORMAT, "", ""},
    {"array", "[]", IMGA_E_FORMAT, "", ""},
    {"rootfs text", "{\"rootfs\":\"x\"}", IMGA_E_FORMAT, "", ""},
    {"rootfs type", "{\"rootfs\":{\"type\":\"tree\",\"diff_ids\":[]}}", IMGA_E_UNSUPPORTED, "", ""},
    {"diff_ids of wrong types", "{\"rootfs\":{\"diff_ids\":[null,1,{}]}}", IMGA_E_FORMAT, "", ""},
    {"diff_id number", "{\"rootfs\":{\"diff_ids\":[1]}}", IMGA_E_FORMAT, "", ""},
    {"diff_id malformed", "{\"rootfs\":{\"diff_ids\":[\"sha256:xyz\"]}}", IMGA_E_FORMAT, "", ""},
    {"diff_ids object", "{\"rootfs\":{\"diff_ids\":{}}}", IMGA_E_FORMAT, "", ""},
    {"diff_ids twice", "{\"rootfs\":{\"diff_ids\":[],\"diff_ids\":[]}}", IMGA_E_AMBIGUOUS, "", ""},
    {"Diff_IDs", "{\"rootfs\":{\"diff_ids\":[],\"Diff_IDs\":[]}}", IMGA_E_AMBIGUOUS, "", ""},
    {"rootfs twice", "{" ROOTFS "," ROOTFS "}", IMGA_E_AMBIGUOUS, "", ""},
    {"RootFS", "{" ROOTFS ",\"RootFS\":{}}", IMGA_E_AMBIGUOUS, "", ""},
    {"os twice", "{\"os\":\"a\",\"os\":\"a\"," ROOTFS "}", IMGA_E_AMBIGUOUS, "", ""},
    {"OS", "{\"OS\":\"a\"," ROOTFS "}", IMGA_E_AMBIGUOUS, "", ""},
    {"os number", "{\"os\":1," ROOTFS "}", IMGA_E_FORMAT, "", ""},
    {"history text", "{" ROOTFS ",\"history\":\"x\"}", IMGA_E_FORMAT, "", ""},
    {"step null", HISTORY("null"), IMGA_E_FORMAT, "", ""},
    {"empty_layer text", HISTORY("{\"empty_layer\":\"true\"}"), IMGA_E_FORMAT, "", ""},
    {"trailing", "{" ROOTFS "}]", IMGA_E_FORMAT, "", ""},
};

Test(documents, configs)
{
    for (size_t i = 0; i < IA_COUNT(configs); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_config config;
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        int status = ia_config_parse(&t.env, &arena, ia_str_from(configs[i].text), &config);
        cr_expect_eq(status, configs[i].status, "%s: %d %s", configs[i].name, status, t.env.error.message);
        if (status == IMGA_OK) {
            cr_expect_eq(config.diff_ids.n, 2, "%s", configs[i].name);
            cr_expect_str_eq(ia_config_created_by(&config, 0, 2), configs[i].first, "%s", configs[i].name);
            cr_expect_str_eq(ia_config_created_by(&config, 1, 2), configs[i].second, "%s", configs[i].name);
        }
        ia_config_free(&config);
        ia_arena_free(&arena);
        cr_expect_eq(t.live, 0, "%s", configs[i].name);
        test_env_close(&t);
    }
}
