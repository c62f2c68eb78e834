# SPDX-License-Identifier: Apache-2.0
"""<imgassure/context.h>: limits, log, progress, cancellation, threads, the cache of layers, classifiers."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from enum import IntEnum

from . import errors
from ._call import LayerCache, call, create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import OpenEnum


class LogLevel(OpenEnum, IntEnum):
    ERROR = lib.IMGA_LOG_ERROR
    WARNING = lib.IMGA_LOG_WARNING
    INFO = lib.IMGA_LOG_INFO
    DEBUG = lib.IMGA_LOG_DEBUG


class Stage(OpenEnum, IntEnum):
    """What is being done: done and total of progress are compressed bytes, bytes of a feed, packages."""

    LAYERS = lib.IMGA_STAGE_LAYERS
    FEED = lib.IMGA_STAGE_FEED
    MATCH = lib.IMGA_STAGE_MATCH


_LIMITS = tuple(name for name, _ in ffi.typeof("imga_limits").fields if name not in ("struct_size", "reserved"))


def default_limits() -> dict[str, int]:
    """The limits of a new context, by the names of imga_limits."""
    limits = ffi.new("imga_limits *")
    limits.struct_size = ffi.sizeof("imga_limits")
    lib.imga_limits_default(limits)
    return {name: int(getattr(limits, name)) for name in _LIMITS}


class CancelToken(Handle):
    """A flag that makes running calls raise CancelledError. set() may be called from any thread."""

    _what = "cancel token"

    def __init__(self) -> None:
        self._adopt(create(lib.imga_cancel_new, lib.imga_cancel_unref, "imga_cancel"), lib.imga_cancel_unref)

    def set(self) -> None:
        with self._use() as pointer:
            lib.imga_cancel_set(pointer, 1)

    def clear(self) -> None:
        """Makes the token usable again."""
        with self._use() as pointer:
            lib.imga_cancel_set(pointer, 0)


class FolderCache:
    """A LayerCache in a folder, the same as that of the tool. Nothing in it is ever deleted: what is there may be."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Makes the folder when it is not there, for its owner only."""
        self.folder = os.fspath(folder)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)

    def get(self, key: str, /) -> bytes | None:
        try:
            with open(os.path.join(self.folder, key), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def put(self, key: str, data: bytes, /) -> None:
        """A record appears whole under its name, or not at all."""
        number, beside = tempfile.mkstemp(prefix=f"{key}.", dir=self.folder)
        try:
            with open(number, "wb") as file:
                file.write(data)
            os.replace(beside, os.path.join(self.folder, key))
        except BaseException:
            os.unlink(beside)
            raise


class Context(Handle):
    """Settings of calls. May be shared between threads.

    limits replaces limits by name (default_limits() lists them). log(level, line), progress(stage, done, total) and the
    cache of layers run in the thread that made the call; what they raise stops the call and comes out of it (but for an
    OSError of the cache). threads is how many threads a call may use, up to 64, 0 for as many as there are processors;
    no result depends on it, and none but the caller's runs Python. classifiers are rules by which programs are
    recognised that no package manager installed, before the built-in ones (docs/classifiers.md).
    """

    _what = "context"

    def __init__(self, *, limits: Mapping[str, int] | None = None, log: Callable[[int, str], None] | None = None,
                 log_level: int = LogLevel.INFO, progress: Callable[[Stage, int, int], object] | None = None,
                 cancel: CancelToken | None = None, threads: int = 1, cache: LayerCache | None = None,
                 classifiers: bytes | None = None) -> None:
        pointer = create(lib.imga_context_new, lib.imga_context_unref, "imga_context", ffi.NULL)
        self._adopt(pointer, lib.imga_context_unref)
        self._log = log
        self._progress = progress
        self._cache = cache
        if not 0 <= threads <= 64:
            raise errors.invalid("a call can use 1 to 64 threads, or 0 for as many as there are processors")
        lib.imga_context_set_threads(pointer, threads)
        if limits:
            self._limit(pointer, limits)
        if log:
            lib.imga_context_set_log(pointer, lib.imga_py_log, ffi.NULL, log_level)
        lib.imga_context_set_progress(pointer, lib.imga_py_progress, ffi.NULL)
        if cancel:
            with cancel._use() as token:
                lib.imga_context_set_cancel(pointer, token)
        if cache is not None:
            callbacks = ffi.new("imga_layer_cache *", {"struct_size": ffi.sizeof("imga_layer_cache"),
                                                       "get": lib.imga_py_cache_get, "put": lib.imga_py_cache_put})
            call(lib.imga_context_set_layer_cache, pointer, callbacks)
        if classifiers is not None:
            call(lib.imga_context_set_classifiers, pointer, classifiers, len(classifiers))

    @staticmethod
    def _limit(pointer: object, changes: Mapping[str, int]) -> None:
        limits = ffi.new("imga_limits *")
        limits.struct_size = ffi.sizeof("imga_limits")
        lib.imga_limits_default(limits)
        for name, value in changes.items():
            if name not in _LIMITS:
                raise errors.invalid(f"there is no limit {name}; there are: {', '.join(_LIMITS)}")
            setattr(limits, name, value)
        call(lib.imga_context_set_limits, pointer, limits)


def or_default(context: Context | None) -> Context:
    return Context() if context is None else context
