/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a Lua program, as far as a file of plain assignments needs them (Lua 5.4 Reference Manual, 3.1). */
#ifndef IA_CATALOG_LANG_LUA_H
#define IA_CATALOG_LANG_LUA_H

#include "base/str.h"

enum ia_lua_kind {
    IA_LUA_END,  /* also where a text or a long comment does not end */
    IA_LUA_WORD, /* names, keywords and numbers */
    IA_LUA_TEXT, /* between quotes, escapes as written, or between long brackets */
    IA_LUA_MARK, /* one character */
};

struct ia_lua_word {
    enum ia_lua_kind kind;
    struct ia_str text;
};

/* The next word; comments are skipped. */
struct ia_lua_word ia_lua_next(struct ia_str *rest);

#endif
