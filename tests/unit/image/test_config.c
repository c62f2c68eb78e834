/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The execution parameters and the history of a config: what Go's encoding/json takes into docker's structs is taken,
 * what it refuses is refused, and everything that was taken is written down and compared as one line.
 */
#include "image/config.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define ROOTFS "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D1 "\",\"" D1 "\"]}"
#define TOP(members) "{" members "," ROOTFS "}"
#define CONFIG(members) TOP("\"config\":{" members "}")
#define HEALTH(members) CONFIG("\"Healthcheck\":{" members "}")
#define HISTORY(entries) TOP("\"history\":[" entries "]")

static const char *const list_names[IA_CONFIG_LISTS] = {
    "env", "ports", "volumes", "labels", "entrypoint", "cmd", "test", "onbuild", "shell", "features",
};

static void put(struct ia_buf *out, const char *a, const char *b, const char *c)
{
    const char *const texts[] = {a, b, c};
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        cr_assert_eq(ia_buf_text(out, texts[i]), IMGA_OK);
}

static void put_text(struct ia_buf *out, const char *name, const char *value)
{
    if (value[0]) {
        put(out, name, "=", value);
        put(out, " ", "", "");
    }
}

static void put_number(struct ia_buf *out, const char *name, uint64_t value)
{
    put(out, name, "", "");
    cr_assert_eq(ia_buf_u64(out, value), IMGA_OK);
}

static void put_list(struct ia_buf *out, const char *name, const struct ia_config_list *list)
{
    if (list->n == 0)
        return;
    put(out, name, "[", "");
    for (size_t i = 0; i < list->n; i++) {
        put(out, i ? "|" : "", list->p[i].key, list->p[i].key[0] ? ":" : "");
        put(out, list->p[i].value, "", "");
    }
    put(out, "] ", "", "");
}

static void put_health(struct ia_buf *out, const struct ia_healthcheck *health)
{
    if (!health->is_set) {
        cr_expect_eq(health->interval | health->timeout | health->start_period | health->start_interval, 0);
        cr_expect_eq(health->retries, 0);
        return;
    }
    put_number(out, "health(", health->interval);
    put_number(out, ",", health->timeout);
    put_number(out, ",", health->start_period);
    put_number(out, ",", health->start_interval);
    put_number(out, ",", health->retries);
    put(out, ") ", "", "");
}

static void put_steps(struct ia_buf *out, const struct ia_image_config *kept)
{
    for (size_t i = 0; i < kept->step_count; i++) {
        const struct ia_step *step = &kept->steps[i];
        put(out, "{", step->created, ",");
        put(out, step->created_by, ",", step->author);
        put(out, ",", step->comment, ",");
        if (step->layer == UINT32_MAX)
            put(out, "-", "", "");
        else
            put_number(out, "", step->layer);
        put(out, "}", "", "");
    }
}

/* Everything that is kept, without what is absent. */
static void put_config(struct ia_buf *out, const struct ia_image_config *kept)
{
    put_text(out, "author", kept->author);
    put_text(out, "os.version", kept->os_version);
    put_text(out, "user", kept->execution.user);
    put_text(out, "dir", kept->execution.working_dir);
    put_text(out, "stop", kept->execution.stop_signal);
    for (size_t i = 0; i < IA_CONFIG_LISTS; i++)
        put_list(out, list_names[i], &kept->execution.lists[i]);
    put_health(out, &kept->execution.health);
    put_steps(out, kept);
    cr_assert_eq(ia_buf_char(out, '\0'), IMGA_OK);
}

#define ALL_MEMBERS                                                                                                    \
    "\"Hostname\":\"h\",\"User\":\"www:33\",\"ExposedPorts\":{\"8080/tcp\":{},\"53/udp\":{}},\"Tty\":false,"           \
    "\"Env\":[\"PATH=/bin:/sbin\",\"EMPTY=\",\"A=b=c\"],\"Entrypoint\":[\"/init\",\"--\"],\"Cmd\":[\"a b\",\"\"],"     \
    "\"ArgsEscaped\":true,\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/srv\",\"Labels\":{\"b\":\"2\",\"a\":\"1\"},"    \
    "\"StopSignal\":\"SIGQUIT\",\"StopTimeout\":3,\"OnBuild\":[\"RUN x\"],\"Shell\":[\"/bin/sh\",\"-c\"],"             \
    "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true\"],\"Interval\":30000000000,\"Timeout\":5,\"StartPeriod\":6,"     \
    "\"StartInterval\":7,\"Retries\":3}"
