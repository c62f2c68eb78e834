# SPDX-License-Identifier: Apache-2.0
"""<imgassure/compare.h>: version comparison."""
from __future__ import annotations

import enum

from . import errors
from ._call import call
from ._cffi import ffi, lib


def c_text(value: str) -> bytes:
    """A string for C; one with a NUL inside would be cut there."""
    data = value.encode("utf-8", "surrogateescape")
    if b"\0" in data:
        raise errors.invalid("a string holds a NUL character")
    return data


class Scheme(enum.IntEnum):
    """Version schemes. docs/versions.md says what each follows; its name in small letters is its name for compare()."""
    DEB = lib.IMGA_SCHEME_DEB
    APK = lib.IMGA_SCHEME_APK
    RPM = lib.IMGA_SCHEME_RPM
    SEMVER = lib.IMGA_SCHEME_SEMVER
    NPM = lib.IMGA_SCHEME_NPM
    CARGO = lib.IMGA_SCHEME_CARGO
    GO = lib.IMGA_SCHEME_GO
    PYPI = lib.IMGA_SCHEME_PYPI
    MAVEN = lib.IMGA_SCHEME_MAVEN
    GEM = lib.IMGA_SCHEME_GEM
    COMPOSER = lib.IMGA_SCHEME_COMPOSER
    NUGET = lib.IMGA_SCHEME_NUGET
    ALPM = lib.IMGA_SCHEME_ALPM
    GENTOO = lib.IMGA_SCHEME_GENTOO
    GENERIC = lib.IMGA_SCHEME_GENERIC
    PUB = lib.IMGA_SCHEME_PUB
    HEX = lib.IMGA_SCHEME_HEX
    CRAN = lib.IMGA_SCHEME_CRAN
    HACKAGE = lib.IMGA_SCHEME_HACKAGE


def compare(scheme: Scheme | str, a: str, b: str) -> int:
    """-1, 0 or 1 for a before, equal to, after b; scheme is a Scheme or its name, such as "deb".

    Raises VersionError when one of them cannot be parsed, or the two have no order: cannot tell.
    """
    number = lib.imga_version_scheme(c_text(scheme)) if isinstance(scheme, str) else int(scheme)
    if not number:
        raise errors.invalid(f"there is no version scheme {scheme}")
    order = ffi.new("int32_t *")
    call(lib.imga_version_compare, number, c_text(a), c_text(b), order)
    return int(order[0])
