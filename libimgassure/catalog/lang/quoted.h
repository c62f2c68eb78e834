/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in quotes, as the simple statements of Ruby, Lua, PHP, Elixir, TOML and yarn have them. */
#ifndef IA_CATALOG_LANG_QUOTED_H
#define IA_CATALOG_LANG_QUOTED_H

#include "base/buf.h"

/*
 * The next text in single or double quotes, or in Ruby's "%q{}"; *rest goes on behind it. Escapes are skipped over, but
 * kept as written. False when there is none, or when it does not end.
 */
bool ia_quoted_next(struct ia_str *rest, struct ia_str *out);
/* Writes the text with its escapes "\uXXXX" and "\X" of a character that stands for itself undone. A bare status. */
int ia_quoted_plain(struct ia_buf *out, struct ia_str text) IA_MUST_USE;
/* "name = ..." or "name=...": what follows the sign; false for another name. */
bool ia_assigned(struct ia_str line, const char *name, struct ia_str *value);

#endif
