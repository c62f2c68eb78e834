# SPDX-License-Identifier: Apache-2.0
"""<imgassure/image_list.h>: what an archive, a layout, a folder or a store of images holds."""
from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ._call import create
from ._cffi import lib
from ._handle import Handle
from ._row import OpenEnum, Rows, text
from .context import Context, or_default
from .image import Verify, image_options
from .source import fs_path


class EntryKind(OpenEnum, IntEnum):
    IMAGE = lib.IMGA_ENTRY_IMAGE
    ATTESTATION = lib.IMGA_ENTRY_ATTESTATION
    UNKNOWN = lib.IMGA_ENTRY_UNKNOWN


@dataclass(frozen=True)
class ImageEntry:
    """"" for what is not said. digest opens the entry as its reference; subject is the digest of the image that an
    attestation is about."""

    kind: EntryKind
    reference: str
    digest: str
    os: str
    architecture: str
    variant: str
    media_type: str
    subject: str


def _entry(row: Any) -> ImageEntry:
    return ImageEntry(EntryKind(row.kind), text(row.reference), text(row.digest), text(row.os), text(row.architecture),
                      text(row.variant), text(row.media_type), text(row.subject))


class ImageList(Handle):
    """A listing. No layer is opened for it, and nested indexes are expanded. May be shared between threads."""

    _what = "list of images"

    def __init__(self, path: str | os.PathLike[str], *, reference: str | None = None, form: str | None = None,
                 context: Context | None = None) -> None:
        """Lists what is at a path, or only what a reference names; path and form are as in Image."""
        context = or_default(context)
        options, _strings = image_options(reference, None, form, Verify.FULL, 0)
        with context._use() as settings:
            pointer = create(lib.imga_image_list_open, lib.imga_image_list_unref, "imga_image_list", settings,
                             fs_path(path), options, hooks=context)
        self._adopt(pointer, lib.imga_image_list_unref)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, reference: str | None = None, form: str | None = None,
             context: Context | None = None) -> ImageList:
        return cls(path, reference=reference, form=form, context=context)

    def entries(self) -> Rows[ImageEntry]:
        """In the order in which they are stored."""
        return Rows(self, "imga_image_entry_row", lib.imga_image_list_count, lib.imga_image_list_rows, _entry)
