/* SPDX-License-Identifier: Apache-2.0 */
/* Images in the forms that need more than ociimage.h: skopeo's folders, archives from before docker 1.10, roots. */
#ifndef FORM_CASE_H
#define FORM_CASE_H

#include "image_case.h"

/* Moves a name; the file must be there. */
void form_rename(struct ocifiles *files, const char *from, const char *to);
/* Blobs by their bare digits, manifest.json and version. */
void form_dir(struct ocifiles *files, const struct ociimage *image);
/* Several manifests below a list, as of "skopeo copy --all"; entries says what stands between [] with %s for each
 * descriptor without braces. */
void form_dir_list(struct ocifiles *files, const struct ociimage *images, size_t count, const char *const *platforms);

/* A docker archive of version 1.0: count ids, each the parent of the next; "repo:v1" is the last. */
enum { FORM_ID = 65 };
void form_id(char id[FORM_ID], unsigned number);
void form_legacy(struct ocifiles *files, const struct tarball *layers, unsigned count);

/* Opens by request without comparing with other ways. */
int form_open(struct test_env *t, const struct ia_image_request *request, struct ia_image **out);
int form_open_tar(struct test_env *t, const struct tarball *archive, const char *form, struct ia_image **out);
/* Opens the path and pulls all layers; the first status that is not right. */
int form_read(struct test_env *t, const struct ia_image_request *request);

#endif
