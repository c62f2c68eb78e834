/* SPDX-License-Identifier: Apache-2.0 */
/* Options: "--name VALUE", "--name=VALUE", "-x VALUE", "-xVALUE"; "--" ends them. One table for parsing and help. */
#include "options.h"

#include <imgassure/policy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option {
    char letter;
    const char *name;
    const char *alias; /* the name other scanners use, or NULL */
    const char *value; /* NULL: a switch */
    const char *help;
};

static const struct option table[] = {
    {'d', "db", NULL, "FILE", "the advisory database (see \"imgassure db build\")"},
    {'p', "policy", NULL, "FILE", "the policy to judge by"},
    {'F', "fail-on", NULL, "SEVERITY", "instead of a policy: deny findings of at least this severity"},
    {'u', "only-fixed", "ignore-unfixed", NULL, "with --fail-on: only findings that an upgrade fixes"},
    {'i', "inventory", NULL, "FILE", "use this inventory instead of reading an image"},
    {'r', "reference", NULL, "REF", "which image of an archive: tag, name:tag or digest"},
    {'P', "platform", NULL, "OS/ARCH", "which image of an index: os/arch[/variant], or all (default: this machine's)"},
    {'V', "verify", NULL, "MODE", "full: blobs and diff_ids (default), blob: blobs only, none"},
    {'C', "cache", "cache-dir", "DIR", "keep what was read of layers there, and read no layer twice"},
    {'x', "classifiers", NULL, "FILE", "rules of your own by which programs are recognised (docs/classifiers.md)"},
    {'D', "digests", NULL, NULL, "SHA-256 of every file"},
    {'L', "lockfiles", NULL, NULL, "also packages that only lock files name"},
    {'R', "removed", NULL, NULL, "also what upper layers removed"},
    {'t', "at", NULL, "TIME", "judge as if it were this time: YYYY-MM-DD or RFC 3339 (default now)"},
    {'T', "as-of", NULL, "TIME", "when the feeds were current"},
    {'k', "package", NULL, "NAME", "only findings of this package"},
    {'o', "output", "format", "FORMAT[=FILE]", "table, json or cyclonedx, to stdout or FILE; may be repeated"},
    {'a', "all", "show-suppressed", NULL, "list findings of every status, and every line of the verdict"},
    {'w', "width", NULL, "COLUMNS", "width of the table (default: the terminal's, or 120)"},
    {'c', "color", NULL, "WHEN", "auto, always or never"},
    {'j', "threads", "parallel", "N", "read layers with N threads (default: one per processor)"},
    {'m', "timeout", NULL, "SECONDS", "give up after that time (default 300; 0: never)"},
    {'n', "no-progress", NULL, NULL, "no progress bar"},
    {'q', "quiet", NULL, NULL, "nothing on stderr but errors"},
    {'v', "verbose", NULL, NULL, "log more to stderr"},
    {'h', "help", NULL, NULL, "this help"},
};

int usage_error(const struct command *command, const char *message, const char *detail)
{
    fprintf(stderr, "imgassure %s: %s%s%s\nTry \"imgassure %s --help\".\n", command->name, message, *detail ? ": " : "",
            detail, command->name);
    return EXIT_USAGE;
}

void print_command_help(const struct command *command)
{
    printf("Usage: imgassure %s %s\n\n%s\n\nOptions:\n", command->name, command->usage, command->summary);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        char left[64];
        if (table[i].letter != 'h' && !strchr(command->takes, table[i].letter))
            continue;
        snprintf(left, sizeof(left), "-%c, --%s %s", table[i].letter, table[i].name,
                 table[i].value ? table[i].value : "");
        printf("  %-30s %s\n", left, table[i].help);
    }
}

static int take_colour(const char *value, struct options *out)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) == 0) {
            out->colour = (enum colour)i;
            return 0;
        }
    }
    return -1;
}

static int take_time(const char *value, int *has, int64_t *out)
{
    *has = 1;
    return imga_time_parse(value, out);
}

static int take_width(const char *value, int *out)
{
    char *end;
    long width = strtol(value, &end, 10);
    if (*end || width < 20 || width > 10000)
        return -1;
    *out = (int)width;
    return 0;
}

static int take_verify(const char *value, struct options *out)
{
    static const char *const words[] = {"full", "blob", "none"};
    for (uint32_t i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) == 0) {
            out->verify = i; /* IMGA_VERIFY_* */
            return 0;
        }
    }
    return -1;
}

