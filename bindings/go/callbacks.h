/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of libimgassure that take callbacks: cgo.Handle values go in as integers, never as Go pointers. */
#ifndef IMGASSURE_GO_CALLBACKS_H
#define IMGASSURE_GO_CALLBACKS_H

#include <imgassure/imgassure.h>

void imga_go_set_log(imga_context *context, uintptr_t handle, int32_t max_level);
void imga_go_set_progress(imga_context *context, uintptr_t handle);
int imga_go_set_layer_cache(imga_context *context, uintptr_t handle, imga_error **error);
int imga_go_source(imga_context *context, uint64_t size, uintptr_t handle, imga_source **out, imga_error **error);
int imga_go_stream(imga_context *context, uintptr_t handle, imga_source **out, imga_error **error);
int imga_go_files_read(const imga_files *files, size_t index, uintptr_t handle, imga_error **error);
int imga_go_inventory_write(const imga_inventory *inventory, uintptr_t handle, imga_error **error);
int imga_go_writer_finish(imga_database_writer *writer, uintptr_t handle, imga_error **error);
int imga_go_explain(const imga_findings *findings, size_t index, uintptr_t handle, imga_error **error);
int imga_go_report(imga_context *context, const imga_report_options *options, uintptr_t handle, imga_error **error);

#endif
