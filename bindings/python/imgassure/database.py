# SPDX-License-Identifier: Apache-2.0
"""<imgassure/database.h>: advisory feeds compiled into one immutable file."""
from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ._call import call, collected, create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import OpenEnum, Rows, text
from .compare import c_text
from .context import Context, or_default
from .source import Input, Output, Source, fs_path, write_to
from .status import Note, notes


class FeedFormat(OpenEnum, IntEnum):
    BY_CONTENT = 0
    DEBIAN_TRACKER = lib.IMGA_FEED_DEBIAN_TRACKER
    ALPINE_SECDB = lib.IMGA_FEED_ALPINE_SECDB


@dataclass(frozen=True)
class Feed:
    """as_of is in seconds since 1970-01-01 UTC, 0 when unknown."""

    format: FeedFormat
    name: str
    sha256: str
    as_of: int
    size: int
    records: int
    skipped: int


@dataclass(frozen=True)
class Coverage:
    """A distribution release that the feed with this index covers."""

    feed: int
    distro: str
    release: str
    repository: str
    records: int


class DatabaseWriter(Handle):
    """Collects feeds. Same feeds in the same order, same bytes. One thread."""

    _what = "database writer"
    _exclusive = True

    def __init__(self, *, context: Context | None = None) -> None:
        self._context = or_default(context)
        with self._context._use() as settings:
            pointer = create(lib.imga_database_writer_new, lib.imga_database_writer_free, "imga_database_writer",
                             settings, hooks=self._context)
        self._adopt(pointer, lib.imga_database_writer_free)

    def add(self, feed: Input, *, name: str, as_of: int = 0, format: int = FeedFormat.BY_CONTENT) -> None:
        """Reads a feed. Malformed records are skipped and noted; a malformed document leaves the writer as it was."""
        label = ffi.new("char[]", c_text(name))
        options = ffi.new("imga_feed_options *", {"struct_size": ffi.sizeof("imga_feed_options"), "format": format,
                                                  "name": label, "as_of": as_of})
        with self._use() as writer, Source(feed, self._context) as source, source._use() as pointer:
            call(lib.imga_database_writer_add, writer, options, pointer, hooks=self._context)

    def finish(self) -> bytes:
        """The database. The writer can only be closed afterwards."""
        with self._use() as writer:
            return collected(lib.imga_database_writer_finish, writer, hooks=self._context)

    def save(self, output: Output) -> None:
        """As finish(), into a file. A path is replaced in one step."""
        with self._use() as writer:
            write_to(output, lambda sink: call(lib.imga_database_writer_finish, writer, lib.imga_py_write, ffi.NULL,
                                               hooks=self._context, sink=sink))

    def notes(self) -> Rows[Note]:
        """Notes on the feeds read so far."""
        return notes(self, lib.imga_database_writer_note_count, lib.imga_database_writer_notes)


class Database(Handle):
    """An opened database. Immutable; may be shared between threads."""

    _what = "database"

    def __init__(self, pointer: Any, *keep: Any) -> None:
        self._adopt(pointer, lib.imga_database_unref, *keep)

    @classmethod
    def open(cls, database: str | os.PathLike[str] | bytes, *, context: Context | None = None) -> Database:
        """Opens a file by path, or the bytes of one, and verifies it whole."""
        context = or_default(context)
        with context._use() as settings:
            if isinstance(database, bytes):
                return cls._from_memory(context, settings, database)
            return cls(create(lib.imga_database_open, lib.imga_database_unref, "imga_database", settings,
                              fs_path(database), hooks=context))

    @classmethod
    def _from_memory(cls, context: Context, settings: Any, data: bytes) -> Database:
        memory = ffi.new("uint64_t[]", len(data) // 8 + 1)  # aligned as the library asks for
        ffi.memmove(memory, data, len(data))
        return cls(create(lib.imga_database_open_memory, lib.imga_database_unref, "imga_database", settings, memory,
                          len(data), hooks=context), memory)

    @property
    def id(self) -> str:
        with self._use() as pointer:
            return text(lib.imga_database_id(pointer))

    @property
    def record_count(self) -> int:
        with self._use() as pointer:
            return int(lib.imga_database_record_count(pointer))

    def feeds(self) -> Rows[Feed]:
        return Rows(self, "imga_feed_row", lib.imga_database_feed_count, lib.imga_database_feeds,
                    lambda row: Feed(FeedFormat(row.format), text(row.name), text(row.sha256), row.as_of, row.size,
                                     row.records, row.skipped))

    def coverage(self) -> Rows[Coverage]:
        return Rows(self, "imga_coverage_row", lib.imga_database_coverage_count, lib.imga_database_coverage,
                    lambda row: Coverage(row.feed, text(row.distro), text(row.release), text(row.repository),
                                         row.records))
