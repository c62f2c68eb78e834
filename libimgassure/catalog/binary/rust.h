/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dependency list that cargo-auditable puts into programs: section .dep-v0, zlib, JSON {"packages": [...]}
 * (rust-secure-code/cargo-auditable, PARSING.md). At most 8 MiB of JSON.
 */
#ifndef IA_CATALOG_BINARY_RUST_H
#define IA_CATALOG_BINARY_RUST_H

#include "catalog/binary/examined.h"

/* Reports the crates: type "cargo", how "cargo-auditable"; fields cargo-root, cargo-kind, cargo-source. */
int ia_rust_packages(struct ia_examined *x, struct ia_extent section);

#endif