#define ALL                                                                                                            \
    TOP("\"author\":\"me\",\"os.version\":\"10.0\",\"os.features\":[\"win32k\"],\"config\":{" ALL_MEMBERS              \
        "},\"history\":[{\"created\":\"t\",\"created_by\":\"c\",\"author\":\"x\",\"comment\":\"y\"},"                  \
        "{\"created_by\":\"ENV\",\"empty_layer\":true},{}]")
#define ALL_KEPT                                                                                                       \
    "author=me os.version=10.0 user=www:33 dir=/srv stop=SIGQUIT env[PATH:/bin:/sbin|EMPTY:|A:b=c] "                   \
    "ports[53/udp|8080/tcp] volumes[/data] labels[a:1|b:2] entrypoint[/init|--] cmd[a b|] test[CMD-SHELL|true] "       \
    "onbuild[RUN x] shell[/bin/sh|-c] features[win32k] health(30000000000,5,6,7,3) "                                   \
    "{t,c,x,y,0}{,ENV,,,-}{,,,,1}"

static const struct row {
    const char *name, *text, *kept;
    int notes;
} taken[] = {
    {"nothing", "{" ROOTFS "}", "", 0},
    {"everything", ALL, ALL_KEPT, 0},
    {"config null", TOP("\"config\":null"), "", 0},
    {"config empty", CONFIG(""), "", 0},
    {"nulls at the top", TOP("\"author\":null,\"os.version\":null,\"os.features\":null,\"history\":null"), "", 0},
    {"nulls",
     CONFIG("\"User\":null,\"ExposedPorts\":null,\"Env\":null,\"Entrypoint\":null,\"Cmd\":null,\"Volumes\":null,"
            "\"WorkingDir\":null,\"Labels\":null,\"StopSignal\":null,\"Healthcheck\":null,\"OnBuild\":null,"
            "\"Shell\":null"),
     "", 0},
    {"empty", CONFIG("\"User\":\"\",\"Env\":[],\"Volumes\":{},\"Labels\":{},\"Cmd\":[],\"OnBuild\":[]"), "", 0},
    {"commands as strings", CONFIG("\"Cmd\":\"a b\",\"Entrypoint\":\"\",\"Shell\":\"sh\""),
     "entrypoint[] cmd[a b] shell[sh] ", 0},
    {"nulls in arrays", CONFIG("\"Env\":[null,\"A=1\"],\"Cmd\":[null],\"OnBuild\":[null,null]"),
     "env[|A:1] cmd[] onbuild[|] ", 0},
    {"nulls in maps", CONFIG("\"Labels\":{\"a\":null},\"Volumes\":{\"/b\":null},\"ExposedPorts\":{\"1\":null}"),
     "ports[1] volumes[/b] labels[a:] ", 0},
    {"sets of full objects", CONFIG("\"Volumes\":{\"/b\":{\"x\":[1,{}]},\"/a\":{}}"), "volumes[/a|/b] ", 0},
    {"variables", CONFIG("\"Env\":[\"NAME\",\"=x\",\"\",\"A==\",\"A=2\",\"A=1\"]"), "env[NAME:|x||A:=|A:2|A:1] ", 0},
    {"other members", CONFIG("\"Memory\":\"x\",\"Image\":7,\"Domainname\":{},\"User\":\"u\""), "user=u ", 0},
    {"other members at the top", TOP("\"container_config\":7,\"id\":{},\"parent\":1,\"comment\":[]"), "", 0},
    {"bytes decide the order", CONFIG("\"Labels\":{\"b\":\"\",\"B\":\"\",\"\xc3\xa4\":\"\",\"a.b\":\"\",\"a\":\"\"}"),
     "labels[B:|a:|a.b:|b:|\xc3\xa4:] ", 0},
    {"U+0000", CONFIG("\"User\":\"a\\u0000b\",\"Labels\":{\"x\\u0000\":\"\\u0000\"}"),
     "user=a\xef\xbf\xbd"
     "b labels[x\xef\xbf\xbd:\xef\xbf\xbd] ",
     0},
    {"control characters stay", CONFIG("\"Labels\":{\"a\\n\":\"\\u001b[31m\"}"), "labels[a\n:\x1b[31m] ", 0},

    {"health empty", HEALTH(""), "health(0,0,0,0,0) ", 0},
    {"health none", HEALTH("\"Test\":[\"NONE\"]"), "test[NONE] health(0,0,0,0,0) ", 0},
    {"health nulls", HEALTH("\"Test\":null,\"Interval\":null,\"Retries\":null"), "health(0,0,0,0,0) ", 0},
    {"health bounds", HEALTH("\"Interval\":9223372036854775807,\"Timeout\":-9223372036854775808,\"Retries\":-1"),
     "health(9223372036854775807,0,0,0,0) ", 0},
    {"retries over 32 bits", HEALTH("\"Retries\":4294967296,\"Interval\":-0"), "health(0,0,0,0,4294967295) ", 0},
    {"retries of 32 bits", HEALTH("\"Retries\":4294967294"), "health(0,0,0,0,4294967294) ", 0},

    {"another spelling", CONFIG("\"user\":\"u\",\"CMD\":[\"c\"],\"onbuild\":[\"o\"],\"workingdir\":\"d\""),
     "user=u dir=d cmd[c] onbuild[o] ", 4},
    {"long s and the sign for kelvin",
     CONFIG("\"U\xc5\xbf"
            "er\":\"u\",\"Healthchec\xe2\x84\xaa\":{}"),
     "user=u health(0,0,0,0,0) ", 2},
    {"twice, the last wins", CONFIG("\"User\":\"0\",\"User\":\"1\",\"user\":\"2\""), "user=2 ", 1},
    {"twice, null changes nothing", CONFIG("\"User\":\"0\",\"User\":null"), "user=0 ", 1},
    {"lists twice", CONFIG("\"Cmd\":[\"a\",\"b\"],\"Cmd\":[\"c\"],\"Env\":[\"A=1\"],\"Env\":null"), "cmd[c] ", 2},
    {"a list, then a string", CONFIG("\"Cmd\":[\"a\",\"b\"],\"Cmd\":\"c\""), "cmd[c] ", 1},
    {"maps twice are one", CONFIG("\"Labels\":{\"a\":\"1\",\"b\":\"2\"},\"Labels\":{\"b\":\"3\",\"c\":\"4\"}"),
     "labels[a:1|b:3|c:4] ", 2},
    {"maps twice, null empties", CONFIG("\"Volumes\":{\"/a\":{}},\"Volumes\":null,\"Volumes\":{\"/b\":{}}"),
     "volumes[/b] ", 1},
    {"a key twice", CONFIG("\"Labels\":{\"b\":\"1\",\"a\":\"1\",\"b\":\"2\",\"b\":null}"), "labels[a:1|b:] ", 1},
    {"a key in two cases", CONFIG("\"Labels\":{\"b\":\"1\",\"B\":\"2\"}"), "labels[B:2|b:1] ", 0},
    {"a port twice", CONFIG("\"ExposedPorts\":{\"1\":{},\"1\":{}}"), "ports[1] ", 1},
    {"keys that become one", CONFIG("\"Labels\":{\"a\\u0000\":\"1\",\"a\xef\xbf\xbd\":\"2\"}"),
     "labels[a\xef\xbf\xbd:2] ", 1},
    {"health twice", CONFIG("\"Healthcheck\":{\"Retries\":1,\"Test\":[\"a\"]},\"Healthcheck\":{\"retries\":2}"),
     "test[a] health(0,0,0,0,2) ", 2},
    {"health, then null", CONFIG("\"Healthcheck\":{\"Retries\":1,\"Test\":[\"a\"]},\"Healthcheck\":null"), "", 1},

    {"history of one layer too few", HISTORY("{\"comment\":\"c\"}"), "{,,,c,0}", 0},
    {"history of nulls", HISTORY("{\"created\":null,\"author\":null,\"comment\":null,\"empty_layer\":null}"), "{,,,,0}",
     0},
    {"history of empty layers", HISTORY("{\"empty_layer\":true},{\"empty_layer\":true}"), "{,,,,-}{,,,,-}", 0},
};

