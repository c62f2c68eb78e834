# SPDX-License-Identifier: Apache-2.0
"""<imgassure/scan.h>: the whole way in one call."""
from __future__ import annotations

import os

from ._call import create
from ._cffi import ffi, lib
from .context import Context, or_default
from .database import Database
from .image import optional
from .policy import Clock, Policy, Verdict, clock
from .source import fs_path


def gate(path: str | os.PathLike[str], *, database: Database, policy: Policy, now: Clock, reference: str | None = None,
         platform: str | None = None, context: Context | None = None) -> Verdict:
    """Opens an image, takes its inventory, matches it and judges it."""
    context = or_default(context)
    strings = (ffi.new("char[]", fs_path(path)), optional(reference), optional(platform))
    with context._use() as settings, database._use() as left, policy._use() as right:
        options = ffi.new("imga_gate_options *", {
            "struct_size": ffi.sizeof("imga_gate_options"), "path": strings[0], "reference": strings[1],
            "platform": strings[2], "database": left, "policy": right, "now": clock(now)})
        return Verdict(create(lib.imga_gate, lib.imga_verdict_unref, "imga_verdict", settings, options, hooks=context),
                       *database._keep)
