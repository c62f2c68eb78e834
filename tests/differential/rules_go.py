# SPDX-License-Identifier: Apache-2.0
"""Where the walker and Go's archive/tar differ, and why. The container runtimes unpack with it: it decides."""
from tar_blocks import Header, go_number
from tar_compare import Rules

name = "go"
decides = True
rules = Rules()
TYPES = {"30": "f", "31": "h", "32": "l", "33": "c", "34": "b", "35": "d", "36": "p"}
GLOBAL = "67"


def ignores(theirs):
    """Go hands out global headers as entries; the runtimes drop them."""
    return theirs["type"] == GLOBAL


def fields(place):
    ours, theirs = place.ours, place.theirs
    found = {field for field in ("name", "link", "size", "data") if ours[field] != theirs[field]}
    if ours["type"] != TYPES.get(theirs["type"]):
        found.add("type")
    if theirs["read"] >= 0 and (ours["read"], ours["sum"]) != (theirs["read"], theirs["sum"]):
        found.add("content")
    return found


# ---- the same entry, told differently

@rules.entry("go: unusual type", "type")
def unusual_type(place):
    """Go hands out the type flag, and the runtimes refuse the entry; we list a file and remark it."""
    flag = place.theirs["type"]
    return flag not in TYPES and place.group.own.type.hex() == flag and place.ours["type"] == "f" and place.remarked("T")


@rules.entry("go: type 0 with a slash", "type")
def slashed_file(place):
    return (place.group.own.type == b"0" and place.theirs["type"] == "30" and place.ours["type"] == "d"
            and place.our_name().endswith(b"/") and place.theirs["size"] == 0 and place.remarked("T"))


@rules.entry("go: link text on what is no link", "link")
def link_text(place):
    return place.ours["type"] not in "lh" and place.theirs["type"] not in ("31", "32") and place.ours["link"] == ""


@rules.entry("go: size on what has no data", "size")
def size_without_data(place):
    return (place.ours["type"] != "f" and place.ours["type"] == TYPES.get(place.theirs["type"]) and place.ours["size"] == 0
            and place.theirs["read"] <= 0 and place.remarked("T"))


def real_size(group):
    """The size of a sparse file with its holes."""
    if group.own.type == b"S":
        return go_number(group.own.block[483:495])
    records = {key: value for _, key, value in group.last_x()}
    given = records.get(b"GNU.sparse.size") or records.get(b"GNU.sparse.realsize")
    return int(given) if given else group.own.number("size")


@rules.entry("go: sparse size", "size")
def sparse_size(place):
    """Go hands out the size with the holes."""
    return place.remarked("S") and place.theirs["size"] == real_size(place.group)


@rules.entry("go: sparse map before the data", "data")
def sparse_map(place):
    """Format 1.0 keeps its map in front of the data; Go has read it, we have not."""
    records = dict(record[1:] for record in place.group.last_x())
    is_1_0 = records.get(b"GNU.sparse.major") == b"1" and records.get(b"GNU.sparse.minor") == b"0"
    map_size = place.theirs["data"] - place.ours["data"]
    return is_1_0 and place.remarked("S") and 0 < map_size <= place.ours["size"] + 511 and map_size % 512 == 0


# ---- Go refuses the archive where we go on: we list more

INVALID = "archive/tar: invalid tar header"


def has_bad_number(header):
    names = ["mode", "uid", "gid", "size", "mtime"] + (["devmajor", "devminor"] if header.format != "v7" else [])
    times = [header.block[at:at + 12] for at in (476, 488)] if header.format == "star" else []
    return None in [header.number(name) for name in names] + [go_number(time) for time in times]


@rules.end("go: number")
@rules.only_ours("go: number")
def bad_number(place):
    return place.their_error == INVALID and any(map(has_bad_number, place.group.headers()))


def is_go_integer(value):
    digits = value[1:] if value[:1] in (b"+", b"-") else value
    return digits.isdigit() and -(1 << 63) <= int(value) < 1 << 63


def is_go_time(value):
    seconds, _, fraction = value.partition(b".")
    return is_go_integer(seconds) and (fraction.isdigit() or not fraction)