static size_t parse(struct test_env *t, struct ia_arena *arena, const char *text, struct ia_buf *out, int *status)
{
    struct ia_config config;
    *status = ia_config_parse(&t->env, arena, ia_str_from(text), &config);
    struct ia_image_config *kept = config.kept;
    ia_config_free(&config); /* what is kept outlives it */
    if (*status == IMGA_OK)
        put_config(out, kept);
    else
        cr_expect_null(kept);
    return ia_notes_count(&t->notes);
}

Test(config, taken)
{
    for (size_t i = 0; i < IA_COUNT(taken); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_buf out;
        int status;
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        ia_buf_init(&out, &t.env.alloc, 4096);
        size_t notes = parse(&t, &arena, taken[i].text, &out, &status);
        cr_expect_eq(status, IMGA_OK, "%s: %s", taken[i].name, t.env.error.message);
        if (status == IMGA_OK)
            cr_expect_str_eq(out.p, taken[i].kept, "%s: %s", taken[i].name, out.p);
        cr_expect_eq(notes, (size_t)taken[i].notes, "%s: %zu notes", taken[i].name, notes);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_DUPLICATE), taken[i].notes > 0, "%s", taken[i].name);
        ia_buf_free(&out);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", taken[i].name);
    }
}

static const struct {
    const char *name, *text;
    int status;
} refused[] = {
    {"config text", TOP("\"config\":\"x\""), IMGA_E_FORMAT},
    {"config array", TOP("\"config\":[]"), IMGA_E_FORMAT},
    {"config twice", TOP("\"config\":{},\"config\":{}"), IMGA_E_AMBIGUOUS},
    {"Config", TOP("\"Config\":{}"), IMGA_E_AMBIGUOUS},
    {"author twice", TOP("\"author\":\"\",\"author\":\"\""), IMGA_E_AMBIGUOUS},
    {"author number", TOP("\"author\":1"), IMGA_E_FORMAT},
    {"os.version number", TOP("\"os.version\":10.0"), IMGA_E_FORMAT},
    {"os.Version", TOP("\"os.Version\":\"x\""), IMGA_E_AMBIGUOUS},
    {"os.features text", TOP("\"os.features\":\"x\""), IMGA_E_FORMAT},
    {"os.features numbers", TOP("\"os.features\":[1]"), IMGA_E_FORMAT},
    {"User number", CONFIG("\"User\":1000"), IMGA_E_FORMAT},
    {"user number", CONFIG("\"user\":1000"), IMGA_E_FORMAT},
    {"WorkingDir array", CONFIG("\"WorkingDir\":[]"), IMGA_E_FORMAT},
    {"StopSignal number", CONFIG("\"StopSignal\":9"), IMGA_E_FORMAT},
    {"Env text", CONFIG("\"Env\":\"A=1\""), IMGA_E_FORMAT},
    {"Env object", CONFIG("\"Env\":{\"A\":\"1\"}"), IMGA_E_FORMAT},
    {"Env of numbers", CONFIG("\"Env\":[1]"), IMGA_E_FORMAT},
    {"Env nested", CONFIG("\"Env\":[[\"A=1\"]]"), IMGA_E_FORMAT},
    {"Cmd number", CONFIG("\"Cmd\":1"), IMGA_E_FORMAT},
    {"Cmd object", CONFIG("\"Cmd\":{}"), IMGA_E_FORMAT},
    {"Cmd of booleans", CONFIG("\"Cmd\":[true]"), IMGA_E_FORMAT},
    {"Entrypoint false", CONFIG("\"Entrypoint\":false"), IMGA_E_FORMAT},
    {"Shell of arrays", CONFIG("\"Shell\":[[]]"), IMGA_E_FORMAT},
    {"OnBuild text", CONFIG("\"OnBuild\":\"RUN x\""), IMGA_E_FORMAT},
    {"ExposedPorts array", CONFIG("\"ExposedPorts\":[\"80\"]"), IMGA_E_FORMAT},
    {"ExposedPorts text", CONFIG("\"ExposedPorts\":\"80\""), IMGA_E_FORMAT},
    {"ExposedPorts of texts", CONFIG("\"ExposedPorts\":{\"80\":\"\"}"), IMGA_E_FORMAT},
    {"Volumes of arrays", CONFIG("\"Volumes\":{\"/a\":[]}"), IMGA_E_FORMAT},
    {"Volumes of true", CONFIG("\"Volumes\":{\"/a\":true}"), IMGA_E_FORMAT},
    {"Labels array", CONFIG("\"Labels\":[]"), IMGA_E_FORMAT},
    {"Labels of numbers", CONFIG("\"Labels\":{\"a\":1}"), IMGA_E_FORMAT},
    {"Labels of objects", CONFIG("\"Labels\":{\"a\":{}}"), IMGA_E_FORMAT},
    {"Healthcheck array", CONFIG("\"Healthcheck\":[]"), IMGA_E_FORMAT},
    {"Healthcheck text", CONFIG("\"Healthcheck\":\"NONE\""), IMGA_E_FORMAT},
    {"Test text", HEALTH("\"Test\":\"NONE\""), IMGA_E_FORMAT},
    {"Interval text", HEALTH("\"Interval\":\"30s\""), IMGA_E_FORMAT},
    {"Interval exponent", HEALTH("\"Interval\":3e10"), IMGA_E_FORMAT},
    {"Interval fraction", HEALTH("\"Interval\":1.0"), IMGA_E_FORMAT},
    {"Interval over 63 bits", HEALTH("\"Interval\":9223372036854775808"), IMGA_E_FORMAT},
    {"Timeout under 63 bits", HEALTH("\"Timeout\":-9223372036854775809"), IMGA_E_FORMAT},
    {"StartPeriod over 64 bits", HEALTH("\"StartPeriod\":18446744073709551616"), IMGA_E_FORMAT},
    {"Retries array", HEALTH("\"Retries\":[3]"), IMGA_E_FORMAT},
    {"history created number", HISTORY("{\"created\":1}"), IMGA_E_FORMAT},
    {"history author object", HISTORY("{\"author\":{}}"), IMGA_E_FORMAT},
    {"history comment array", HISTORY("{\"comment\":[]}"), IMGA_E_FORMAT},
    {"history comment twice", HISTORY("{\"comment\":\"\",\"comment\":\"\"}"), IMGA_E_AMBIGUOUS},
    {"history Created_By", HISTORY("{\"Created_By\":\"\"}"), IMGA_E_AMBIGUOUS},
    {"cut", "{\"config\":{\"Cmd\":[\"a\"", IMGA_E_TRUNCATED},
    {"cut after a key", "{\"config\":{\"Volumes\":{\"a\"", IMGA_E_TRUNCATED},
    {"label not UTF-8", CONFIG("\"Labels\":{\"a\":\"\xff\"}"), IMGA_E_FORMAT},
};

