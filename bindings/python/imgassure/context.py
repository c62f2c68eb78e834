# SPDX-License-Identifier: Apache-2.0
"""<imgassure/context.h>: limits, log, progress, cancellation."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from . import errors
from ._call import call, create
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


class Context(Handle):
    """Settings of calls. May be shared between threads.

    limits replaces limits by name (default_limits() lists them). log(level, line) and progress(stage, done, total) run
    in the thread that made the call; what they raise stops the call and comes out of it.
    """

    _what = "context"

    def __init__(self, *, limits: Mapping[str, int] | None = None, log: Callable[[int, str], None] | None = None,
                 log_level: int = LogLevel.INFO, progress: Callable[[Stage, int, int], object] | None = None,
                 cancel: CancelToken | None = None) -> None:
        pointer = create(lib.imga_context_new, lib.imga_context_unref, "imga_context", ffi.NULL)
        self._adopt(pointer, lib.imga_context_unref)
        self._log = log
        self._progress = progress
        if limits:
            self._limit(pointer, limits)
        if log:
            lib.imga_context_set_log(pointer, lib.imga_py_log, ffi.NULL, log_level)
        lib.imga_context_set_progress(pointer, lib.imga_py_progress, ffi.NULL)
        if cancel:
            with cancel._use() as token:
                lib.imga_context_set_cancel(pointer, token)

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