@rules.only_ours("go: PAX number")
def bad_pax_number(place):
    last = {key: value for _, key, value in place.group.last_x() if value}
    return place.their_error == INVALID and not all(
        [is_go_integer(last[key]) for key in (b"uid", b"gid") if key in last]
        + [is_go_time(last[key]) for key in (b"mtime", b"atime", b"ctime") if key in last])


@rules.end("go: order of a sparse map")
@rules.only_ours("go: order of a sparse map")
def sparse_order(place):
    """Format 0.0 is a list of offsets and lengths in turn."""
    def is_disordered(header):
        parts = [(key, value) for _, key, value in header.records() if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes")]
        return any(key != (b"GNU.sparse.offset", b"GNU.sparse.numbytes")[i % 2] or b"," in value
                   for i, (key, value) in enumerate(parts))
    return place.their_error == INVALID and any(map(is_disordered, place.group.of_type(b"xg")))


@rules.only_ours("go: sparse map")
def bad_sparse_map(place):
    """Go reads the map, we only jump over it."""
    return place.remarked("S") and place.their_error in (INVALID, "unexpected EOF", "archive/tar: sparse map too long")


# ---- we refuse the archive where Go goes on: an error, never a clean result

@rules.only_theirs("go: no name")
def no_name(place):
    return place.error == "a tar entry has no name" and place.theirs["name"] == ""


def is_whole_but_for_padding(place):
    if place.group.stop == "cut" and place.group.extensions:
        last = place.group.extensions[-1]
        return len(last.content) == last.number("size")
    last = place.before
    return last is not None and last["read"] == last["size"] and place.group.start > len(place.archive)


@rules.end("go: missing padding")
def missing_padding(place):
    """The data of the last entry or extension header is whole, the zeros after it are not."""
    return place.our_list["end"] == "truncated" and is_whole_but_for_padding(place)


@rules.end("go: extension header without entry")
def headers_without_entry(place):
    return (place.error == "an extension header describes no entry" and bool(place.group.of_type(b"xLK"))
            and place.group.stop in ("end", "zero"))


@rules.only_theirs("go: bad size on what has no data")
def bad_size(place):
    """Go looks at a size only where data follows."""
    own, size = place.group.own, place.theirs["size"]
    if place.error == "a value in a PAX header is not valid for its key":
        return own.type in b"123456" and size < 0 and any(int(value) == size for value in place.group.values(b"size"))
    block = Header(place.group.at, place.archive[place.group.at:place.group.at + 512])
    return place.error == "a tar header has a malformed size" and block.type in b"123456" and (block.number("size") or 0) < 0


@rules.only_theirs("go: NUL in a sparse name")
def nul_in_sparse_name(place):
    return (place.error == "a value in a PAX header is not valid for its key"
            and place.group.record_at(place.our_list["at"])[1][3:].startswith(b"GNU.sparse.name="))


@rules.end("go: value that is not used")
@rules.only_theirs("go: value that is not used")
def unused_value(place):
    """In a global header, or when another header or record replaces it, Go does not look at the value."""
    at = place.our_list["at"]
    header, _ = place.group.record_at(at)
    if place.error != "a value in a PAX header is not valid for its key" or not header:
        return False
    keys = [key for offset, key, _ in header.records() if offset >= at]
    later = [other for other in place.group.of_type(b"xg") if other.offset > header.offset]
    return header.type == b"g" or bool(later) or keys[0] in keys[1:]


@rules.only_theirs("go: sparse type 0 with a slash")
def sparse_slashed_file(place):
    own = place.group.own
    return (place.error == "a sparse map on an entry that has no data" and own.type == b"0"
            and place.theirs["type"] == "30" and (own.name.endswith(b"/") or place.group.values(b"path", b"x") != []
                                                  or place.group.of_type(b"L") != []))


@rules.end("go: plus sign in a PAX number")
@rules.only_theirs("go: plus sign in a PAX number")
def plus_sign(place):
    _, record = place.group.record_at(place.our_list["at"])
    if place.error == "a record of a PAX header is malformed":
        return record.startswith(b"+")
    return place.error == "a value in a PAX header is not valid for its key" and b" size=+" in record[:16]
