# SPDX-License-Identifier: Apache-2.0
"""<imgassure/source.h>: bytes from a path, from memory, from a binary file object or stream; and where bytes go to."""
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


class Stream(Protocol):
    """What can be read once, from front to back: a pipe, a socket's makefile("rb"), a download. b"" is the end."""

    def read(self, size: int, /) -> bytes: ...


class Writable(Protocol):
    """A binary file object."""

    def write(self, data: bytes, /) -> object: ...


Input = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, Readable, Stream]
Output = Union[str, "os.PathLike[str]", Writable]


def fs_path(path: str | os.PathLike[str]) -> bytes:
    name = os.fsencode(path)
    if b"\0" in name:
        raise errors.invalid("a path holds a NUL byte")
    return name


class _Callbacks:
    """What the library reads from; kept until it has closed the source."""

    _open: dict[int, tuple[Any, "_Callbacks"]] = {}
    _lock = threading.Lock()

    def __init__(self) -> None:
        self.handle = ffi.new_handle(self)

    def keep(self) -> None:
        with self._lock:
            self._open[id(self)] = (self.handle, self)

    def closed(self) -> None:
        with self._lock:
            self._open.pop(id(self), None)


class _File(_Callbacks):
    """Serves reads at any offset from a file object."""

    def __init__(self, file: Readable) -> None:
        super().__init__()
        self.file = file
        self.size = file.seek(0, os.SEEK_END)

    def read_at(self, offset: int, buffer: Any) -> int:
        self.file.seek(offset)
        data = self.file.read(len(buffer))
        buffer[0:len(data)] = data
        return len(data)


class _Once(_Callbacks):
    """Serves what comes."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self.stream = stream

    def read(self, buffer: Any) -> int:
        data = self.stream.read(len(buffer))
        if data is None:
            raise BlockingIOError("the stream has no bytes yet: it must wait for them")
        buffer[0:len(data)] = data
        return len(data)


def _seekable(data: Any) -> bool:
    ask = getattr(data, "seekable", None)
    return hasattr(data, "seek") if ask is None else bool(ask())


class Source(Handle):
    """Bytes. A str or PathLike is a file's path; memory that cannot change is not copied; a stream is read once."""

    _what = "source"
    _exclusive = True

    def __init__(self, data: Input, context: Context) -> None:
        with context._use() as settings:
            if isinstance(data, (str, os.PathLike)):
                self._create(context, lib.imga_source_from_path, (settings, fs_path(data)), ())
            elif isinstance(data, (bytes, bytearray, memoryview)):
                view = ffi.from_buffer(data if memoryview(data).readonly else bytes(data))
                self._create(context, lib.imga_source_from_memory, (settings, view, len(view)), (view,))
            elif _seekable(data):
                self._from_file(context, settings, data)
            else:
                self._from_stream(context, settings, data)

    def _create(self, context: Context, function: Callable[..., int], args: tuple[Any, ...],
                keep: tuple[Any, ...]) -> None:
        pointer = create(function, lib.imga_source_unref, "imga_source", *args, hooks=context)
        self._adopt(pointer, lib.imga_source_unref, *keep)

    def _from_file(self, context: Context, settings: Any, data: Any) -> None:
        file = _File(data)
        ops = ffi.new("imga_source_ops *", {
            "struct_size": ffi.sizeof("imga_source_ops"), "size": file.size, "read_at": lib.imga_py_read_at,
            "close": lib.imga_py_close, "user": file.handle})
        self._from_callbacks(context, lib.imga_source_from_ops, (settings, ops), file)

    def _from_stream(self, context: Context, settings: Any, data: Any) -> None:
        stream = _Once(data)
        ops = ffi.new("imga_stream_ops *", {
            "struct_size": ffi.sizeof("imga_stream_ops"), "read": lib.imga_py_read, "close": lib.imga_py_close,
            "user": stream.handle})
        self._from_callbacks(context, lib.imga_source_from_stream, (settings, ops), stream)

    def _from_callbacks(self, context: Context, function: Callable[..., int], args: tuple[Any, ...],
                        callbacks: _Callbacks) -> None:
        callbacks.keep()
        try:
            self._create(context, function, args, ())
        except BaseException:
            callbacks.closed()
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
