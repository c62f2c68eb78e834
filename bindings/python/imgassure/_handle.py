# SPDX-License-Identifier: Apache-2.0
"""Objects of the library: context managers with close(), freed by the garbage collector if that is forgotten.

Since calls run without the GIL, close() in one thread may meet a call in another: the object is then freed when the
call has ended.
"""
from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

from . import errors

H = TypeVar("H", bound="Handle")


def _release(free: Callable[[Any], Any], pointer: Any, _keep: tuple[Any, ...]) -> None:
    free(pointer)


def take_turn(turn: threading.Lock | None, what: str) -> None:
    if turn is not None and not turn.acquire(blocking=False):
        raise errors.invalid(f"the {what} is in use by another call")


class Handle:
    """One reference to an object of the library."""

    _what = "object"
    _exclusive = False  # one call at a time, as the header says
    _turn: threading.Lock | None = None  # held by that call

    def _adopt(self, pointer: Any, free: Callable[[Any], Any], *keep: Any) -> None:
        """Takes the reference over. What is in keep lives at least as long as the C object."""
        self._pointer = pointer
        self._keep = keep
        self._uses = 0
        self._closed = False
        self._lock = threading.Lock()
        if self._exclusive:
            self._turn = threading.Lock()
        self._finalizer = weakref.finalize(self, _release, free, pointer, keep)
        self._finalizer.atexit = False  # other threads may still be inside a call then

    @contextmanager
    def _use(self) -> Iterator[Any]:
        with self._lock:
            if self._closed:
                raise errors.invalid(f"the {self._what} is closed")
            take_turn(self._turn, self._what)
            self._uses += 1
        try:
            yield self._pointer
        finally:
            with self._lock:
                self._uses -= 1
                if self._turn is not None:
                    self._turn.release()
                last = self._closed and not self._uses
            if last:
                self._finalizer()

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Drops the reference. May be called again."""
        with self._lock:
            self._closed = True
            idle = not self._uses
        if idle:
            self._finalizer()

    def __enter__(self: H) -> H:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _value: BaseException | None,
                 _traceback: TracebackType | None) -> None:
        self.close()
