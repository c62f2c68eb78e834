# SPDX-License-Identifier: Apache-2.0
"""<imgassure/findings.h>: an inventory matched with a database."""
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ._call import collected, create
from ._cffi import lib
from ._handle import Handle
from ._row import OpenEnum, Rows, text
from .context import Context, or_default
from .database import Database
from .inventory import Inventory
from .status import Note, notes


class FindingStatus(OpenEnum, IntEnum):
    AFFECTED = lib.IMGA_FINDING_AFFECTED
    FIXED = lib.IMGA_FINDING_FIXED
    NOT_AFFECTED = lib.IMGA_FINDING_NOT_AFFECTED
    WILL_NOT_FIX = lib.IMGA_FINDING_WILL_NOT_FIX
    UNDETERMINED = lib.IMGA_FINDING_UNDETERMINED
    CANNOT_TELL = lib.IMGA_FINDING_CANNOT_TELL

    @property
    def label(self) -> str:
        """As reports write it, for example "not-affected"."""
        return text(lib.imga_finding_status_name(self.value))


class Severity(OpenEnum, IntEnum):
    UNKNOWN = lib.IMGA_SEVERITY_UNKNOWN
    NEGLIGIBLE = lib.IMGA_SEVERITY_NEGLIGIBLE
    LOW = lib.IMGA_SEVERITY_LOW
    MEDIUM = lib.IMGA_SEVERITY_MEDIUM
    HIGH = lib.IMGA_SEVERITY_HIGH
    CRITICAL = lib.IMGA_SEVERITY_CRITICAL

    @property
    def label(self) -> str:
        return text(lib.imga_severity_name(self.value))


@dataclass(frozen=True)
class Finding:
    """feed and package are indexes in the database's feeds() and the inventory's packages()."""

    status: FindingStatus
    severity: Severity
    feed: int
    package: int
    id: str
    source: str
    version: str
    fixed_version: str
    urgency: str
    reason: str
    release: str


def _finding(row: Any) -> Finding:
    return Finding(FindingStatus(row.status), Severity(row.severity), row.feed, row.package, text(row.id),
                   text(row.source), text(row.version), text(row.fixed_version), text(row.urgency), text(row.reason),
                   text(row.release))


class Findings(Handle):
    """What the advisories say about each package. Immutable; may be shared between threads."""

    _what = "findings"

    def __init__(self, pointer: Any, *keep: Any) -> None:
        self._adopt(pointer, lib.imga_findings_unref, *keep)

    @classmethod
    def match(cls, inventory: Inventory, database: Database, *, context: Context | None = None) -> Findings:
        context = or_default(context)
        with context._use() as settings, inventory._use() as left, database._use() as right:
            return cls(create(lib.imga_match, lib.imga_findings_unref, "imga_findings", settings, left, right,
                              hooks=context), *database._keep)

    @property
    def complete(self) -> bool:
        """Whether inventory and match are both complete."""
        with self._use() as pointer:
            return bool(lib.imga_findings_is_complete(pointer))

    @property
    def inventory(self) -> Inventory:
        with self._use() as pointer:
            return Inventory(lib.imga_inventory_ref(lib.imga_findings_inventory(pointer)))

    @property
    def database(self) -> Database:
        with self._use() as pointer:
            return Database(lib.imga_database_ref(lib.imga_findings_database(pointer)), *self._keep)

    def findings(self) -> Rows[Finding]:
        """Of every status, ordered by package, then id."""
        return Rows(self, "imga_finding_row", lib.imga_findings_count, lib.imga_findings_rows, _finding)

    def notes(self) -> Rows[Note]:
        """Notes of the match; those of the inventory are not repeated."""
        return notes(self, lib.imga_findings_note_count, lib.imga_findings_notes)

    def explain(self, index: int) -> str:
        """Why the finding with this index is what it is, in lines of text."""
        if index < 0:
            raise IndexError("the index of a finding is below 0")
        with self._use() as pointer:
            return collected(lib.imga_findings_explain, pointer, index).decode("utf-8")


def match(inventory: Inventory, database: Database, *, context: Context | None = None) -> Findings:
    """Matches an inventory with a database."""
    return Findings.match(inventory, database, context=context)
