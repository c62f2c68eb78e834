# SPDX-License-Identifier: Apache-2.0
"""<imgassure/report.h>: writers of reports."""
from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from . import errors
from ._call import call
from ._cffi import ffi, lib
from ._handle import Handle
from .compare import c_text
from .context import Context, or_default
from .findings import Findings
from .inventory import Inventory
from .policy import Verdict
from .source import Output, write_to


def write(output: Output, *, format: str = "json", inventory: Inventory | None = None, findings: Findings | None = None,
          verdict: Verdict | None = None, all: bool = False, width: int = 0, colour: bool = False,
          context: Context | None = None) -> None:
    """Writes a report ("json" or "table") to a path or binary file object.

    One of verdict, findings and inventory must be given; the others are taken from it. all, width and colour are for
    the table.
    """
    number = lib.imga_report_format(c_text(format))
    if not number:
        raise errors.invalid(f"there is no report format {format}")
    context = or_default(context)
    options = ffi.new("imga_report_options *", {"struct_size": ffi.sizeof("imga_report_options"), "format": number,
                                                "all": all, "width": width, "colour": colour})
    with ExitStack() as stack:
        def use(handle: Handle | None) -> Any:
            return ffi.NULL if handle is None else stack.enter_context(handle._use())

        options.inventory, options.findings, options.verdict = use(inventory), use(findings), use(verdict)
        settings = use(context)
        write_to(output, lambda sink: call(lib.imga_report_write, settings, options, lib.imga_py_write, ffi.NULL,
                                           hooks=context, sink=sink))


class _Parts:
    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes, /) -> None:
        self.parts.append(data)


def render(*, format: str = "json", inventory: Inventory | None = None, findings: Findings | None = None,
           verdict: Verdict | None = None, all: bool = False, width: int = 0, colour: bool = False,
           context: Context | None = None) -> bytes:
    """The report as bytes; parameters as in write()."""
    sink = _Parts()
    write(sink, format=format, inventory=inventory, findings=findings, verdict=verdict, all=all, width=width,
          colour=colour, context=context)
    return b"".join(sink.parts)
