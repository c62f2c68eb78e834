/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of the public API as a line of JSON: member names and order as in the headers. */
#ifndef GOLDEN_ROWS_H
#define GOLDEN_ROWS_H

#include <imgassure/imgassure.h>

#include <stdio.h>

void rows_image(FILE *file, const imga_image *image); /* with its layers, config and history */
void rows_list(FILE *file, const imga_image_list *list);
void rows_files(FILE *file, const imga_files *listing); /* without their content */
void rows_inventory(FILE *file, const imga_inventory *inventory);
void rows_verdict(FILE *file, const imga_verdict *verdict); /* with its findings */
void rows_findings(FILE *file, const imga_findings *findings); /* with their database */
void rows_writer(FILE *file, const imga_database_writer *writer); /* its notes */
void rows_error(FILE *file, const char *name, int32_t status, const imga_error *error);

#endif
