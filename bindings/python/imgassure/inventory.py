# SPDX-License-Identifier: Apache-2.0
"""<imgassure/inventory.h>, <imgassure/evidence.h>: what is installed in an image, and how that is known."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, TypeVar, cast

from . import errors
from ._call import call, collected, create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import Rows, single, text
from .context import Context, or_default
from .image import Image, ImageInfo, Layer, image_info, layer
from .source import Input, Output, Source, write_to
from .status import Note, notes

T = TypeVar("T")


@dataclass(frozen=True)
class Package:
    """layer is the index of the layer that introduced it, or -1. path is the file that lists it, inside where in that
    file, how the rule that found it; owner is the index of the system's package that owns that file, or -1. expression
    is the license as an SPDX expression, "" when it cannot be told."""

    layer: int
    type: str
    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    license: str
    purl: str
    path: str
    maintainer: str
    file_count: int
    expression: str
    how: str
    inside: str
    owner: int
    property_count: int


@dataclass(frozen=True)
class Cpe:
    """A CPE name that a package may have in NVD; how it was made: "declared" by the package, or guessed."""

    cpe: str
    how: str


class ExecutableFlag(IntFlag):
    """What an executable is, and how it is hardened."""

    LIBRARY = lib.IMGA_EXECUTABLE_LIBRARY  # a shared library; otherwise a program
    STATIC = lib.IMGA_EXECUTABLE_STATIC  # without interpreter and needed libraries
    PIE = lib.IMGA_EXECUTABLE_PIE  # position independent
    RELRO = lib.IMGA_EXECUTABLE_RELRO  # relocations are read-only after start
    NOW = lib.IMGA_EXECUTABLE_NOW  # bound at start; with RELRO: full RELRO
    NX = lib.IMGA_EXECUTABLE_NX  # the stack is not executable
    CANARY = lib.IMGA_EXECUTABLE_CANARY  # stack protector
    FORTIFY = lib.IMGA_EXECUTABLE_FORTIFY  # checked functions of the C library
    CET = lib.IMGA_EXECUTABLE_CET  # control-flow protection: IBT and SHSTK, BTI and PAC
    STRIPPED = lib.IMGA_EXECUTABLE_STRIPPED  # without a symbol table


@dataclass(frozen=True)
class Executable:
    """A program or shared library. layer is the index of the layer it came with, owner that of the system's package
    that owns it, or -1. What is not there is ""."""

    layer: int
    path: str
    format: str
    architecture: str
    build_id: str
    interpreter: str
    flags: ExecutableFlag
    owner: int


@dataclass(frozen=True)
class Distro:
    """release is the name that feeds use. support_end is the last day of security fixes for everybody, extended_end that
    of a longer offer (YYYY-MM-DD); rolling tells that there are no releases. What is not known is ""."""

    id: str
    version_id: str
    codename: str
    release: str
    pretty_name: str
    services: str
    support_end: str
    extended_end: str
    rolling: bool


def _package(row: Any) -> Package:
    return Package(row.layer, text(row.type), text(row.name), text(row.version), text(row.architecture),
                   text(row.source), text(row.source_version), text(row.license), text(row.purl), text(row.path),
                   text(row.maintainer), row.file_count, text(row.expression), text(row.how), text(row.inside),
                   row.owner, row.property_count)


def _executable(row: Any) -> Executable:
    return Executable(row.layer, text(row.path), text(row.format), text(row.architecture), text(row.build_id),
                      text(row.interpreter), ExecutableFlag(row.flags), row.owner)


def _check_index(package: int) -> None:
    if package < 0:
        raise errors.invalid("the index of a package is below 0")


class Inventory(Handle):
    """What is installed. Immutable; may be shared between threads."""

    _what = "inventory"

    def __init__(self, pointer: Any, *keep: Any) -> None:
        self._adopt(pointer, lib.imga_inventory_unref, *keep)

    @classmethod
    def collect(cls, image: Image, *, context: Context | None = None) -> Inventory:
        """Reads every layer of the image once. Damage in a package database is a note, not an error."""
        context = or_default(context)
        with context._use() as settings, image._use() as pointer:
            return cls(create(lib.imga_inventory_collect, lib.imga_inventory_unref, "imga_inventory", settings, pointer,
                              hooks=context))

    @classmethod
    def read(cls, document: Input, *, context: Context | None = None) -> Inventory:
        """Reads what to_json() or write() wrote."""
        context = or_default(context)
        with context._use() as settings, Source(document, context) as source, source._use() as pointer:
            return cls(create(lib.imga_inventory_read, lib.imga_inventory_unref, "imga_inventory", settings, pointer,
                              hooks=context))

    def to_json(self) -> bytes:
        """The canonical document: same inventory, same bytes."""
        with self._use() as pointer:
            return collected(lib.imga_inventory_write, pointer)

    def write(self, output: Output) -> None:
        """Writes the canonical document to a path or binary file object."""
        with self._use() as pointer:
            write_to(output, lambda sink: call(lib.imga_inventory_write, pointer, lib.imga_py_write, ffi.NULL,
                                               sink=sink))

    @property
    def id(self) -> str:
        with self._use() as pointer:
            return text(lib.imga_inventory_id(pointer))

    @property
    def complete(self) -> bool:
        """Whether everything could be looked at."""
        with self._use() as pointer:
            return bool(lib.imga_inventory_is_complete(pointer))

    @property
    def image(self) -> ImageInfo:
        with self._use() as pointer:
            return image_info(single("imga_image_row", lambda row: lib.imga_inventory_image(pointer, row)))

    @property
    def distro(self) -> Distro:
        with self._use() as pointer:
            row = single("imga_distro_row", lambda row: lib.imga_inventory_distro(pointer, row))
            return Distro(text(row.id), text(row.version_id), text(row.codename), text(row.release),
                          text(row.pretty_name), text(row.services), text(row.support_end), text(row.extended_end),
                          bool(row.rolling))

    def packages(self) -> Rows[Package]:
        """Ordered by type, name, architecture, version, path."""
        return Rows(self, "imga_package_row", lib.imga_inventory_package_count, lib.imga_inventory_packages, _package)

    def files(self, package: int) -> Rows[str]:
        """Paths of files that the package with this index owns. Bytes that are not UTF-8 are kept as surrogates."""
        count = self.packages()[package].file_count
        _check_index(package)
        return Rows(self, "const char *", lambda pointer: count,
                    lambda pointer, first, rows, size: lib.imga_inventory_files(pointer, package, first, rows, size),
                    text)

    def properties(self, package: int) -> dict[str, str]:
        """What is known of the package with this index beyond its row, by name."""
        return dict(self._of_package(package, "imga_property_row", lib.imga_inventory_properties,
                                     lambda row: (text(row.name), text(row.value))))

    def cpes(self, package: int) -> list[Cpe]:
        """CPE names that the package with this index may have, the likeliest first. None of them is a fact."""
        return self._of_package(package, "imga_cpe_row", lib.imga_inventory_cpes,
                                lambda row: Cpe(text(row.cpe), text(row.how)))

    def _of_package(self, package: int, ctype: str, fill: Callable[..., int], make: Callable[[Any], T]) -> list[T]:
        """All rows of a kind that has no count of its own."""
        _check_index(package)
        return [*Rows(self, ctype, lambda pointer: 0, lambda pointer, *where: fill(pointer, package, *where), make)]

    def executables(self) -> Rows[Executable]:
        """Programs and shared libraries, ordered by path; a file with several names comes once."""
        return Rows(self, "imga_executable_row", lib.imga_inventory_executable_count, lib.imga_inventory_executables,
                    _executable)

    @property
    def unowned_count(self) -> int:
        """Number of executables that no package of the system owns."""
        with self._use() as pointer:
            return cast(int, lib.imga_inventory_unowned_count(pointer))

    def layers(self) -> Rows[Layer]:
        """Bottom first."""
        return Rows(self, "imga_layer_row", lib.imga_inventory_layer_count, lib.imga_inventory_layers, layer)

    def notes(self) -> Rows[Note]:
        return notes(self, lib.imga_inventory_note_count, lib.imga_inventory_notes)
