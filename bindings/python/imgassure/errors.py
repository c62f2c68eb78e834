# SPDX-License-Identifier: Apache-2.0
"""One exception class per status of <imgassure/status.h>."""
from __future__ import annotations

from enum import IntEnum

from ._cffi import ffi, lib
from ._row import OpenEnum, text


class Status(OpenEnum, IntEnum):
    OK = lib.IMGA_OK
    INVALID = lib.IMGA_E_INVALID
    NOMEM = lib.IMGA_E_NOMEM
    IO = lib.IMGA_E_IO
    CANCELLED = lib.IMGA_E_CANCELLED
    LIMIT = lib.IMGA_E_LIMIT
    FORMAT = lib.IMGA_E_FORMAT
    TRUNCATED = lib.IMGA_E_TRUNCATED
    CHECKSUM = lib.IMGA_E_CHECKSUM
    DIGEST = lib.IMGA_E_DIGEST
    UNSUPPORTED = lib.IMGA_E_UNSUPPORTED
    AMBIGUOUS = lib.IMGA_E_AMBIGUOUS
    PATH = lib.IMGA_E_PATH
    NOT_FOUND = lib.IMGA_E_NOT_FOUND
    VERSION = lib.IMGA_E_VERSION
    INTERNAL = lib.IMGA_E_INTERNAL


class Error(Exception):
    """A call that failed: code and name of the status, message, where in the input, byte offset there (or -1)."""

    code: int
    name: str
    message: str
    where: str
    offset: int

    def __init__(self, code: int, message: str = "", where: str = "", offset: int = -1) -> None:
        super().__init__(message)
        self.code = code
        self.name = text(lib.imga_status_name(code))
        self.message = message
        self.where = where
        self.offset = offset

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        offset = f" (at byte {self.offset})" if self.offset >= 0 else ""
        return f"{place}{self.message or self.name}{offset}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.message, self.where, self.offset)


class InvalidError(Error, ValueError):
    """An argument is wrong, or a closed object was used."""


class OutOfMemoryError(Error, MemoryError):
    """No memory."""


class InputOutputError(Error, OSError):
    """Reading or writing failed in the environment."""


class CancelledError(Error):
    """The cancel token was set."""


class LimitError(Error):
    """A limit was exceeded; the message names it."""


class FormatError(Error):
    """Malformed structure."""


class TruncatedError(FormatError):
    """The input ends early."""


class ChecksumError(FormatError):
    """A checksum inside the format is wrong."""


class PathError(FormatError):
    """A path leaves the archive or the root."""


class DigestError(Error):
    """Content differs from its digest or size."""


class UnsupportedError(Error):
    """Well-formed, but not supported."""


class AmbiguousError(Error):
    """The document can be read in two ways."""


class NotFoundError(Error, LookupError):
    """A referenced object is absent."""


class VersionError(Error):
    """A version cannot be parsed in its scheme: cannot tell."""


class InternalError(Error):
    """A defect of libimgassure; please report it."""


_CLASSES: dict[int, type[Error]] = {
    Status.INVALID: InvalidError,
    Status.NOMEM: OutOfMemoryError,
    Status.IO: InputOutputError,
    Status.CANCELLED: CancelledError,
    Status.LIMIT: LimitError,
    Status.FORMAT: FormatError,
    Status.TRUNCATED: TruncatedError,
    Status.CHECKSUM: ChecksumError,
    Status.DIGEST: DigestError,
    Status.UNSUPPORTED: UnsupportedError,
    Status.AMBIGUOUS: AmbiguousError,
    Status.PATH: PathError,
    Status.NOT_FOUND: NotFoundError,
    Status.VERSION: VersionError,
    Status.INTERNAL: InternalError,
}


def make(code: int, message: str = "", where: str = "", offset: int = -1) -> Error:
    """The exception of a status; a status that only a newer library knows gives a plain Error."""
    return _CLASSES.get(code, Error)(code, message, where, offset)


def invalid(message: str) -> Error:
    return make(Status.INVALID, message)


def take(status: int, error: object) -> Error:
    """Turns the C error object into an exception and frees it."""
    if error == ffi.NULL:
        return make(status)
    made = make(lib.imga_error_code(error), text(lib.imga_error_message(error)), text(lib.imga_error_where(error)),
                lib.imga_error_offset(error))
    lib.imga_error_free(error)
    return made
