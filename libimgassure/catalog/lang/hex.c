/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applications of Erlang and Elixir: ebin/NAME.app, "{application, NAME, [{vsn, "1.0"}, ...]}." (erlang.org, app(4)),
 * and hex_metadata.config of packages that Hex unpacked, pairs "{<<"name">>, <<"value">>}." (hex.pm, "Package
 * metadata"). What comes with Erlang/OTP or Elixir is of type "otp", the rest "hex": a resource file does not say where
 * it is from. Servers are known by their application, with their products of the NVD. Erlang/OTP itself stands in
 * releases/NUMBER/OTP_VERSION ("25.2.3", with "**" after it when it was patched; Erlang/OTP, "Versions"). An archive of
 * an application is called NAME-VERSION.ez (Erlang/OTP, code(3)); it is not opened.
 */
#include "catalog/lang/erlang.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"
#include "catalog/products.h"

enum { NAME, VERSION, LICENSE, KEYS };
enum { VERSION_MOST = 64 };

struct application {
    struct ia_str values[KEYS];
    bool damaged;
};

/* Which keys, and how deep the tuples of a key and a value lie. */
struct form {
    const char *keys[KEYS];
    size_t depth;
};

static const struct form resource = {{"application", "vsn", "licenses"}, 3};
static const struct form metadata = {{"name", "version", "licenses"}, 1};

static bool is_metadata(struct ia_str path)
{
    return ia_str_is(ia_place_name(path), "hex_metadata.config");
}

static bool is_release(struct ia_str path)
{
    return ia_str_is(ia_place_name(path), "OTP_VERSION");
}

/* Splits NAME-VERSION.ez before the first number that follows a hyphen. */
static bool split_archive(struct ia_str path, struct ia_str *name, struct ia_str *version)
{
    const struct ia_str ending = IA_STR(".ez");
    struct ia_str file = ia_place_name(path);
    if (!ia_str_ends(file, ending))
        return false;
    file.n -= ending.n;
    for (size_t i = 1; i + 1 < file.n; i++) {
        if (file.p[i] != '-' || !ia_is_digit(file.p[i + 1]))
            continue;
        *name = ia_str_sub(file, 0, i);
        *version = ia_str_sub(file, i + 1, file.n);
        return true;
    }
    return false;
}

static bool wants(struct ia_str path)
{
    struct ia_str name, version;
    if (split_archive(path, &name, &version))
        return true;
    if (is_release(path))
        return ia_str_is(ia_place_parent(ia_place_directory(path)), "releases");
    return is_metadata(path) || ia_str_is(ia_place_parent(path), "ebin");
}

/* ---- terms ---- */

struct walk {
    const struct form *form;
    struct application *out;
    size_t depth;
    size_t at;  /* words of the tuple before, at the depth of pairs */
    size_t key; /* KEYS: another */
};

static void take_key(struct walk *w, struct ia_str text)
{
    w->key = 0;
    while (w->key < KEYS && !ia_str_is(text, w->form->keys[w->key]))
        w->key++;
}

/* "application" is the outermost tuple, whose second word is the name; the others are pairs inside. */
static void take_word(struct walk *w, const struct ia_erlang_word *word)
{
    bool pair = w->depth == w->form->depth, outermost = w->depth == 1;
    if (pair || outermost) {
        if (w->at++ == 0)
            take_key(w, word->text);
        else if (w->key < KEYS && w->out->values[w->key].n == 0 &&
                 (w->key != VERSION || word->kind == IA_ERLANG_STRING))
            w->out->values[w->key] = word->text;
    } else if (w->depth > w->form->depth && w->key == LICENSE && w->out->values[LICENSE].n == 0) {
        w->out->values[LICENSE] = word->text;
    }
}

static void read_terms(struct walk *w, struct ia_str rest)
{
    struct ia_erlang_word word;
    while ((word = ia_erlang_next(&rest)).kind != IA_ERLANG_END) {
        if (word.kind == IA_ERLANG_OPEN) {
            w->depth++;
            w->at = w->depth == w->form->depth || w->depth == 1 ? 0 : w->at;
        } else if (word.kind == IA_ERLANG_CLOSE) {
            w->out->damaged = w->out->damaged || w->depth == 0;
            w->depth -= w->depth > 0;
        } else if (word.kind == IA_ERLANG_STRING || (word.kind == IA_ERLANG_ATOM && w->form == &resource)) {
            take_word(w, &word);
        }
        w->out->damaged = w->out->damaged || word.kind == IA_ERLANG_BAD;
    }
    w->out->damaged = w->out->damaged || w->depth != 0;
}

/* ---- packages ---- */

static bool is_otp(struct ia_str name)
{
    static const char *const names[] = {
        "asn1",       "common_test", "compiler",   "crypto",     "debugger",     "dialyzer",      "diameter",
        "edoc",       "eex",         "eldap",      "elixir",     "erl_docgen",   "erl_interface", "erts",
        "et",         "eunit",       "ex_unit",    "ftp",        "hipe",         "iex",           "inets",
        "jinterface", "kernel",      "logger",     "megaco",     "mix",          "mnesia",        "observer",
        "odbc",       "os_mon",      "parsetools", "public_key", "reltool",      "runtime_tools", "sasl",
        "snmp",       "ssh",         "ssl",        "stdlib",     "syntax_tools", "tftp",          "tools",
        "wx",         "xmerl"};
    for (size_t i = 0; i < IA_COUNT(names); i++)
        if (ia_str_is(name, names[i]))
            return true;
    return false;
}

/* What is not just one package of many: programs under the names by which they are known. */
static const struct {
    const char *application, *type, *name, *products;
} programs[] = {
    {"elixir", "otp", "elixir", "elixir-lang:elixir"},
    {"rabbit", "generic", "rabbitmq", "vmware:rabbitmq,pivotal_software:rabbitmq,broadcom:rabbitmq_server"},
};

static int report_with(struct ia_found_package *package, struct ia_str products, struct ia_env *env,
                       struct ia_found *found)
{
    struct ia_products cpes;
    int status = ia_products_write(&cpes, env, products, package->version);
    package->fields = cpes.fields;
    package->field_count = cpes.count;
    if (status >= 0)
        status = ia_found_package(found, env, package);
    ia_products_free(&cpes);
    return status;
}

static int report_application(struct ia_found_package *package, struct ia_env *env, struct ia_found *found)
{
    for (size_t i = 0; i < IA_COUNT(programs); i++) {
        if (!ia_str_is(package->name, programs[i].application))
            continue;
        package->type = ia_str_from(programs[i].type);
        package->name = ia_str_from(programs[i].name);
        return report_with(package, ia_str_from(programs[i].products), env, found);
    }
    return ia_found_package(found, env, package);
}

static int report(const struct application *a, const struct ia_analysed *file, struct ia_env *env,
                  struct ia_found *found)
{
    bool hex = is_metadata(file->path);
    struct ia_str name = a->values[NAME];
    if (a->damaged)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "the term is malformed or not whole"));
    if (name.n == 0 || a->values[VERSION].n == 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the application has no name or no version");
    struct ia_found_package package = {
        .type = !hex && is_otp(name) ? IA_STR("otp") : IA_STR("hex"),
        .name = name,
        .version = a->values[VERSION],
        .license = a->values[LICENSE],
        .how = hex ? IA_STR("hex-metadata") : IA_STR("erlang-app"),
    };
    return hex ? ia_found_package(found, env, &package) : report_application(&package, env, found);
}

