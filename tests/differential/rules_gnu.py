# SPDX-License-Identifier: Apache-2.0
"""Where the walker and GNU tar differ, and why."""
from tar_blocks import gnu_number, go_number
from tar_compare import Rules

name = "gnu"
decides = False
rules = Rules()
TYPES = {"-": "f", "C": "f", "h": "h", "l": "l", "c": "c", "b": "b", "d": "d", "p": "p"}


def ignores(theirs):
    return False


def device_has_size(place):
    """GNU tar tells device numbers in place of a size, but skips as much data all the same."""
    given = [value for _, key, value in place.group.records(b"x") + global_records(place) if key == b"size"]
    return any([place.group.own.number("size"), *numbers(given)])


def fields(place):
    ours, theirs = place.ours, place.theirs
    found = {"name"} if ours["name"] != theirs["name"] else set()
    if theirs["size"] != ours["size"] and (theirs["size"] is not None or device_has_size(place)):
        found.add("size")
    if ours["type"] != TYPES.get(theirs["type"]):
        found.add("type")
    if ours["type"] in "lh" and ours["link"] != theirs["link"]:
        found.add("link")
    if place.group.own.type == b"X" or not place.group.start <= theirs["header"] <= ours["header"]:
        found.add("place")
    return found


def said(place, text):
    return any(text in message for message in place.their_list["messages"])


def texts(group, key, types=b"x"):
    return [value for _, name, value in group.records(types) if name == key]


def numbers(values):
    """A NUL ends the number."""
    return [int(digits) for digits in (value.split(b"\0")[0] for value in values) if digits.isdigit()]


def global_records(place):
    return [record for group in place.earlier + [place.group] for record in group.records(b"g")]


# ---- the same entry, told differently

@rules.entry("gnu: file with a slash", "type")
def slashed_file(place):
    """The name that it takes makes a directory of a file, by a slash at its end; its data is skipped all the same."""
    return (place.group.own.type in b"0\0S" and place.ours["type"] in "df"
            and place.theirs["type"] == ("d" if place.their_name().endswith(b"/") else "-"))


@rules.entry("gnu: unusual type", "type")
def unusual_type(place):
    """V is a volume label, M goes on from another volume, D is a directory, others are told as unknown."""
    letters = {b"V": "V", b"M": "M", b"D": "d"}
    return place.theirs["type"] == letters.get(place.group.own.type, "?") and place.ours["type"] == "f" and place.remarked("T")


@rules.entry("gnu: size on what has no data", "size", diverges=True)
def size_without_data(place):
    """GNU tar skips as much; the runtimes do not, so what is there is an entry to them."""
    is_known = place.theirs["size"] is None or place.remarked("T")
    return is_known and place.ours["type"] != "f" and place.ours["size"] == 0 != place.theirs["size"]


@rules.entry("gnu: sparse size", "size")
def sparse_size(place):
    return place.remarked("S") and place.theirs["size"] in sparse_sizes(place.group)


@rules.entry("gnu: sparse size without a map", "size", diverges=True)
def sparse_size_alone(place):
    """Where the version of the sparse format is unknown or missing, the size with the holes counts as the size."""
    return not place.remarked("S") and place.theirs["size"] in sparse_sizes(place.group)


def sparse_sizes(group):
    given = texts(group, b"GNU.sparse.size") + texts(group, b"GNU.sparse.realsize")
    return numbers(given) + ([gnu_number(group.own.block[483:495]) or 0] if group.own.type == b"S" else [])


@rules.entry("gnu: several headers", "name")
def several_names(place):
    """PAX wins over GNU names, and all PAX headers before an entry count together."""
    others = [header.content.split(b"\0")[0] for header in place.group.of_type(b"L")] + texts(place.group, b"path")
    others += texts(place.group, b"GNU.sparse.name")
    return len(place.group.extensions) > 1 and place.their_name() in others


@rules.entry("gnu: several headers", "link")
def several_links(place):
    others = [header.content.split(b"\0")[0] for header in place.group.of_type(b"K")] + texts(place.group, b"linkpath")
    return len(place.group.extensions) > 1 and bytes.fromhex(place.theirs["link"]) in others


@rules.entry("gnu: several headers", "size", diverges=True)
def several_sizes(place):
    sizes = numbers(texts(place.group, b"size"))
    return len(place.group.of_type(b"xg")) > 1 and place.theirs["size"] in sizes


@rules.entry("gnu: prefix of old Go", "name")
def gnu_prefix(place):
    """Go before 1.8 wrote a prefix into headers with GNU magic; only Go reads it."""
    own = place.group.own
    return own.format == "gnu" and place.their_name() == own.name and place.our_name() == own.prefix + b"/" + own.name


