# SPDX-License-Identifier: Apache-2.0
"""<imgassure/status.h>: notes, remarks on a result that did not stop the work."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ._cffi import lib
from ._row import NoteCode, Rows, text


@dataclass(frozen=True)
class Note:
    code: NoteCode
    offset: int
    where: str
    text: str

    @property
    def name(self) -> str:
        """For example "db-partial"."""
        return text(lib.imga_note_name(self.code))

    @property
    def incomplete(self) -> bool:
        """Whether such a note makes a result incomplete."""
        return bool(lib.imga_note_is_incomplete(self.code))


def notes(owner: Any, count: Callable[[Any], int], fill: Callable[[Any, int, Any, int], int]) -> Rows[Note]:
    return Rows(owner, "imga_note_row", count, fill,
                lambda row: Note(NoteCode(row.code), row.offset, text(row.where), text(row.text)))