static int report_archive(struct ia_str name, struct ia_str version, struct ia_env *env, struct ia_found *found)
{
    struct ia_found_package package = {
        .type = is_otp(name) ? IA_STR("otp") : IA_STR("hex"),
        .name = name,
        .version = version,
        .how = IA_STR("file-name"),
    };
    return report_application(&package, env, found);
}

/* ---- Erlang/OTP ---- */

static bool is_version_char(char c)
{
    return ia_is_digit(c) || ia_is_alpha(c) || c == '.' || c == '-';
}

static int report_release(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str rest = file->content, line = {"", 0};
    ia_str_next(&rest, '\n', &line);
    size_t n = 0;
    while (n < line.n && n < VERSION_MOST && is_version_char(line.p[n]))
        n++;
    struct ia_str after = ia_str_trim(ia_str_sub(line, n, line.n));
    if (n == 0 || !ia_is_digit(line.p[0]) || (after.n > 0 && !ia_str_is(after, "**")))
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "not a version of Erlang/OTP");
    struct ia_found_package package = {
        .type = IA_STR("generic"),
        .name = IA_STR("erlang"),
        .version = ia_str_sub(line, 0, n),
        .how = IA_STR("otp-version"),
    };
    return report_with(&package, IA_STR("erlang:erlang/otp"), env, found);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str name, version;
    if (is_release(file->path))
        return report_release(file, env, found);
    if (split_archive(file->path, &name, &version))
        return report_archive(name, version, env, found);
    struct application application = {.damaged = false};
    struct walk walk = {is_metadata(file->path) ? &metadata : &resource, &application, 0, 0, KEYS};
    read_terms(&walk, file->content);
    return report(&application, file, env, found);
}

static const char *const names[] = {"hex_metadata.config", "OTP_VERSION", NULL};
static const char *const extensions[] = {"app", "ez", NULL};

const struct ia_analyser ia_hex_analyser = {"hex", 2, names, extensions, NULL, wants, analyse};