@rules.entry("gnu: empty link target", "link")
def empty_link(place):
    return place.ours["link"] == "" and place.theirs["link"] == b".".hex() and said(place, "for empty hard link target")


@rules.entry("gnu: empty value", "name")
def empty_name(place):
    """An empty name in an extension header counts; to us, as to Go, the name field stays."""
    empty = [header for header in place.group.of_type(b"L") if header.content[:1] in (b"", b"\0")]
    given = texts(place.group, b"path") + texts(place.group, b"GNU.sparse.name")
    return place.theirs["name"] == "" and (bool(empty) or b"" in given)


@rules.entry("gnu: empty value", "link")
def empty_linkpath(place):
    empty = [header for header in place.group.of_type(b"K") if header.content[:1] in (b"", b"\0")]
    return place.theirs["link"] in ("", b".".hex()) and (bool(empty) or b"" in texts(place.group, b"linkpath"))


@rules.entry("gnu: padding of a GNU name", "name")
def gnu_name_padding(place):
    """The bytes up to the end of the block belong to the name, if no NUL comes before."""
    return place.their_name() in place.padded_texts(b"L")


@rules.entry("gnu: padding of a GNU name", "link")
def gnu_link_padding(place):
    return bytes.fromhex(place.theirs["link"]) in place.padded_texts(b"K")


@rules.entry("gnu: bad size is left out", "size", diverges=True)
def bad_size(place):
    """The earlier one in the same header counts."""
    sizes = numbers(texts(place.group, b"size"))
    return said(place, "invalid size=") and place.theirs["size"] in sizes


@rules.entry("gnu: sparse name", "name")
def sparse_name(place):
    """It counts in every version of the format, and against every other name."""
    return place.their_name() in texts(place.group, b"GNU.sparse.name")


@rules.entry("gnu: PAX name of a sparse file", "name")
def name_of_sparse(place):
    """Of the two names in one header the later record wins; to us, as to Go, the name of the sparse file."""
    return place.remarked("S") and place.their_name() in texts(place.group, b"path")


@rules.entry("gnu: size read otherwise", "place", "type", "name", "link", "size", diverges=True)
@rules.only_ours("gnu: size read otherwise")
@rules.only_theirs("gnu: size read otherwise")
@rules.end("gnu: size read otherwise")
def other_size(place):
    """A NUL ends the number also before the first digit. The walker may have ended at such a header."""
    fields = [header.field("size") for group in place.earlier + [place.group] for header in group.headers()]
    fields += [place.archive[place.group.at + 124:place.group.at + 136]] if place.group.stop == "size" else []
    return any(gnu_number(field) not in (None, go_number(field)) for field in fields)


def is_sparse(group):
    records = [key for _, key, _ in group.records(b"x") if key.startswith(b"GNU.sparse.")]
    return bool(records) or (group.own is not None and group.own.type == b"S")


@rules.entry("gnu: global header", "name")
def global_name(place):
    return place.their_name() in [value for _, key, value in global_records(place) if key in (b"path", b"GNU.sparse.name")]


@rules.entry("gnu: global header", "link")
def global_link(place):
    targets = [value or b"." for _, key, value in global_records(place) if key == b"linkpath"]
    return (bytes.fromhex(place.theirs["link"]) or b".") in targets


@rules.entry("gnu: global header", "size", diverges=True)
def global_size(place):
    keys = (b"size", b"GNU.sparse.size", b"GNU.sparse.realsize")
    values = [value for _, key, value in global_records(place) if key in keys]
    return place.theirs["size"] in numbers(values)


@rules.end("gnu: type X")
@rules.entry("gnu: type X", "place", "type", "name", "link", "size", diverges=True)
@rules.only_ours("gnu: type X")
@rules.only_theirs("gnu: type X")
def solaris_header(place):
    """Solaris's name of a PAX header; to Go, and to us, an unusual type."""
    return place.group.own is not None and place.group.own.type == b"X"


# ---- we refuse the archive

BAD_HEADERS = ("a tar header has a wrong checksum", "this is not a tar archive", "a tar header has a malformed size")
PAX_ERRORS = ("a record of a PAX header is malformed", "a value in a PAX header is not valid for its key")


@rules.only_theirs("gnu: goes on behind a bad header")
def goes_on(place):
    """It searches for the next header, and complains."""
    return place.error in BAD_HEADERS and said(place, "Skipping to next header")


@rules.end("gnu: stops at a lone zero block")
def lone_zero(place):
    """With a warning, but not with a failure."""
    return place.group.stop == "lone zero" and place.error is not None and place.their_error is None


@rules.end("gnu: empty PAX key")
@rules.only_theirs("gnu: empty PAX key")
def empty_key(place):
    record = place.group.record_at(place.our_list["at"])[1]
    return place.error == "a record of a PAX header is malformed" and record.partition(b" ")[2].startswith(b"=")


