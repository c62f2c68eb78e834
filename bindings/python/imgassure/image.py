# SPDX-License-Identifier: Apache-2.0
"""<imgassure/image.h>: container images on disk: what they are, what they say of themselves, their layers."""
from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

from ._call import create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import OpenEnum, Rows, index, single, text
from .compare import c_text
from .context import Context, or_default
from .source import Input, Source, fs_path

if TYPE_CHECKING:
    from .files import Files
    from .inventory import Inventory


class Verify(OpenEnum, IntEnum):
    """How much of what digests promise is computed when layers are read. Documents are always verified."""

    FULL = lib.IMGA_VERIFY_FULL
    BLOB = lib.IMGA_VERIFY_BLOB
    NONE = lib.IMGA_VERIFY_NONE


class Look(IntFlag):
    """What an inventory of the image looks for besides what is installed in it."""

    LOCKFILES = lib.IMGA_LOOK_LOCKFILES  # what lock files of applications name: property "lock-file"
    REMOVED = lib.IMGA_LOOK_REMOVED  # what databases listed that an upper layer removed: property "removed"


class ConfigList(OpenEnum, IntEnum):
    """The lists of a config. Ports, volumes and labels are sorted by bytes, the others stand as they were written."""

    ENV = lib.IMGA_CONFIG_ENV
    PORTS = lib.IMGA_CONFIG_PORTS
    VOLUMES = lib.IMGA_CONFIG_VOLUMES
    LABELS = lib.IMGA_CONFIG_LABELS
    ENTRYPOINT = lib.IMGA_CONFIG_ENTRYPOINT
    CMD = lib.IMGA_CONFIG_CMD
    HEALTHCHECK = lib.IMGA_CONFIG_HEALTHCHECK
    ONBUILD = lib.IMGA_CONFIG_ONBUILD
    SHELL = lib.IMGA_CONFIG_SHELL
    OS_FEATURES = lib.IMGA_CONFIG_OS_FEATURES


@dataclass(frozen=True)
class ImageInfo:
    """What an image says of itself; "" for what it does not say. verified is what reading the layers proves: "full",
    "blob" or "none"."""

    form: str
    reference: str
    manifest_digest: str
    config_digest: str
    os: str
    architecture: str
    variant: str
    created: str
    verified: str


@dataclass(frozen=True)
class Layer:
    """uncompressed_size is 0 before an inventory was taken; history is the index of its history entry, or -1. An
    inventory that was read from a document knows what stands up to size."""

    digest: str
    diff_id: str
    media_type: str
    created_by: str
    size: int
    chain_id: str
    created: str
    comment: str
    uncompressed_size: int
    history: int


@dataclass(frozen=True)
class ImageConfig:
    """What an image says of how it is run; "" for what it does not say, 0 for what it leaves to the engine. Its lists
    are in Image.config_values()."""

    user: str
    working_dir: str
    stop_signal: str
    author: str
    os_version: str
    health_interval_ns: int
    health_timeout_ns: int
    health_start_period_ns: int
    health_start_interval_ns: int
    health_retries: int
    has_healthcheck: bool


@dataclass(frozen=True)
class ConfigValue:
    """key is that of a label or the name of a variable, and "" in other lists."""

    key: str
    value: str


@dataclass(frozen=True)
class HistoryEntry:
    """layer is the index of the layer it made, or -1."""

    layer: int
    created: str
    created_by: str
    author: str
    comment: str


def image_info(row: Any) -> ImageInfo:
    return ImageInfo(text(row.form), text(row.reference), text(row.manifest_digest), text(row.config_digest),
                     text(row.os), text(row.architecture), text(row.variant), text(row.created), text(row.verified))


def layer(row: Any) -> Layer:
    return Layer(text(row.digest), text(row.diff_id), text(row.media_type), text(row.created_by), row.size,
                 text(row.chain_id), text(row.created), text(row.comment), row.uncompressed_size, index(row.history))


def _config(row: Any) -> ImageConfig:
    return ImageConfig(text(row.user), text(row.working_dir), text(row.stop_signal), text(row.author),
                       text(row.os_version), row.health_interval_ns, row.health_timeout_ns, row.health_start_period_ns,
                       row.health_start_interval_ns, row.health_retries, bool(row.has_healthcheck))


def _history(row: Any) -> HistoryEntry:
    return HistoryEntry(index(row.layer), text(row.created), text(row.created_by), text(row.author), text(row.comment))


def optional(value: str | None) -> Any:
    return ffi.NULL if value is None else ffi.new("char[]", c_text(value))


def image_options(reference: str | None, platform: str | None, form: str | None, verify: int,
                  look: int) -> tuple[Any, Any]:
    """imga_image_options, and the strings that must live as long."""
    strings = (optional(reference), optional(platform), optional(form))
    return ffi.new("imga_image_options *", {
        "struct_size": ffi.sizeof("imga_image_options"), "reference": strings[0], "platform": strings[1],
        "form": strings[2], "verify": verify, "look": look}), strings


class Image(Handle):
    """An opened image. One thread at a time."""

    _what = "image"
    _exclusive = True

    def __init__(self, image: Input, *, reference: str | None = None, platform: str | None = None,
                 form: str | None = None, verify: int = Verify.FULL, look: int = 0,
                 context: Context | None = None) -> None:
        """Opens a path, or an archive in memory, in a seekable file object or from a stream.

        A path may begin with a form and a colon ("oci:folder:tag", "containers-storage:[root]name"); form says it
        instead; without one content tells. A stream is read to its end here, and its layers are examined on the way.
        look adds members of Look to what an inventory holds.
        """
        context = or_default(context)
        options, _strings = image_options(reference, platform, form, verify, look)
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
    def open(cls, image: Input, *, reference: str | None = None, platform: str | None = None, form: str | None = None,
             verify: int = Verify.FULL, look: int = 0, context: Context | None = None) -> Image:
        return cls(image, reference=reference, platform=platform, form=form, verify=verify, look=look, context=context)

    @property
    def info(self) -> ImageInfo:
        with self._use() as pointer:
            return image_info(single("imga_image_row", lambda row: lib.imga_image_describe(pointer, row)))

    def layers(self) -> Rows[Layer]:
        """Bottom first."""
        return Rows(self, "imga_layer_row", lib.imga_image_layer_count, lib.imga_image_layers, layer)

    @property
    def config(self) -> ImageConfig:
        with self._use() as pointer:
            return _config(single("imga_config_row", lambda row: lib.imga_image_config(pointer, row)))

    def config_values(self, of: int) -> Rows[ConfigValue]:
        """One of the lists of ConfigList."""
        return Rows(self, "imga_config_value_row", lambda pointer: lib.imga_image_config_count(pointer, of),
                    lambda pointer, first, rows, size: lib.imga_image_config_values(pointer, of, first, rows, size),
                    lambda row: ConfigValue(text(row.key), text(row.value)))

    def history(self) -> Rows[HistoryEntry]:
        """Oldest first."""
        return Rows(self, "imga_history_row", lib.imga_image_history_count, lib.imga_image_history, _history)

    def files(self, *, digests: bool = False, removed: bool = False, context: Context | None = None) -> Files:
        """Reads every layer and lists what is in the merged root, with the SHA-256 of every file and with what layers
        removed when asked."""
        from .files import Files
        return Files.collect(self, digests=digests, removed=removed, context=context)

    def collect(self, *, context: Context | None = None) -> Inventory:
        """Reads every layer once and takes the inventory."""
        from .inventory import Inventory
        return Inventory.collect(self, context=context)
