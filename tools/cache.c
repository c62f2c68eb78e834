/* SPDX-License-Identifier: Apache-2.0 */
/* A record appears whole under its name or not at all. Nothing is ever deleted: what is in the folder may be. */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536, PATH = 4096 };

static int record_path(const struct session *session, const char *key, char path[PATH])
{
    int n = snprintf(path, PATH, "%s/%s", session->options->cache, key);
    return n > 0 && n < PATH ? 0 : -1;
}

static int get(void *user, const char *key, int (*write_piece)(void *to, const void *data, size_t size), void *to)
{
    char path[PATH], piece[PIECE];
    int file = record_path(user, key, path) == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = 0;
    if (file < 0)
        return -1;
    while ((n = read(file, piece, sizeof(piece))) > 0)
        if (write_piece(to, piece, (size_t)n) != 0)
            break;
    close(file);
    return n == 0 ? 0 : -1;
}

static int write_all(int file, const char *data, size_t size)
{
    while (size) {
        ssize_t n = write(file, data, size);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            data += n;
            size -= (size_t)n;
        }
    }
    return 0;
}

static int put(void *user, const char *key, const void *data, size_t size)
{
    char path[PATH], temporary[PATH + 8];
    if (record_path(user, key, path) != 0)
        return -1;
    snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    int file = mkstemp(temporary);
    if (file < 0)
        return -1;
    int status = write_all(file, data, size);
    if (close(file) != 0 || status != 0 || rename(temporary, path) != 0) {
        unlink(temporary);
        return -1;
    }
    return 0;
}

int cache_open(struct session *session, const char *folder)
{
    const imga_layer_cache cache = {.struct_size = sizeof(cache), .get = get, .put = put, .user = session};
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "imgassure: making the cache folder %s: %s\n", folder, strerror(errno));
        return EXIT_FAILED;
    }
    if (imga_context_set_layer_cache(session->context, &cache, &session->error) != IMGA_OK)
        return session_fail(session, "setting the cache");
    return 0;
}