@rules.end("gnu: tab in a PAX record")
@rules.only_theirs("gnu: tab in a PAX record")
def tab_in_record(place):
    record = place.group.record_at(place.our_list["at"])[1]
    return place.error == "a record of a PAX header is malformed" and record.lstrip(b"0123456789").startswith(b"\t")


@rules.only_theirs("gnu: goes on after bad PAX records")
def bad_records(place):
    return place.error in PAX_ERRORS and (said(place, "Malformed extended header") or said(place, "Extended header "))


@rules.end("gnu: PAX records that are not used")
@rules.only_theirs("gnu: PAX records that are not used")
def unused_records(place):
    """Only the last PAX header and the last global header before an entry are looked at, and only when an entry follows."""
    header, _ = place.group.record_at(place.our_list["at"])
    if place.error not in PAX_ERRORS or not header:
        return False
    later = [other for other in place.group.of_type(header.type) if other.offset > header.offset]
    return bool(later) or place.group.own is None


@rules.end("gnu: NUL ends PAX records")
@rules.only_theirs("gnu: NUL ends PAX records")
def nul_in_records(place):
    return (place.error == "a record of a PAX header is malformed"
            and place.group.record_at(place.our_list["at"])[1].startswith(b"\0"))


@rules.only_theirs("gnu: no name")
def no_name(place):
    """Or the name that only GNU tar gives the entry."""
    names = [value for _, key, value in place.group.records() + global_records(place) if key in (b"path", b"GNU.sparse.name")]
    names += [header.content.split(b"\0")[0] for header in place.group.of_type(b"L")]
    return place.error == "a tar entry has no name" and place.their_name() in names + [b""]


@rules.only_theirs("gnu: NUL in a PAX value")
def nul_in_value(place):
    record = place.group.record_at(place.our_list["at"])[1].split(b"\n")[0]
    return place.error == "a value in a PAX header is not valid for its key" and b"\0" in record


@rules.only_theirs("gnu: size of a hard link")
def hard_link_size(place):
    """It is not read."""
    return (place.error == "a tar header has a malformed size" and place.theirs["type"] == "h"
            and place.group.start <= place.theirs["header"] <= place.group.at)


@rules.only_theirs("gnu: cut sparse map")
def cut_sparse_map(place):
    """It lists the entry before it reads the rest of the map."""
    return place.our_list["end"] == "truncated" and place.group.own is not None and place.group.own.type == b"S"


@rules.only_theirs("gnu: sparse type without GNU magic")
def sparse_not_gnu(place):
    return (place.error == "a sparse file in an archive that is not GNU tar's" and place.theirs["type"] in "-d"
            and place.group.own.format != "gnu")


@rules.only_theirs("gnu: sparse map on what has no data")
def sparse_without_data(place):
    return place.error == "a sparse map on an entry that has no data"


@rules.end("gnu: cut block")
def cut_block(place):
    """The last block of the archive, a header, is not whole; GNU tar fills it up with what was there before."""
    return place.our_list["end"] == "truncated" and len(place.archive) % 512 != 0


@rules.end("gnu: extension header without entry")
def headers_without_entry(place):
    return place.error == "an extension header describes no entry" and place.group.stop in ("end", "zero")


# ---- GNU tar complains where we do not

NUMBERS = ("Archive contains", "Archive value", "Archive base-256 value", "Archive octal value")


@rules.end("gnu: number")
def bad_number(place):
    """It lists the entry, and ends with a failure. We remark it where a runtime uses the number."""
    return place.error is None and any(said(place, text) for text in NUMBERS)


@rules.end("gnu: PAX value")
def bad_value(place):
    """Of a key that we do not use, or replace by 0 with a remark."""
    return place.error is None and (said(place, "Malformed extended header") or said(place, "Extended header"))


# ---- after everything else, for it explains the most

@rules.entry("gnu: sparse data", "place", "type", "name", "link", "size", diverges=True)
@rules.only_ours("gnu: sparse data")
@rules.only_theirs("gnu: sparse data")
@rules.end("gnu: sparse data")
def sparse_data(place):
    """GNU tar skips as much data as the map says, not as the size says, and when the map is bad, it searches for the next
    header. A global header makes the entries after it sparse."""
    has_global = any(key.startswith(b"GNU.sparse.") for _, key, _ in global_records(place))
    complaint = said(place, "Skipping to next header") or said(place, "sparse archive member") or said(place, "GNU.sparse.")
    elsewhere = "place" in place.fields or place.ours is not place.theirs is None or (place.error and not place.ours)
    return (has_global or any(map(is_sparse, place.earlier))) and (complaint or elsewhere)
