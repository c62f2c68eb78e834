# SPDX-License-Identifier: Apache-2.0
"""Rows of C arrays as Python values: strings, enumerations that tolerate newer values, sequences read in batches."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Generic, TypeVar, cast, overload

from ._cffi import ffi, lib

T = TypeVar("T")
BATCH = 256  # rows for one crossing into C


def text(pointer: Any) -> str:
    """A borrowed C string. The library promises UTF-8; paths of files keep other bytes as os.fsdecode() would."""
    return cast(bytes, ffi.string(pointer)).decode("utf-8", "surrogateescape")


def index(number: int) -> int:
    """An index that may be missing: -1 stands for UINT32_MAX."""
    return -1 if number == 0xFFFFFFFF else number


def raw(pointer: Any, size: int) -> bytes:
    """Borrowed bytes."""
    return cast(bytes, ffi.buffer(pointer, size)[:])


class OpenEnum:
    """Mixin of an IntEnum: a value that only a newer library knows becomes a member of its own instead of an error."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if not isinstance(value, int):
            return None
        member = cast(Any, int.__new__(cast(Any, cls), value))
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


def single(ctype: str, fill: Callable[[Any], int]) -> Any:
    """A struct that fill() has filled."""
    row = ffi.new(f"{ctype} *")
    row.struct_size = ffi.sizeof(ctype)
    check(fill(row))
    return row


def check(count: int) -> int:
    if count < 0:
        from .errors import make
        raise make(count, "the library refused to fill rows")
    return count


class Rows(Sequence[T], Generic[T]):
    """An immutable sequence in C memory. Iterating takes 256 rows for each crossing; values are copies.

    It keeps the object it came from alive; after that object's close() it raises InvalidError.
    """

    def __init__(self, owner: Any, ctype: str, count: Callable[[Any], int],
                 fill: Callable[[Any, int, Any, int], int], make: Callable[[Any], T]) -> None:
        self._owner = owner
        self._ctype = ctype
        self._count = count
        self._fill = fill
        self._make = make

    def _read(self, first: int, count: int) -> list[T]:
        rows = ffi.new(f"{self._ctype}[]", count)
        if self._ctype != "const char *":
            rows[0].struct_size = ffi.sizeof(self._ctype)
        with self._owner._use() as pointer:
            got = check(self._fill(pointer, first, rows, count))
            return [self._make(rows[i]) for i in range(got)]

    def __len__(self) -> int:
        with self._owner._use() as pointer:
            return self._count(pointer)

    def __iter__(self) -> Iterator[T]:
        first = 0
        while True:
            batch = self._read(first, BATCH)
            yield from batch
            if len(batch) < BATCH:
                return
            first += BATCH

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        size = len(self)
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(size))]
        at = index + size if index < 0 else index
        if not 0 <= at < size:
            raise IndexError("row index out of range")
        return self._read(at, 1)[0]

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {self._ctype.removesuffix('_row')}>"


class NoteCode(OpenEnum, IntEnum):
    DUPLICATE = lib.IMGA_NOTE_DUPLICATE
    PATH = lib.IMGA_NOTE_PATH
    LINK = lib.IMGA_NOTE_LINK
    LINK_LOOP = lib.IMGA_NOTE_LINK_LOOP
    WHITEOUT = lib.IMGA_NOTE_WHITEOUT
    OVERLAY = lib.IMGA_NOTE_OVERLAY
    TRAILING = lib.IMGA_NOTE_TRAILING
    PAX = lib.IMGA_NOTE_PAX
    TYPE = lib.IMGA_NOTE_TYPE
    NAME = lib.IMGA_NOTE_NAME
    DB_PARTIAL = lib.IMGA_NOTE_DB_PARTIAL
    DB_JOURNAL = lib.IMGA_NOTE_DB_JOURNAL
    DB_MULTIPLE = lib.IMGA_NOTE_DB_MULTIPLE
    OS = lib.IMGA_NOTE_OS
    SKIPPED = lib.IMGA_NOTE_SKIPPED
    MEDIATYPE = lib.IMGA_NOTE_MEDIATYPE
    TOC = lib.IMGA_NOTE_TOC
    ARCHIVE = lib.IMGA_NOTE_ARCHIVE
    BINARY = lib.IMGA_NOTE_BINARY
    FEED = lib.IMGA_NOTE_FEED
    NO_FEED = lib.IMGA_NOTE_NO_FEED
    VERSION = lib.IMGA_NOTE_VERSION
    NO_PACKAGES = lib.IMGA_NOTE_NO_PACKAGES
    DROPPED = lib.IMGA_NOTE_DROPPED
