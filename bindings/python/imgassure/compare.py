# SPDX-License-Identifier: Apache-2.0
"""<imgassure/compare.h>: version comparison."""
from __future__ import annotations

from . import errors
from ._call import call
from ._cffi import ffi, lib


def c_text(value: str) -> bytes:
    """A string for C; one with a NUL inside would be cut there."""
    data = value.encode("utf-8", "surrogateescape")
    if b"\0" in data:
        raise errors.invalid("a string holds a NUL character")
    return data


def compare(scheme: str, a: str, b: str) -> int:
    """-1, 0 or 1 for a before, equal to, after b; scheme is "deb" or "apk".

    Raises VersionError when one of them cannot be parsed: cannot tell.
    """
    number = lib.imga_version_scheme(c_text(scheme))
    if not number:
        raise errors.invalid(f"there is no version scheme {scheme}")
    order = ffi.new("int32_t *")
    call(lib.imga_version_compare, number, c_text(a), c_text(b), order)
    return int(order[0])