Test(config, refused)
{
    for (size_t i = 0; i < IA_COUNT(refused); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_buf out;
        int status;
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        ia_buf_init(&out, &t.env.alloc, 4096);
        parse(&t, &arena, refused[i].text, &out, &status);
        cr_expect_eq(status, refused[i].status, "%s: %d %s", refused[i].name, status, t.env.error.message);
        cr_expect_eq(t.env.error.status, status, "%s is described", refused[i].name);
        ia_buf_free(&out);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", refused[i].name);
    }
}

#define V1(members) "{\"id\":\"ab\"," members "}"

static const struct {
    const char *name, *text, *os, *parent, *step, *kept;
    int status;
} old_documents[] = {
    {"empty", "{}", "", "", "{,,,,0}", "", IMGA_OK},
    {"everything",
     V1("\"parent\":\"cd\",\"os\":\"linux\",\"created\":\"t\",\"author\":\"x\",\"comment\":\"y\",\"Size\":5,"
        "\"checksum\":\"tarsum\",\"container_config\":{\"Cmd\":[\"/bin/sh\",\"-c\",\"\",\"#(nop) "
        "ADD\"],\"User\":\"z\"},"
        "\"config\":{" ALL_MEMBERS "}"),
     "linux", "cd", "{t,/bin/sh -c  #(nop) ADD,x,y,0}",
     "author=x user=www:33 dir=/srv stop=SIGQUIT env[PATH:/bin:/sbin|EMPTY:|A:b=c] ports[53/udp|8080/tcp] "
     "volumes[/data] labels[a:1|b:2] entrypoint[/init|--] cmd[a b|] test[CMD-SHELL|true] onbuild[RUN x] "
     "shell[/bin/sh|-c] health(30000000000,5,6,7,3) ",
     IMGA_OK},
    {"one word", V1("\"container_config\":{\"Cmd\":\"sh\"},\"parent\":null"), "", "", "{,sh,,,0}", "", IMGA_OK},
    {"rootfs and history are not looked at", V1("\"rootfs\":7,\"history\":{}"), "", "", "{,,,,0}", "", IMGA_OK},
    {"null", "null", NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"array", "[]", NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"id number", "{\"id\":1}", NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"id twice", V1("\"id\":\"ab\""), NULL, NULL, NULL, NULL, IMGA_E_AMBIGUOUS},
    {"Parent", V1("\"Parent\":\"ab\""), NULL, NULL, NULL, NULL, IMGA_E_AMBIGUOUS},
    {"container_config text", V1("\"container_config\":\"x\""), NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"its User a number", V1("\"container_config\":{\"User\":1}"), NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"config text", V1("\"config\":\"x\""), NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"trailing", "{}{}", NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
};

Test(config, documents_of_version_1_0)
{
    for (size_t i = 0; i < IA_COUNT(old_documents); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_config_v1 old;
        struct ia_buf kept, steps;
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        ia_buf_init(&kept, &t.env.alloc, 4096);
        ia_buf_init(&steps, &t.env.alloc, 4096);
        int status = ia_config_parse_v1(&t.env, &arena, ia_str_from(old_documents[i].text), &old);
        cr_expect_eq(status, old_documents[i].status, "%s: %d", old_documents[i].name, status);
        cr_expect_eq(t.env.error.status, status, "%s", old_documents[i].name);
        if (status == IMGA_OK) {
            put_config(&kept, old.config.kept);
            cr_expect_str_eq(kept.p, old_documents[i].kept, "%s: %s", old_documents[i].name, kept.p);
            ia_config_set_steps(&old.config, &old.step, 1);
            put_steps(&steps, old.config.kept);
            cr_assert_eq(ia_buf_char(&steps, '\0'), IMGA_OK);
            cr_expect_str_eq(steps.p, old_documents[i].step, "%s: %s", old_documents[i].name, steps.p);
            cr_expect_str_eq(ia_config_created_by(&old.config, 0, 1), old.step.created_by);
            cr_expect_str_eq(old.config.os, old_documents[i].os, "%s", old_documents[i].name);
            cr_expect_str_eq(old.parent, old_documents[i].parent, "%s", old_documents[i].name);
            cr_expect_str_eq(old.id, old_documents[i].text[1] == '}' ? "" : "ab", "%s", old_documents[i].name);
            cr_expect_eq(old.config.diff_ids.n, 0);
        }
        ia_config_free(&old.config);
        ia_buf_free(&kept);
        ia_buf_free(&steps);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", old_documents[i].name);
    }
}

/* Every allocation fails once, with and without those after it. */
static void sweep(int is_old, int fail_on)
{
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_config_v1 out = {.id = NULL};
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        t.fail_at = n;
        t.fail_on = fail_on;
        status = is_old ? ia_config_parse_v1(&t.env, &arena, ia_str_from(old_documents[1].text), &out)
                        : ia_config_parse(&t.env, &arena, IA_STR(ALL), &out.config);
        cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d %s", n, status, t.env.error.message);
        cr_expect_eq(t.env.error.status, status, "allocation %zu", n);
        cr_assert(status == IMGA_E_NOMEM || n > 10, "allocation %zu", n);
        ia_config_free(&out.config);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
    }
}

