/* SPDX-License-Identifier: Apache-2.0 */
/* gate IMAGE DATABASE POLICY: prints the verdict of an image. Build: cc gate.c $(pkg-config --cflags --libs imgassure) */
#include <imgassure/imgassure.h>
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    imga_source *text = NULL;
    imga_gate_options gate = {.struct_size = sizeof(gate), .path = argc > 3 ? argv[1] : NULL, .now = time(NULL)};
    imga_verdict *verdict = NULL;
    imga_error *error = NULL;
    int ok = argc > 3 && imga_context_new(NULL, &context, &error) == IMGA_OK &&
             imga_database_open(context, argv[2], &gate.database, &error) == IMGA_OK &&
             imga_source_from_path(context, argv[3], &text, &error) == IMGA_OK &&
             imga_policy_read(context, text, &gate.policy, &error) == IMGA_OK &&
             imga_gate(context, &gate, &verdict, &error) == IMGA_OK;
    if (ok)
        printf("%s: %zu items\n", imga_verdict_name(imga_verdict_result(verdict)), imga_verdict_count(verdict));
    else
        fprintf(stderr, "%s: %s\n", imga_error_where(error), imga_error_message(error));
    imga_verdict_unref(verdict), imga_policy_unref(gate.policy), imga_database_unref(gate.database);
    imga_source_unref(text), imga_context_unref(context), imga_error_free(error);
    return ok ? 0 : 1;
}
