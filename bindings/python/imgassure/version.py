# SPDX-License-Identifier: Apache-2.0
"""<imgassure/version.h>: which library is linked."""
from __future__ import annotations

from ._cffi import lib
from ._row import text


def version() -> str:
    """For example "0.1.0"."""
    return text(lib.imga_version())


def version_number() -> int:
    """major * 1000000 + minor * 1000 + patch."""
    return int(lib.imga_version_number())


def feature(name: str) -> bool:
    """Whether the library was built with a feature, for example "zstd"."""
    return bool(lib.imga_feature(name.encode()))
