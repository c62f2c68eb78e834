/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives that can be read only once, for the tests of the image room: a stream in pieces, sinks, and a comparison of
 * one archive read in every way there is.
 */
#ifndef PIPE_CASE_H
#define PIPE_CASE_H

#include "image_case.h"

/* Memory that is read once, in pieces of at most step bytes. */
struct pipe_bytes {
    const char *p;
    size_t n, at, step;
    int64_t end; /* the answer after the last byte */
    int closes;
};
imga_stream_ops pipe_ops(struct pipe_bytes *bytes);

/* A sink that pulls every stream to its end and counts. */
struct pipe_sink {
    struct ia_layer_sink sink;
    uint32_t count; /* streams; the numbers begin with 100 */
    uint64_t bytes; /* of those that were whole */
    int answer;     /* instead of pulling, when not 0; 1: success all the same */
};
void pipe_sink_init(struct pipe_sink *sink);

/* How an archive is put before the library. */
enum pipe_way { WAY_MEMORY = 0, WAY_PIPE, WAY_PIPE_GZIP, WAY_MEMORY_ZSTD, WAYS };
extern const char *const pipe_ways[WAYS];

/* Compressed copies. */
struct tarball pipe_gzip(const struct tarball *tar);
struct tarball pipe_zstd(const struct tarball *tar);

struct pipe_request {
    const struct tarball *archive;
    enum pipe_way way;
    const struct ia_layer_sink *sink;
    const char *reference, *platform;
    enum ia_verify verify;
    size_t step; /* 0: 4096 */
};
int pipe_open(struct test_env *t, const struct pipe_request *request, struct ia_image **out);

/* As case_layer(), and 1 for a layer that was taken. */
int pipe_layer(struct test_env *t, struct ia_image *image, size_t index);

/* Reads the archive in all ways with the limits of t, and says where an answer differs from that of memory. */
void pipe_compare(const struct test_env *t, const struct tarball *archive, const char *reference, const char *platform);

/* Two layers, one of them compressed, and the files of an image with them. */
struct made {
    struct tarball tars[2], gzip;
    struct ociimage_layer layers[2];
    struct ociimage image;
    struct ocifiles files; /* config, layers, manifest; with OCI then index.json and oci-layout */
};
void made_open(struct made *m, bool is_oci);
void made_close(struct made *m);

/* Opens an archive as a pipe, or in another way, with a sink that counts. */
struct run {
    struct test_env t;
    struct pipe_sink sink;
    struct pipe_request request;
    struct ia_image *image;
    int status;
};
void run_init(struct run *r, const struct tarball *archive);
void run_open(struct run *r);
void run_close(struct run *r); /* the test fails when memory is left */
/* How many layers were taken. */
size_t taken_count(const struct run *r);

#endif
