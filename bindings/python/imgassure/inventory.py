# SPDX-License-Identifier: Apache-2.0
"""<imgassure/inventory.h>: what is installed in an image."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import errors
from ._call import call, collected, create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import Rows, single, text
from .context import Context, or_default
from .image import Image, ImageInfo, Layer, image_info, layer
from .source import Input, Output, Source, write_to
from .status import Note, notes


@dataclass(frozen=True)
class Package:
    """layer is the index of the layer that introduced it, or -1; path is the database file that lists it."""

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


@dataclass(frozen=True)
class Distro:
    id: str
    version_id: str
    codename: str
    release: str
    pretty_name: str


def _package(row: Any) -> Package:
    return Package(row.layer, text(row.type), text(row.name), text(row.version), text(row.architecture),
                   text(row.source), text(row.source_version), text(row.license), text(row.purl), text(row.path),
                   text(row.maintainer), row.file_count)


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
                          text(row.pretty_name))

    def packages(self) -> Rows[Package]:
        """Ordered by type, name, architecture, version, path."""
        return Rows(self, "imga_package_row", lib.imga_inventory_package_count, lib.imga_inventory_packages, _package)

    def files(self, package: int) -> Rows[str]:
        """Paths of files that the package with this index owns. Bytes that are not UTF-8 are kept as surrogates."""
        count = self.packages()[package].file_count
        if package < 0:
            raise errors.invalid("the index of a package is below 0")
        return Rows(self, "const char *", lambda pointer: count,
                    lambda pointer, first, rows, size: lib.imga_inventory_files(pointer, package, first, rows, size),
                    text)

    def layers(self) -> Rows[Layer]:
        """Bottom first."""
        return Rows(self, "imga_layer_row", lib.imga_inventory_layer_count, lib.imga_inventory_layers, layer)

    def notes(self) -> Rows[Note]:
        return notes(self, lib.imga_inventory_note_count, lib.imga_inventory_notes)
