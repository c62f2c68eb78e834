# SPDX-License-Identifier: Apache-2.0
"""Why another reader of zip archives may say something else: a list of (rule, reader, test) and the comparison."""

RULES = []


def rule(name):
    def add(test):
        RULES.append((name, test))
        return test
    return add


def explain(reader, difference):
    for name, test in RULES:
        if name.startswith(reader + ": ") and test(difference):
            return name
    return None


def remarked(difference):
    """The archive as a whole carries a remark: what is in front of it is none."""
    return set(difference["ours"].get("flags", [])) - {"prefix"}


def member_flags(difference):
    return set(difference["our"]["flags"]) if difference["our"] else set()


def names(difference):
    return [member["name"] for member in difference["ours"]["members"]]


def central(difference, offset, size):
    """A field of the directory's last entry of the member's name, as a number; 0 when there is none."""
    data, name = difference["data"], bytes.fromhex(difference["our"]["name"])
    at = data.rfind(b"PK\1\2")
    while at >= 0:
        length = int.from_bytes(data[at + 28:at + 30], "little")
        if data[at + 46:at + 46 + length] == name:
            return int.from_bytes(data[at + offset:at + offset + size], "little")
        at = data.rfind(b"PK\1\2", 0, at)
    return 0


# ---- java: whatever it opens we list, entry by entry

@rule("java: refuses what we remark on")
def _(d):
    return d["kind"] == "they refuse" and remarked(d) - {"trailing", "duplicate"}


@rule("java: the comment is cut")
def _(d):
    return d["kind"] == "they refuse" and "trailing" in d["ours"]["flags"]


@rule("java: nothing behind the end")
def _(d):
    """The lengths in the local header lead behind the end of the archive."""
    return d["kind"] == "we cannot read" and d["their"]["read"] == 0 and "lost" in member_flags(d)


@rule("java: reads by name")
def _(d):
    return d["kind"] in ("content", "they cannot read", "we cannot read") and names(d).count(d["our"]["name"]) > 1


@rule("java: cannot read a member that we remark on")
def _(d):
    return d["kind"] == "they cannot read" and (member_flags(d) or "odd-end" in d["ours"]["flags"])


# ---- the others: a difference without a remark needs a reason

@rule("python: refuses what we remark on")
@rule("libarchive: refuses what we remark on")
@rule("unzip: refuses what we remark on")
def _(d):
    return d["kind"] == "they refuse" and remarked(d)


@rule("python: lists something else where we remark")
@rule("libarchive: lists something else where we remark")
@rule("unzip: lists something else where we remark")
def _(d):
    return d["kind"] in ("count", "name", "size", "packed", "crc", "method") and remarked(d)


@rule("python: reads something else where we remark")
@rule("libarchive: reads something else where we remark")
def _(d):
    return d["kind"] in ("content", "they cannot read", "we cannot read") and (member_flags(d) or remarked(d))


@rule("libarchive: opens what we refuse")
def _(d):
    return d["kind"] == "we refuse"


@rule("python: patches and strong encryption")
def _(d):
    return d["kind"] == "they cannot read" and central(d, 8, 2) & 0x60


@rule("python: encoding of names")
def _(d):
    """Bit 11 of one header says UTF-8, that of the other does not: the names differ as text."""
    return d["kind"] == "they cannot read" and not bytes.fromhex(d["our"]["name"]).isascii()


@rule("python: version")
def _(d):
    return d["kind"] == "they refuse" and d["theirs"]["end"].startswith("NotImplementedError: zip file version")


@rule("libarchive: empty archive")
@rule("unzip: empty archive")
def _(d):
    return d["kind"] == "they refuse" and not d["ours"]["members"]


@rule("libarchive: extra fields")
def _(d):
    """Malformed ones, which nobody else looks at."""
    return d["kind"] == "they refuse" and b"extra data" in bytes.fromhex(d["theirs"]["end"]).lower()


@rule("libarchive: types by attributes")
def _(d):
    """A directory or link by its mode, which Java does not look at: the name gets a slash, and there are no data."""
    if d["kind"] == "content":
        return d["their"]["read"] == 0 and central(d, 40, 2) >> 12 not in (0, 8)
    return d["kind"] == "name" and any(our["name"] + "2f" == their["name"]
                                       for our in d["ours"]["members"] for their in d["theirs"]["members"])


def same_name(ours, theirs):
    """Readers hand out text; ours are bytes."""
    raw, other = bytes.fromhex(ours), bytes.fromhex(theirs)
    return raw == other or raw.decode("iso-8859-1").encode() == other


def fields_differ(ours, theirs):
    different = [key for key in ("size", "packed", "crc", "method") if key in theirs and ours[key] != theirs[key]]
    return (["name"] if not same_name(ours["name"], theirs["name"]) else []) + different


def compare(reader, data, ours, theirs):
    """Names of rules that were needed, the first difference without one or None, how many members were compared."""
    rules, members = [], 0

    def differ(kind, our=None, their=None):
        difference = {"kind": kind, "data": data, "ours": ours, "theirs": theirs, "our": our, "their": their}
        name = explain(reader, difference)
        rules.append(name)
        return None if name else f"{kind} {our} {their}"

    if (ours["end"] == "ok") != (theirs["end"] == "ok"):
        problem = differ("they refuse" if ours["end"] == "ok" else "we refuse")
        return [r for r in rules if r], problem, 0
    pairs = [ours["members"], theirs["members"]]
    if reader == "libarchive":  # goes by place, not by directory
        pairs = [sorted(p, key=lambda m: (m["name"], m["size"], m["sum"])) for p in pairs]
    if len(pairs[0]) != len(pairs[1]):
        problem = differ("count")
        return [r for r in rules if r], problem, 0
    for our, their in zip(*pairs):
        members += 1
        kinds = fields_differ(our, their)
        if "read" in their and (our["read"], our["sum"]) != (their["read"], their["sum"]):
            if our["read"] >= 0 or their["read"] >= 0:
                kinds.append("content" if our["read"] >= 0 and their["read"] >= 0 else
                             "they cannot read" if our["read"] >= 0 else "we cannot read")
        for kind in kinds:
            problem = differ(kind, our, their)
            if problem:
                return [r for r in rules if r], problem, members
    return [r for r in rules if r], None, members
