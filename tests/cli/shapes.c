/* SPDX-License-Identifier: Apache-2.0 */
/* shapes IMAGE: writes the one shape of the JSON report that the tool does not: an inventory alone. */
#include <imgassure/imgassure.h>

#include <stdio.h>

static int write_out(void *user, const void *data, size_t size)
{
    (void)user;
    return fwrite(data, 1, size, stdout) == size ? 0 : 1;
}

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    if (argc != 2 || imga_context_new(NULL, &context, NULL) != IMGA_OK ||
        imga_image_open(context, argv[1], NULL, &image, NULL) != IMGA_OK ||
        imga_inventory_collect(context, image, &inventory, NULL) != IMGA_OK)
        return 1;
    const imga_report_options options = {
        .struct_size = sizeof(options), .format = IMGA_REPORT_JSON, .inventory = inventory};
    int status = imga_report_write(context, &options, write_out, NULL, NULL);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_context_unref(context);
    return status == IMGA_OK && fflush(stdout) == 0 ? 0 : 1;
}
