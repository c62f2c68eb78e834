/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file evidence.h
 * More of what an inventory knows: properties of packages, the CPE names they may have, the executables.
 *
 * Threads: an inventory is immutable and may be shared between threads.
 */
#ifndef IMGASSURE_EVIDENCE_H
#define IMGASSURE_EVIDENCE_H

#include <imgassure/inventory.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A fact about a package beyond its row. Strings are borrowed from the inventory and never NULL. */
typedef struct imga_property_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;  /**< a word, for example "epoch", "modularity", "signature-key"; docs/inventory.md lists them */
    const char *value;
} imga_property_row;

/** What an executable is, and how it is hardened; values may be combined. */
enum {
    IMGA_EXECUTABLE_LIBRARY = 1,  /**< a shared library; otherwise a program */
    IMGA_EXECUTABLE_STATIC = 2,   /**< without interpreter and needed libraries */
    IMGA_EXECUTABLE_PIE = 4,      /**< position independent */
    IMGA_EXECUTABLE_RELRO = 8,    /**< relocations are read-only after start */
    IMGA_EXECUTABLE_NOW = 16,     /**< bound at start; with RELRO: full RELRO */
    IMGA_EXECUTABLE_NX = 32,      /**< the stack is not executable */
    IMGA_EXECUTABLE_CANARY = 64,  /**< stack protector */
    IMGA_EXECUTABLE_FORTIFY = 128, /**< checked functions of the C library */
    IMGA_EXECUTABLE_CET = 256,    /**< control-flow protection: IBT and SHSTK, BTI and PAC */
    IMGA_EXECUTABLE_STRIPPED = 512 /**< without a symbol table */
};

/** A program or shared library. Strings are borrowed from the inventory and never NULL ("" when absent). */
typedef struct imga_executable_row {
    uint32_t struct_size;
    int32_t layer;            /**< index of the layer that it came with */
    const char *path;         /**< relative to the root */
    const char *format;       /**< "elf", "pe", "mach-o" */
    const char *architecture; /**< as OCI writes it: "amd64" */
    const char *build_id;     /**< GNU build id, lower-case hexadecimal */
    const char *interpreter;  /**< dynamic linker */
    uint32_t flags;           /**< IMGA_EXECUTABLE_* */
    int32_t owner;            /**< index of the package of the system that owns it, -1: none */
} imga_executable_row;

/** A CPE name that a package may have in NVD. The name is copied, how is static. */
typedef struct imga_cpe_row {
    uint32_t struct_size;
    uint32_t reserved;
    char cpe[512];   /**< formatted string 2.3 (NISTIR 7695); "" when it is longer */
    const char *how; /**< how it was made: "declared", "known-pair", "name-as-vendor" */
} imga_cpe_row;

/**
 * Fills rows of properties of a package, ordered by name; each name comes once.
 *
 * @param inventory the inventory.
 * @param package index of the package.
 * @param first index of the first property.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_properties(const imga_inventory *inventory, size_t package, size_t first,
                                           imga_property_row *rows, size_t count);

/**
 * Fills rows of CPE names that a package may have, the likeliest first: what its file declares, then guesses from its
 * names. At most 17. Guesses are for matching with NVD and for a person's eyes; none of them is a fact.
 *
 * @param inventory the inventory.
 * @param package index of the package.
 * @param first index of the first name.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_cpes(const imga_inventory *inventory, size_t package, size_t first,
                                     imga_cpe_row *rows, size_t count);

/**
 * Number of executables.
 *
 * @param inventory the inventory; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_inventory_executable_count(const imga_inventory *inventory);

/**
 * Number of executables that no package of the system owns: what came into the image beside the package manager.
 *
 * @param inventory the inventory; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_inventory_unowned_count(const imga_inventory *inventory);

/**
 * Fills rows of executables, ordered by path. A file with several names (hard links) comes once.
 *
 * @param inventory the inventory.
 * @param first index of the first executable.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_executables(const imga_inventory *inventory, size_t first, imga_executable_row *rows,
                                            size_t count);

#ifdef __cplusplus
}
#endif
#endif
