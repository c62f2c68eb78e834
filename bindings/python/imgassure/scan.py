# SPDX-License-Identifier: Apache-2.0
"""<imgassure/scan.h>: the whole way in one call."""
from __future__ import annotations

import os
from typing import Any

from ._call import create
from ._cffi import ffi, lib
from .context import Context, or_default
from .database import Database
from .image import Verify, optional
from .policy import Clock, Policy, Verdict, clock
from .source import Input, Source, fs_path


def gate(image: Input, *, database: Database, policy: Policy, now: Clock, reference: str | None = None,
         platform: str | None = None, form: str | None = None, verify: int = Verify.FULL,
         look: int = 0, context: Context | None = None) -> Verdict:
    """Opens an image, takes its inventory, matches it and judges it; the image is told as in Image."""
    context = or_default(context)
    strings = (optional(reference), optional(platform), optional(form))
    options = ffi.new("imga_gate_options *", {
        "struct_size": ffi.sizeof("imga_gate_options"), "reference": strings[0], "platform": strings[1],
        "form": strings[2], "verify": verify, "look": look, "now": clock(now)})
    if isinstance(image, (str, os.PathLike)):
        path = ffi.new("char[]", fs_path(image))
        options.path = path
        return _judge(context, options, database, policy)
    with Source(image, context) as source, source._use() as pointer:
        options.source = pointer
        return _judge(context, options, database, policy)


def _judge(context: Context, options: Any, database: Database, policy: Policy) -> Verdict:
    with context._use() as settings, database._use() as options.database, policy._use() as options.policy:
        return Verdict(create(lib.imga_gate, lib.imga_verdict_unref, "imga_verdict", settings, options, hooks=context),
                       *database._keep)
