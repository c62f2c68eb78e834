# SPDX-License-Identifier: Apache-2.0
"""<imgassure/image.h>: docker save archives, OCI layout folders, OCI archives."""
from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._call import create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import Rows, single, text
from .compare import c_text
from .context import Context, or_default
from .source import Input, Source, fs_path

if TYPE_CHECKING:
    from .inventory import Inventory


@dataclass(frozen=True)
class ImageInfo:
    """What an image says of itself; "" for what it does not say."""

    form: str
    reference: str
    manifest_digest: str
    config_digest: str
    os: str
    architecture: str
    variant: str
    created: str


@dataclass(frozen=True)
class Layer:
    digest: str
    diff_id: str
    media_type: str
    created_by: str
    size: int


def image_info(row: Any) -> ImageInfo:
    return ImageInfo(text(row.form), text(row.reference), text(row.manifest_digest), text(row.config_digest),
                     text(row.os), text(row.architecture), text(row.variant), text(row.created))


def layer(row: Any) -> Layer:
    return Layer(text(row.digest), text(row.diff_id), text(row.media_type), text(row.created_by), row.size)


def optional(value: str | None) -> Any:
    return ffi.NULL if value is None else ffi.new("char[]", c_text(value))


class Image(Handle):
    """An opened image. One thread at a time."""

    _what = "image"
    _exclusive = True

    def __init__(self, image: Input, *, reference: str | None = None, platform: str | None = None,
                 context: Context | None = None) -> None:
        """Opens a path (the form is told by content), or an archive in memory or in a seekable file object."""
        context = or_default(context)
        strings = (optional(reference), optional(platform))
        options = ffi.new("imga_image_options *", {"struct_size": ffi.sizeof("imga_image_options"),
                                                   "reference": strings[0], "platform": strings[1]})
        if isinstance(image, (str, os.PathLike)):
            self._create(context, lib.imga_image_open, fs_path(image), options)
            return
        with Source(image, context) as source, source._use() as pointer:
            self._create(context, lib.imga_image_open_source, pointer, options, *source._keep)

    def _create(self, context: Context, function: Any, origin: Any, options: Any, *keep: Any) -> None:
        with context._use() as settings:
            pointer = create(function, lib.imga_image_unref, "imga_image", settings, origin, options, hooks=context)
        self._adopt(pointer, lib.imga_image_unref, *keep)

    @classmethod
    def open(cls, image: Input, *, reference: str | None = None, platform: str | None = None,
             context: Context | None = None) -> Image:
        return cls(image, reference=reference, platform=platform, context=context)

    @property
    def info(self) -> ImageInfo:
        with self._use() as pointer:
            return image_info(single("imga_image_row", lambda row: lib.imga_image_describe(pointer, row)))

    def layers(self) -> Rows[Layer]:
        """Bottom first."""
        return Rows(self, "imga_layer_row", lib.imga_image_layer_count, lib.imga_image_layers, layer)

    def collect(self, *, context: Context | None = None) -> Inventory:
        """Reads every layer once and takes the inventory."""
        from .inventory import Inventory
        return Inventory.collect(self, context=context)
