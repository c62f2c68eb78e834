# SPDX-License-Identifier: Apache-2.0
"""A case: how the input is made, and the outcomes that are right. Notes that a rule leaves open are listed in may."""
import dataclasses
from typing import Callable

CASES = []


@dataclasses.dataclass(frozen=True)
class Outcome:
    status: str
    errors: frozenset = frozenset()
    must: frozenset = frozenset()
    may: frozenset = frozenset()
    has: tuple = ()
    hasnot: tuple = ()

    def why_not(self, found):
        """What the found outcome has that does not fit, or None."""
        if self.status == "error":
            if found["status"] != "error" or found["error"] not in self.errors:
                return f"not one of {sorted(self.errors)}"
            return None
        if found["status"] == "error":
            return "an error"
        notes = set(found["diag"])
        if not self.must <= notes:
            return f"without {sorted(self.must - notes)}"
        if not notes <= self.must | self.may:
            return f"with {sorted(notes - self.must - self.may)}"
        return self.why_not_packages(found["packages"])

    def why_not_packages(self, packages):
        known = {name for name, _ in packages} | {f"{name}={version}" for name, version in packages}
        missing = [name for name in self.has if name not in known]
        wrong = [name for name in self.hasnot if name in known]
        if missing or wrong:
            return f"packages missing {missing}, wrong {wrong}"
        return None


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    area: str
    make: Callable[[], bytes]
    outcomes: tuple
    kind: str = "oci-archive"
    seconds: float = 10  # of processor time, plain build
    mib: int = 96        # plain build
    heavy: bool = False  # fewer mutations


def codes(prefix, names):
    return frozenset(prefix + name for name in names)


def complete(*has, hasnot=(), may=()):
    return Outcome("result", may=codes("D_", may), has=has, hasnot=tuple(hasnot))


def noted(*notes, has=("victim",), hasnot=(), may=()):
    return Outcome("result", must=codes("D_", notes), may=codes("D_", may), has=tuple(has), hasnot=tuple(hasnot))


def error(*names):
    return Outcome("error", errors=codes("E_", names))


def case(name, *outcomes, **more):
    """Registers the function that makes the input."""
    def register(make):
        area = make.__module__.removeprefix("cases_")
        CASES.append(Case(name, area, make, outcomes, **more))
        return make
    return register
