# SPDX-License-Identifier: Apache-2.0
"""Compares what two readers list of an archive. Every difference must be explained by a rule; a rule looks at the archive
and at both listings, and says what it explains:

  fields      the two readers are at the same entry and these of its fields differ
  event       "entry": as above; "only ours", "only theirs": one list goes on where the other ended; "end": both lists are
              the same, and one ended with an error
  diverges    after this entry the readers are at different places: the rest of the archive is not compared. The same holds
              when the field "place" or "next" differs, where a reader has it: the header of the entry, of the next entry

Each rule has a row in docs/tar-differences.md."""
import dataclasses
import functools

from tar_blocks import BLOCK, padded, read_group


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    event: str
    applies: callable
    fields: frozenset = frozenset()
    diverges: bool = False


class Rules:
    """The rules of one reader, in the order in which they are tried."""

    def __init__(self):
        self.all = []

    def entry(self, name, *fields, diverges=False):
        return self._add(name, "entry", frozenset(fields), diverges)

    def only_ours(self, name):
        return self._add(name, "only ours")

    def only_theirs(self, name):
        return self._add(name, "only theirs")

    def end(self, name):
        return self._add(name, "end")

    def _add(self, name, event, fields=frozenset(), diverges=False):
        def register(function):
            self.all.append(Rule(name, event, function, fields, diverges))
            return function
        return register


class Place:
    """Where two listings of an archive are compared. ours, theirs: entries, or None past the end of that list."""

    def __init__(self, archive, listings, index, theirs_index):
        self.archive, (self.our_list, self.their_list) = archive, listings
        self.index, self.theirs_index = index, theirs_index
        self.ours, self.theirs = self._at(self.our_list, index), self._at(self.their_list, theirs_index)
        self.fields = set()

    @staticmethod
    def _at(listing, index):
        return listing["entries"][index] if 0 <= index < len(listing["entries"]) else None

    @property
    def before(self):
        """Our entry before this one."""
        return self._at(self.our_list, self.index - 1)

    @functools.cached_property
    def group(self):
        """The headers of our entry, or what the walker found where it ended."""
        before = self.before
        return read_group(self.archive, before["data"] + padded(before["size"]) if before else 0)

    @functools.cached_property
    def earlier(self):
        """The headers of our entries before this one."""
        starts = [0] + [entry["data"] + padded(entry["size"]) for entry in self.our_list["entries"][:self.index]]
        return [read_group(self.archive, start) for start in starts[:self.index]]

    def remarked(self, flags):
        return self.ours is not None and any(flag in self.ours["flags"] for flag in flags)

    def our_name(self):
        return bytes.fromhex(self.ours["name"])

    def their_name(self):
        return bytes.fromhex(self.theirs["name"])

    def has_dirty_padding(self, header):
        """Whether the block is filled up with something else than NUL after the content of an extension header."""
        end = header.offset + BLOCK + len(header.content)
        return end % BLOCK != 0 and self.archive[end:end + 1] not in (b"", b"\0")

    def padded_texts(self, types):
        """Names in extension headers as a reader sees them that reads on until the end of the block."""
        starts = [(header.offset + BLOCK, header) for header in self.group.of_type(types) if self.has_dirty_padding(header)]
        return [self.archive[at:at + padded(len(header.content))].split(b"\0")[0] for at, header in starts]

    @property
    def error(self):
        return None if self.our_list["end"] == "ok" else self.our_list["message"]

    @property
    def their_error(self):
        return None if self.their_list["end"] == "ok" else self.their_list["end"]


@dataclasses.dataclass
class Result:
    rules: list          # names of the rules that were needed
    problem: str = None  # a difference that no rule explains
    place: Place = None
    compared: int = 0    # entries


def explain_entry(place, rules):
    """The rules that together explain place.fields, or None."""
    left, used = set(place.fields), []
    for rule in rules:
        if rule.event == "entry" and rule.fields & left and rule.applies(place):
            left -= rule.fields
            used.append(rule)
    return None if left else used


def event_of(place):
    if place.ours and place.theirs:
        return "entry"
    if place.ours:
        return "only ours"
    return "only theirs" if place.theirs else "end"


def is_forbidden(place, event, reader):
    """What the reader that decides lists, and we do not or otherwise, may only be explained by an error of ours."""
    if not reader.decides or event in ("only ours", "end"):
        return False
    if event == "only theirs":
        return place.error is None
    return bool(place.fields & {"name", "content"}) or ("link" in place.fields and place.ours["type"] in "lh")


def explain_rest(place, reader, result):
    """After the last entry that both list."""
    event = event_of(place)
    if event == "end" and (place.error is None) == (place.their_error is None):
        return result
    result.place = place
    rule = next((rule for rule in reader.rules.all if rule.event == event and rule.applies(place)), None)
    if rule is None or is_forbidden(place, event, reader):
        result.problem = event
    else:
        result.rules.append(rule.name)
    return result


def compare(archive, ours, theirs, reader):
    """reader: name, rules, decides, fields(place) -> names of fields that differ, ignores(their entry)."""
    result, index, theirs_index = Result([]), 0, 0
    while True:
        place = Place(archive, (ours, theirs), index, theirs_index)
        if place.theirs and reader.ignores(place.theirs):
            theirs_index += 1
            continue
        if event_of(place) != "entry":
            return explain_rest(place, reader, result)
        place.fields = reader.fields(place)
        used = explain_entry(place, reader.rules.all)
        if used is None or is_forbidden(place, "entry", reader):
            result.problem, result.place = "entry", place
            return result
        result.rules += [rule.name for rule in used]
        result.compared += 1
        if place.fields & {"next", "place"} or any(rule.diverges for rule in used):
            return result
        index, theirs_index = index + 1, theirs_index + 1
