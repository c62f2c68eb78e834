/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutate FILE SEED TRUNCATIONS FLIPS: takes the inventory of the image in FILE, and of damaged copies of it, all in
 * memory, and prints a line for each: what was done, where, the status, whether it is complete, how many packages.
 * "intact 0 0 1 2". The places come from the seed: the same on every run.
 * mutate each FILE...: the same for files that are as they are.
 */
#include <imgassure/imgassure.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    unsigned char *p;
    size_t n;
};

static void die(const char *what)
{
    fprintf(stderr, "mutate: %s\n", what);
    exit(99);
}

static struct bytes load(const char *path)
{
    struct bytes file = {NULL, 0};
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0)
        die("cannot read the file");
    long size = ftell(in);
    file.p = size > 0 ? malloc((size_t)size) : NULL;
    rewind(in);
    if (!file.p || fread(file.p, 1, (size_t)size, in) != (size_t)size)
        die("cannot read the file");
    fclose(in);
    file.n = (size_t)size;
    return file;
}

/* xorshift64* */
static size_t pick(uint64_t *state, size_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (size_t)((*state * UINT64_C(2685821657736338717)) >> 11) % below;
}

static void attempt(imga_context *context, const struct bytes *file, const char *what, size_t place)
{
    imga_source *source = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    int status = imga_source_from_memory(context, file->p, file->n, &source, NULL);
    if (status == IMGA_OK)
        status = imga_image_open_source(context, source, NULL, &image, &error);
    if (status == IMGA_OK)
        status = imga_inventory_collect(context, image, &inventory, &error);
    if ((status == IMGA_OK) != (inventory != NULL) || (status != IMGA_OK && imga_error_code(error) != status))
        die("the status and what came with it disagree");
    printf("%s %zu %d %d %zu\n", what, place, status, inventory ? imga_inventory_is_complete(inventory) : 0,
           inventory ? imga_inventory_package_count(inventory) : 0);
    fflush(stdout); /* what was last before a crash */
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_source_unref(source);
    imga_error_free(error);
}

/* A copy of its own length, so that a sanitizer sees a read behind its end. */
static void truncated(imga_context *context, const struct bytes *file, size_t size)
{
    struct bytes copy = {malloc(size ? size : 1), size};
    if (!copy.p)
        die("no memory");
    for (size_t i = 0; i < size; i++)
        copy.p[i] = file->p[i];
    attempt(context, &copy, "cut", size);
    free(copy.p);
}

static void flipped(imga_context *context, const struct bytes *file, uint64_t *state)
{
    size_t place = pick(state, file->n);
    unsigned char old = file->p[place];
    file->p[place] = (unsigned char)(old ^ (1U << pick(state, 8)));
    attempt(context, file, "flip", place);
    file->p[place] = old;
}

static void each(imga_context *context, char **paths)
{
    for (; *paths; paths++) {
        struct bytes file = load(*paths);
        attempt(context, &file, "file", file.n);
        free(file.p);
    }
}

static void mutations(imga_context *context, char **arguments)
{
    struct bytes file = load(arguments[0]);
    uint64_t state = strtoull(arguments[1], NULL, 10) * 2 + 1;
    size_t cuts = strtoul(arguments[2], NULL, 10), flips = strtoul(arguments[3], NULL, 10);
    attempt(context, &file, "intact", 0);
    for (size_t i = 0; i < cuts; i++)
        truncated(context, &file, i % 2 ? pick(&state, file.n) : i * (file.n / cuts));
    for (size_t i = 0; i < flips; i++)
        flipped(context, &file, &state);
    free(file.p);
}

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    int is_each = argc > 2 && strcmp(argv[1], "each") == 0;
    if ((!is_each && argc != 5) || imga_context_new(NULL, &context, NULL) != IMGA_OK)
        die("usage: mutate FILE SEED TRUNCATIONS FLIPS, or mutate each FILE...");
    if (is_each)
        each(context, argv + 2);
    else
        mutations(context, argv + 1);
    imga_context_unref(context);
    return 0;
}