Test(config, memory)
{
    for (int fail_on = 0; fail_on < 2; fail_on++) {
        sweep(0, fail_on);
        sweep(1, fail_on);
    }
}

/* A document with count entries of a history and the given entry. */
static void put_history(struct ia_buf *text, size_t count, const char *entry)
{
    put(text, "{" ROOTFS ",\"history\":[", "", "");
    for (size_t i = 0; i < count; i++)
        put(text, i ? "," : "", entry, "");
    put(text, "]}", "", "");
}

static const struct {
    const char *entry;
    size_t count, kept;
    uint64_t made;
    int is_noted;
} long_histories[] = {
    {"{}", 2, 2, 2, 0},
    {"{}", 3, 2, 3, 1},
    {"{\"empty_layer\":true}", 4096, 4096, 0, 0},
    {"{\"empty_layer\":true}", 4097, 4096, 0, 1},
    {"{},{\"empty_layer\":true}", 5000, 4098, 5000, 1},
};

/* With a limit of 2 layers. What is not kept is told. */
Test(config, a_long_history_takes_no_memory)
{
    for (size_t i = 0; i < IA_COUNT(long_histories); i++) {
        struct test_env t;
        struct ia_arena arena;
        struct ia_config config;
        struct ia_buf text;
        test_env_open(&t);
        t.limits.layers = 2;
        ia_arena_init(&arena, &t.env.alloc);
        ia_buf_init(&text, &t.env.alloc, 1 << 20);
        put_history(&text, long_histories[i].count, long_histories[i].entry);
        cr_assert_eq(ia_config_parse(&t.env, &arena, ia_buf_view(&text), &config), IMGA_OK, "%s", t.env.error.message);
        cr_expect_eq(config.kept->step_count, long_histories[i].kept, "row %zu: %zu", i, config.kept->step_count);
        cr_expect_eq(config.kept->made, long_histories[i].made, "row %zu", i);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_SKIPPED), long_histories[i].is_noted, "row %zu", i);
        cr_expect_eq(ia_config_step(config.kept, 1, 2) != NULL, long_histories[i].made == 2, "row %zu", i);
        ia_config_free(&config);
        ia_buf_free(&text);
        ia_arena_free(&arena);
        test_env_close(&t);
    }
}

