/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the built-in classifiers as C: reads the rules by the library's own reader, prints the tables it made. Runs
 * while the library is built.  compile_classifiers RULES OUT
 */
#include "catalog/binary/classify.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MOST = 1 << 20, WORDS_A_LINE = 8 };

static struct ia_str read_file(const char *path, char *room)
{
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(room, 1, FILE_MOST, file) : 0;
    if (file)
        fclose(file);
    return (struct ia_str){room, n};
}

static void put_text(FILE *out, struct ia_str text)
{
    fputs("{\"", out);
    for (size_t i = 0; i < text.n; i++)
        fprintf(out, "\\%03o", (unsigned)(unsigned char)text.p[i]);
    fprintf(out, "\", %zu},", text.n);
}

static void put_rule(FILE *out, const struct ia_classifier *rule)
{
    fprintf(out, "    /* %.*s */ {", (int)rule->id.n, rule->id.p);
    put_text(out, rule->id);
    put_text(out, rule->path);
    put_text(out, rule->before);
    put_text(out, rule->after);
    put_text(out, rule->near);
    fprintf(out, "%s, (enum ia_classifier_version)%d, %s,", rule->backwards ? "true" : "false", (int)rule->form,
            rule->embedded ? "true" : "false");
    put_text(out, rule->type);
    put_text(out, rule->name);
    put_text(out, rule->products);
    fputs("},\n", out);
}

static void put_tables(FILE *out, const struct ia_classifiers *set)
{
    size_t words = IA_CLASSIFIER_FILTER / 32, anchors = set->buckets[IA_CLASSIFIER_BUCKETS];
    fprintf(out, "static const uint32_t filter[%zu] = {", words);
    for (size_t i = 0; i < words; i++)
        fprintf(out, "%s0x%08XU,", i % WORDS_A_LINE ? " " : "\n    ", (unsigned)set->filter[i]);
    fprintf(out, "\n};\nstatic const uint16_t buckets[%d] = {", IA_CLASSIFIER_BUCKETS + 1);
    for (size_t i = 0; i <= IA_CLASSIFIER_BUCKETS; i++)
        fprintf(out, "%s%u,", i % WORDS_A_LINE ? " " : "\n    ", set->buckets[i]);
    fprintf(out, "\n};\nstatic const struct ia_classifier_anchor anchors[%zu] = {\n", anchors);
    for (size_t i = 0; i < anchors; i++)
        fprintf(out, "    {0x%08XU, %u, %u},\n", (unsigned)set->anchors[i].word, set->anchors[i].rule,
                set->anchors[i].distance);
    fputs("};\n", out);
}

static void put_all(FILE *out, const struct ia_classifiers *set)
{
    fputs("/* Made from data/classifiers.tsv by compile_classifiers. */\n#include \"catalog/binary/classify.h\"\n\n",
          out);
    fputs("static const struct ia_classifier rules[] = {\n", out);
    for (size_t i = 0; i < set->rule_count; i++)
        put_rule(out, &set->rules[i]);
    fputs("};\n", out);
    put_tables(out, set);
    fputs("const struct ia_classifiers ia_classifiers_builtin = {\n    .rules = rules,\n", out);
    fprintf(out, "    .rule_count = %zu,\n", set->rule_count);
    fputs("    .filter = filter,\n    .buckets = buckets,\n    .anchors = anchors,\n};\n", out);
}

int main(int argc, char **argv)
{
    static char room[FILE_MOST];
    static const struct ia_hooks hooks;
    imga_limits limits = {.struct_size = sizeof(limits)};
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks};
    struct ia_classifiers *set = NULL;
    if (argc != 3)
        return 2;
    ia_limits_fill(&limits);
    if (ia_classifiers_parse(&env, read_file(argv[1], room), NULL, &set) < 0) {
        fprintf(stderr, "%s: %s\n", argv[1], env.error.message);
        return 1;
    }
    FILE *out = fopen(argv[2], "wb");
    if (out)
        put_all(out, set);
    ia_classifiers_free(set);
    return out && fclose(out) == 0 ? 0 : 1;
}
