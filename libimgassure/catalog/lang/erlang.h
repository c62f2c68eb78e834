/* SPDX-License-Identifier: Apache-2.0 */
/* The words of Erlang's term syntax, as far as application resource files and metadata of Hex use it. */
#ifndef IA_CATALOG_LANG_ERLANG_H
#define IA_CATALOG_LANG_ERLANG_H

#include "base/str.h"

enum ia_erlang_kind {
    IA_ERLANG_END = 0,
    IA_ERLANG_OPEN,  /* one of "{[(" */
    IA_ERLANG_CLOSE, /* one of "}])" */
    IA_ERLANG_ATOM,  /* a bare or quoted atom, a number, or another word */
    IA_ERLANG_STRING,
    IA_ERLANG_MARK, /* "," "." "|" "<<" ">>" "/" "=" "#" and the like */
    IA_ERLANG_BAD   /* a quoted text that does not end */
};

struct ia_erlang_word {
    enum ia_erlang_kind kind;
    struct ia_str text; /* without quotes, escapes as written */
};

/* The next word; comments ("% ...") are skipped. */
struct ia_erlang_word ia_erlang_next(struct ia_str *rest);

#endif