/* Order and notes do not depend on how the keys came, and many of them take no quadratic time. */
Test(config, many_labels)
{
    enum { COUNT = 50000 };
    struct test_env t;
    struct ia_arena arena;
    struct ia_config config;
    struct ia_buf text;
    test_env_open(&t);
    t.limits.notes = 10;
    ia_arena_init(&arena, &t.env.alloc);
    ia_buf_init(&text, &t.env.alloc, 4 << 20);
    put(&text, "{" ROOTFS ",\"config\":{\"Labels\":{\"\":\"\"", "", "");
    for (unsigned i = 0; i < COUNT; i++) {
        char label[64];
        snprintf(label, sizeof(label), ",\"%05u\":\"%u\"", i * 7919U % COUNT, i);
        put(&text, label, "", "");
    }
    put(&text, "}}}", "", "");
    cr_assert_eq(ia_config_parse(&t.env, &arena, ia_buf_view(&text), &config), IMGA_OK, "%s", t.env.error.message);
    const struct ia_config_list *labels = &config.kept->execution.lists[IA_CONFIG_LABELS];
    cr_expect_eq(labels->n, COUNT + 1);
    for (size_t i = 1; i < labels->n; i++)
        cr_assert_lt(strcmp(labels->p[i - 1].key, labels->p[i].key), 0);
    ia_config_free(&config);
    ia_buf_free(&text);
    ia_arena_free(&arena);
    test_env_close(&t);
}
