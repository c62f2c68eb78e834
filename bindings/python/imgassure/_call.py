# SPDX-License-Identifier: Apache-2.0
"""How a C function is called: its error becomes an exception, and so does what a callback raised.

cffi gives the GIL up for the time of every call and takes it back for callbacks. Callbacks run in the thread that made
the call, so what belongs to the running call is kept per thread: the C side is handed no Python object but sources.
"""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, cast

from . import errors
from ._cffi import ffi, lib
from ._row import text


class LayerCache(Protocol):
    """Keeps what was read of layers; a key is 64 hexadecimal digits. Both run in the thread that made the call.

    No result depends on what is in it. An OSError of get() means that there is nothing under the key, one of put() is
    logged. Whoever can write to the place where it is kept could forge records: guard it like the program itself.
    """

    def get(self, key: str, /) -> bytes | None: ...
    def put(self, key: str, data: bytes, /) -> object: ...


class Hooks(Protocol):
    """What a running call needs of its Context."""

    _log: Callable[[int, str], None] | None
    _progress: Callable[[Any, int, int], object] | None
    _cache: LayerCache | None


class _Frame:
    """One running call of one thread."""

    def __init__(self, outer: _Frame | None, hooks: Hooks | None, sink: Callable[[bytes], object] | None) -> None:
        self.outer = outer
        self.hooks = hooks
        self.sink = sink
        self.raised: BaseException | None = None


class _Threads(threading.local):
    frame: _Frame | None = None


_running = _Threads()


def _keep(_kind: object, exception: BaseException, _traceback: object) -> None:
    """Runs when a callback raises: the first exception is raised again after the C call."""
    frame = _running.frame
    if frame is not None and frame.raised is None:
        frame.raised = exception


@ffi.def_extern(onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_log(_user: Any, level: int, line: Any) -> None:
    frame = _running.frame
    if frame and frame.raised is None and frame.hooks and frame.hooks._log:
        frame.hooks._log(level, text(line))


@ffi.def_extern(error=1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_progress(_user: Any, stage: int, done: int, total: int) -> int:
    """Also where Ctrl-C arrives: running Python code lets the interpreter raise KeyboardInterrupt here."""
    frame = _running.frame
    if frame is None:
        return 0
    if frame.raised is not None:
        return 1
    if frame.hooks and frame.hooks._progress:
        from .context import Stage
        frame.hooks._progress(Stage(stage), done, total)
    return 0


@ffi.def_extern(error=1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_write(_user: Any, data: Any, size: int) -> int:
    frame = _running.frame
    if frame is None or frame.sink is None or frame.raised is not None:
        return 1
    frame.sink(cast(bytes, ffi.buffer(data, size)[:]))
    return 0


@ffi.def_extern(error=-1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_read_at(user: Any, offset: int, buffer: Any, size: int) -> int:
    frame = _running.frame
    if frame is not None and frame.raised is not None:
        return -1
    return cast(int, ffi.from_handle(user).read_at(offset, ffi.buffer(buffer, size)))


@ffi.def_extern(error=-1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_read(user: Any, buffer: Any, size: int) -> int:
    frame = _running.frame
    if frame is not None and frame.raised is not None:
        return -1
    return cast(int, ffi.from_handle(user).read(ffi.buffer(buffer, size)))


def _cache() -> LayerCache | None:
    frame = _running.frame
    return frame.hooks._cache if frame and frame.hooks and frame.raised is None else None


@ffi.def_extern(error=-1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_cache_get(_user: Any, key: Any, write: Any, to: Any) -> int:
    cache = _cache()
    if cache is None:
        return -1
    try:
        data = cache.get(text(key))
    except OSError:
        return -1
    return -1 if data is None else cast(int, write(to, ffi.from_buffer(data), len(data)))


@ffi.def_extern(error=-1, onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_cache_put(_user: Any, key: Any, data: Any, size: int) -> int:
    cache = _cache()
    if cache is None:
        return -1
    try:
        cache.put(text(key), cast(bytes, ffi.buffer(data, size)[:]))
    except OSError:
        return -1
    return 0


@ffi.def_extern(onerror=_keep)  # type: ignore[untyped-decorator]
def imga_py_close(user: Any) -> None:
    ffi.from_handle(user).closed()


def _invoke(frame: _Frame, function: Callable[..., int], args: tuple[Any, ...]) -> None:
    error = ffi.new("imga_error **")
    _running.frame = frame
    try:
        status = function(*args, error)
    finally:
        _running.frame = frame.outer
    failure = errors.take(status, error[0]) if status < 0 else None
    if frame.raised is not None:
        raise frame.raised
    if failure is not None:
        raise failure


def call(function: Callable[..., int], *args: Any, hooks: Hooks | None = None,
         sink: Callable[[bytes], object] | None = None) -> None:
    """Calls function(*args, &error) and raises what went wrong."""
    _invoke(_Frame(_running.frame, hooks, sink), function, args)


def create(function: Callable[..., int], release: Callable[[Any], Any], ctype: str, *args: Any,
           hooks: Hooks | None = None) -> Any:
    """Calls function(*args, &out, &error) and gives what came out."""
    out = ffi.new(f"{ctype} **")
    try:
        _invoke(_Frame(_running.frame, hooks, None), function, (*args, out))
    except BaseException:
        release(out[0])  # a callback raised, but the call went well
        raise
    return out[0]


def collected(function: Callable[..., int], *args: Any, hooks: Hooks | None = None) -> bytes:
    """What function(*args, write, user, &error) writes."""
    parts: list[bytes] = []
    call(function, *args, lib.imga_py_write, ffi.NULL, hooks=hooks, sink=parts.append)
    return b"".join(parts)