static int take_threads(const char *value, struct options *out)
{
    char *end;
    long threads = strtol(value, &end, 10);
    if (end == value || *end || threads < 1 || threads > 64)
        return -1;
    out->threads = (unsigned)threads;
    return 0;
}

static int take_timeout(const char *value, struct options *out)
{
    char *end;
    long seconds = strtol(value, &end, 10);
    if (end == value || *end || seconds < 0 || seconds > 1000000)
        return -1;
    out->has_timeout = 1;
    out->timeout = (unsigned)seconds;
    return 0;
}

static int take_output(const char *value, struct options *out)
{
    if (out->output_count == MAX_OUTPUTS)
        return -1;
    out->outputs[out->output_count++] = value;
    return 0;
}

static int take_switch(char letter, struct options *out)
{
    switch (letter) {
    case 'u':
        out->only_fixed = 1;
        break;
    case 'a':
        out->all = 1;
        break;
    case 'D':
        out->digests = 1;
        break;
    case 'L':
        out->lockfiles = 1;
        break;
    case 'R':
        out->removed = 1;
        break;
    case 'n':
        out->no_progress = 1;
        break;
    case 'q':
        out->quiet = 1;
        break;
    default:
        out->verbose = 1;
        break;
    }
    return 0;
}

/* 0, or -1 when the value is no good. */
static int take(char letter, const char *value, struct options *out)
{
    switch (letter) {
    case 'd':
        out->database = value;
        return 0;
    case 'p':
        out->policy = value;
        return 0;
    case 'F':
        out->fail_on = value;
        return 0;
    case 'i':
        out->inventory = value;
        return 0;
    case 'r':
        out->reference = value;
        return 0;
    case 'P':
        out->platform = value;
        return 0;
    case 'k':
        out->package = value;
        return 0;
    case 't':
        return take_time(value, &out->has_at, &out->at);
    case 'T':
        return take_time(value, &out->has_as_of, &out->as_of);
    case 'o':
        return take_output(value, out);
    case 'V':
        return take_verify(value, out);
    case 'C':
        out->cache = value;
        return 0;
    case 'x':
        out->classifiers = value;
        return 0;
    case 'm':
        return take_timeout(value, out);
    case 'j':
        return take_threads(value, out);
    case 'w':
        return take_width(value, &out->width);
    case 'c':
        return take_colour(value, out);
    default:
        return take_switch(letter, out);
    }
}

static int is_name(const struct option *option, const char *text, size_t size)
{
    return (strlen(option->name) == size && strncmp(option->name, text, size) == 0) ||
           (option->alias && strlen(option->alias) == size && strncmp(option->alias, text, size) == 0);
}

/* The option an argument names; *value becomes what is attached to it, or NULL. */
static const struct option *find(const char *argument, const char **value)
{
    int is_long = argument[1] == '-';
    const char *text = argument + 1 + is_long;
    size_t size = is_long ? strcspn(text, "=") : 1;
    *value = text[size] ? text + size + is_long : NULL;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (is_long ? is_name(&table[i], text, size) : table[i].letter == *text)
            return &table[i];
    return NULL;
}

/* One option at argv[*at]; moves *at over a separate value. */
static int parse_option(const struct command *command, int argc, char **argv, int *at, struct options *out)
{
    const char *value;
    const struct option *option = find(argv[*at], &value);
    if (option && option->letter == 'h') {
        print_command_help(command);
        return -1;
    }
    if (!option || !strchr(command->takes, option->letter))
        return usage_error(command, "unknown option", argv[*at]);
    if (!option->value && value)
        return usage_error(command, "the option takes no value", argv[*at]);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return usage_error(command, "the option needs a value", argv[*at]);
        value = argv[++*at];
    }
    return take(option->letter, value, out) == 0 ? 0 : usage_error(command, "the value is no good", argv[*at]);
}

int parse_options(const struct command *command, int argc, char **argv, struct options *out)
{
    int only_arguments = 0;
    for (int i = 0; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = 1;
        } else if (!only_arguments && argv[i][0] == '-' && argv[i][1]) {
            int status = parse_option(command, argc, argv, &i, out);
            if (status != 0)
                return status;
        } else if (out->argument_count == MAX_ARGUMENTS) {
            return usage_error(command, "too many arguments", argv[i]);
        } else {
            out->arguments[out->argument_count++] = argv[i];
        }
    }
    return 0;
}
