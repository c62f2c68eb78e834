# SPDX-License-Identifier: Apache-2.0
"""<imgassure/policy.h>: policies and verdicts."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Union

from . import errors
from ._call import create
from ._cffi import ffi, lib
from ._handle import Handle
from ._row import OpenEnum, Rows, text
from .compare import c_text
from .context import Context, or_default
from .findings import Findings
from .source import Input, Source

Clock = Union[int, datetime]


class VerdictResult(OpenEnum, IntEnum):
    """Mildest first."""

    PASS = lib.IMGA_VERDICT_PASS
    WARN = lib.IMGA_VERDICT_WARN
    INCOMPLETE = lib.IMGA_VERDICT_INCOMPLETE
    FAIL = lib.IMGA_VERDICT_FAIL

    @property
    def label(self) -> str:
        return text(lib.imga_verdict_name(self.value))


@dataclass(frozen=True)
class Item:
    """One line of a verdict; finding and package are indexes, or -1."""

    result: VerdictResult
    rule: str
    line: int
    finding: int
    package: int
    item: str
    evidence: str
    remedy: str
    exception: str


@dataclass(frozen=True)
class PolicyException:
    """An exception of the policy, and what became of it. until is in seconds since 1970-01-01 UTC."""

    line: int
    id: str
    rule: str
    owner: str
    reason: str
    until: int
    expired: bool
    used: int


def parse_time(instant: str) -> int:
    """Seconds since 1970-01-01 UTC of "YYYY-MM-DD" (midnight UTC) or RFC 3339."""
    seconds = ffi.new("int64_t *")
    status = lib.imga_time_parse(c_text(instant), seconds)
    if status < 0:
        raise errors.make(status, f"not an instant: {instant}")
    return int(seconds[0])


def clock(now: Clock) -> int:
    """Seconds since 1970-01-01 UTC; a datetime must have a time zone."""
    if not isinstance(now, datetime):
        return now
    if now.tzinfo is None:
        raise errors.invalid("the clock has no time zone")
    return int(now.timestamp())


def _item(row: Any) -> Item:
    return Item(VerdictResult(row.result), text(row.rule), row.line, row.finding, row.package, text(row.item),
                text(row.evidence), text(row.remedy), text(row.exception))


def _exception(row: Any) -> PolicyException:
    return PolicyException(row.line, text(row.id), text(row.rule), text(row.owner), text(row.reason), row.until,
                           bool(row.expired), row.used)


class Verdict(Handle):
    """The judgement on findings. Immutable; may be shared between threads."""

    _what = "verdict"

    def __init__(self, pointer: Any, *keep: Any) -> None:
        self._adopt(pointer, lib.imga_verdict_unref, *keep)

    @property
    def result(self) -> VerdictResult:
        """The worst of all items."""
        with self._use() as pointer:
            return VerdictResult(lib.imga_verdict_result(pointer))

    @property
    def findings(self) -> Findings:
        with self._use() as pointer:
            return Findings(lib.imga_findings_ref(lib.imga_verdict_findings(pointer)), *self._keep)

    def items(self) -> Rows[Item]:
        """In the order of the policy's rules, then of the findings."""
        return Rows(self, "imga_verdict_row", lib.imga_verdict_count, lib.imga_verdict_rows, _item)

    def exceptions(self) -> Rows[PolicyException]:
        return Rows(self, "imga_exception_row", lib.imga_verdict_exception_count, lib.imga_verdict_exceptions,
                    _exception)


class Policy(Handle):
    """A policy. Immutable; may be shared between threads."""

    _what = "policy"

    def __init__(self, pointer: Any) -> None:
        self._adopt(pointer, lib.imga_policy_unref)

    @classmethod
    def read(cls, document: Input, *, context: Context | None = None) -> Policy:
        """Reads a policy from a path, from bytes, or from a seekable file object."""
        context = or_default(context)
        with context._use() as settings, Source(document, context) as source, source._use() as pointer:
            return cls(create(lib.imga_policy_read, lib.imga_policy_unref, "imga_policy", settings, pointer,
                              hooks=context))

    @property
    def id(self) -> str:
        with self._use() as pointer:
            return text(lib.imga_policy_id(pointer))

    @property
    def name(self) -> str:
        with self._use() as pointer:
            return text(lib.imga_policy_name(pointer))

    def evaluate(self, findings: Findings, now: Clock) -> Verdict:
        """Judges findings. The clock is a parameter: same policy, findings and clock, same verdict."""
        with self._use() as policy, findings._use() as pointer:
            return Verdict(create(lib.imga_policy_evaluate, lib.imga_verdict_unref, "imga_verdict", policy, pointer,
                                  clock(now)), *findings._keep)
