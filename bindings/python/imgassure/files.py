# SPDX-License-Identifier: Apache-2.0
"""<imgassure/files.h>: the merged root of an image, file by file."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ._call import call, collected, create
from ._cffi import ffi, lib
from ._handle import Handle, take_turn
from ._row import OpenEnum, Rows, raw, text
from .context import Context, or_default
from .image import Image
from .source import Output, write_to
from .status import Note, notes


class FileType(OpenEnum, IntEnum):
    """Hard links are files of the type they link to."""

    REGULAR = lib.IMGA_FILE_REGULAR
    DIRECTORY = lib.IMGA_FILE_DIRECTORY
    SYMLINK = lib.IMGA_FILE_SYMLINK
    CHARACTER = lib.IMGA_FILE_CHARACTER
    BLOCK = lib.IMGA_FILE_BLOCK
    FIFO = lib.IMGA_FILE_FIFO


@dataclass(frozen=True)
class File:
    """path has no leading slash; link is the target of a symbolic link. A sparse file has no digest, and as size what is
    stored. Layers are indexes: since first_layer there has been something at the path (whiteouts start anew),
    last_layer is the last with an entry for it, removed_layer removed or replaced it and is -1 for what is in the root.
    """

    type: FileType
    path: bytes
    link: bytes
    digest: str
    size: int
    mode: int
    uid: int
    gid: int
    device_major: int
    device_minor: int
    first_layer: int
    last_layer: int
    removed_layer: int
    hard_linked: bool


def _file(row: Any) -> File:
    return File(FileType(row.type), raw(row.path, row.path_size), raw(row.link, row.link_size), text(row.digest),
                row.size, row.mode, row.uid, row.gid, row.device_major, row.device_minor, row.first_layer,
                row.last_layer, row.removed_layer, bool(row.hard_linked))


class Files(Handle):
    """The files of an image. Immutable; may be shared between threads, but reading content uses the image, which serves
    one call at a time."""

    _what = "listing of files"

    def __init__(self, pointer: Any, image: Image, context: Context) -> None:
        self._image_turn, self._context = image._turn, context
        self._adopt(pointer, lib.imga_files_unref, *image._keep)

    @classmethod
    def collect(cls, image: Image, *, digests: bool = False, removed: bool = False,
                context: Context | None = None) -> Files:
        """Reads every layer of the image. digests: the SHA-256 of every regular file, which cannot be had of a stream;
        removed: also what a layer removed or replaced by something newer."""
        context = or_default(context)
        flags = (lib.IMGA_FILES_DIGESTS if digests else 0) | (lib.IMGA_FILES_REMOVED if removed else 0)
        with context._use() as settings, image._use() as pointer:
            return cls(create(lib.imga_files_collect, lib.imga_files_unref, "imga_files", settings, pointer, flags,
                              hooks=context), image, context)

    def files(self) -> Rows[File]:
        """Sorted by the bytes of the paths."""
        return Rows(self, "imga_file_row", lib.imga_files_count, lib.imga_files_rows, _file)

    @contextmanager
    def _reading(self, index: int) -> Iterator[Any]:
        if index < 0:
            raise IndexError("the index of a file is below 0")
        with self._use() as pointer:
            take_turn(self._image_turn, Image._what)
            try:
                yield pointer
            finally:
                if self._image_turn is not None:
                    self._image_turn.release()

    def read(self, index: int) -> bytes:
        """The content of the regular file with this index: its layer is read again, to the end, and verified."""
        with self._reading(index) as pointer:
            return collected(lib.imga_files_read, pointer, index, hooks=self._context)

    def write(self, index: int, output: Output) -> None:
        """As read(), to a path or binary file object. A file object gets bytes before the layer has been verified:
        after an exception they must not be trusted. A path appears only when all went well."""
        with self._reading(index) as pointer:
            write_to(output, lambda sink: call(lib.imga_files_read, pointer, index, lib.imga_py_write, ffi.NULL,
                                               hooks=self._context, sink=sink))

    @property
    def complete(self) -> bool:
        """Whether everything was looked at."""
        with self._use() as pointer:
            return bool(lib.imga_files_is_complete(pointer))

    def notes(self) -> Rows[Note]:
        return notes(self, lib.imga_files_note_count, lib.imga_files_notes)
