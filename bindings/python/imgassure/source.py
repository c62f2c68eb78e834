# SPDX-License-Identifier: Apache-2.0
"""<imgassure/source.h>: bytes from a path, from memory, from a seekable binary file object; and where bytes go to."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Protocol, Union

from . import errors
from ._call import create
from ._cffi import ffi, lib
from ._handle import Handle
from .context import Context


class Readable(Protocol):
    """A seekable binary file object."""

    def read(self, size: int = ..., /) -> bytes: ...
    def seek(self, offset: int, whence: int = ..., /) -> int: ...


class Writable(Protocol):
    """A binary file object."""

    def write(self, data: bytes, /) -> object: ...


Input = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, Readable]
Output = Union[str, "os.PathLike[str]", Writable]


def fs_path(path: str | os.PathLike[str]) -> bytes:
    name = os.fsencode(path)
    if b"\0" in name:
        raise errors.invalid("a path holds a NUL byte")
    return name


class _File:
    """Serves reads at any offset from a file object; kept until the library has closed the source."""

    _open: dict[int, tuple[Any, "_File"]] = {}
    _lock = threading.Lock()

    def __init__(self, file: Readable) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.handle = ffi.new_handle(self)

    def keep(self) -> None:
        with self._lock:
            self._open[id(self)] = (self.handle, self)

    def closed(self) -> None:
        with self._lock:
            self._open.pop(id(self), None)

    def read_at(self, offset: int, buffer: Any) -> int:
        self.file.seek(offset)
        data = self.file.read(len(buffer))
        buffer[0:len(data)] = data
        return len(data)


class Source(Handle):
    """Bytes that can be read at any offset. A str or PathLike is a file's path; memory that cannot change is not copied."""

    _what = "source"
    _exclusive = True

    def __init__(self, data: Input, context: Context) -> None:
        with context._use() as settings:
            if isinstance(data, (str, os.PathLike)):
                self._create(context, lib.imga_source_from_path, (settings, fs_path(data)), ())
            elif isinstance(data, (bytes, bytearray, memoryview)):
                view = ffi.from_buffer(data if memoryview(data).readonly else bytes(data))
                self._create(context, lib.imga_source_from_memory, (settings, view, len(view)), (view,))
            else:
                self._from_file(context, settings, data)

    def _create(self, context: Context, function: Callable[..., int], args: tuple[Any, ...],
                keep: tuple[Any, ...]) -> None:
        pointer = create(function, lib.imga_source_unref, "imga_source", *args, hooks=context)
        self._adopt(pointer, lib.imga_source_unref, *keep)

    def _from_file(self, context: Context, settings: Any, data: Readable) -> None:
        file = _File(data)
        ops = ffi.new("imga_source_ops *", {
            "struct_size": ffi.sizeof("imga_source_ops"), "size": file.size, "read_at": lib.imga_py_read_at,
            "close": lib.imga_py_close, "user": file.handle})
        file.keep()
        try:
            self._create(context, lib.imga_source_from_ops, (settings, ops), ())
        except BaseException:
            file.closed()
            raise


def write_to(output: Output, produce: Callable[[Callable[[bytes], object]], None]) -> None:
    """Runs produce() with a function that takes bytes. A path is written beside and renamed when it is whole."""
    if not isinstance(output, (str, os.PathLike)):
        produce(output.write)
        return
    path = os.fspath(output)
    beside = f"{path}.{os.getpid()}.{threading.get_ident()}.new"
    try:
        with open(beside, "xb") as file:
            produce(file.write)
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise
