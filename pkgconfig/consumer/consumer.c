/* SPDX-License-Identifier: Apache-2.0 */
/* consumer IMAGE: the number of its packages. */
#include <imgassure/imgassure.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    imga_context *context = NULL;
    imga_image *image = NULL;
    imga_inventory *inventory = NULL;
    int ok = argc == 2 && imga_context_new(NULL, &context, NULL) == IMGA_OK &&
             imga_image_open(context, argv[1], NULL, &image, NULL) == IMGA_OK &&
             imga_inventory_collect(context, image, &inventory, NULL) == IMGA_OK;
    printf("imgassure %s: %d packages\n", imga_version(), ok ? (int)imga_inventory_package_count(inventory) : -1);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_context_unref(context);
    return ok ? 0 : 1;
}
