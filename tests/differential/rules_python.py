# SPDX-License-Identifier: Apache-2.0
"""Where the walker and Python's tarfile differ, and why."""
from tar_blocks import go_number, padded, python_number
from tar_compare import Rules

name = "python"
decides = False
rules = Rules()
TYPES = {"30": "f", "00": "f", "37": "f", "53": "f", "31": "h", "32": "l", "33": "c", "34": "b", "35": "d", "36": "p"}


def ignores(theirs):
    return False


def fields(place):
    ours, theirs, group = place.ours, place.theirs, place.group
    found = {field for field in ("name", "size", "data") if ours[field] != theirs[field]}
    if ours["type"] != TYPES.get(theirs["type"]):
        found.add("type")
    if ours["type"] in "lh" and ours["link"] != theirs["link"]:
        found.add("link")
    if not group.start <= theirs["header"] <= ours["header"]:
        found.add("place")
    if ours["data"] + padded(ours["size"]) != theirs["next"]:
        found.add("next")
    return found


def texts(group, key, types=b"x"):
    return [value for _, name, value in group.records(types) if name == key]


def global_records(place):
    """Of all global headers so far: tarfile applies them to every entry that follows."""
    return [record for group in place.earlier + [place.group] for record in group.records(b"g")]


def raw(hexadecimal):
    return bytes.fromhex(hexadecimal)


def is_number(value):
    try:
        return int(value.decode("utf-8")) is not None
    except ValueError:
        return False


def number_of(value):
    return int(value.decode("utf-8")) if is_number(value) else 0


# ---- the same entry, told differently

@rules.entry("python: slash at the end", "name")
def slash_at_the_end(place):
    """tarfile takes slashes from names of directories and from PAX names, sometimes one, sometimes all."""
    ours, theirs = place.our_name(), place.their_name()
    return ours.startswith(theirs) and ours[len(theirs):].strip(b"/") == b""


@rules.entry("python: prefix", "name")
def prefix(place):
    """tarfile uses the prefix whatever the magic says, in its whole width, and never for type S."""
    own = place.group.own
    whole = own.prefix + b"/" + own.name if own.prefix and own.type != b"S" else own.name
    return own.format != "ustar" and place.their_name().rstrip(b"/") == whole.rstrip(b"/")


@rules.entry("python: size on what has no data", "size")
def size_without_data(place):
    return place.ours["type"] != "f" and place.ours["size"] == 0 and place.remarked("T")


@rules.entry("python: unusual type", "type")
def unusual_type(place):
    flag = place.theirs["type"]
    return flag not in TYPES and place.group.own.type.hex() == flag and place.ours["type"] == "f" and place.remarked("T")


@rules.entry("python: type 0 with a slash", "type")
def slashed_file(place):
    return (place.group.own.type == b"0" and place.theirs["type"] == "30" and place.ours["type"] == "d"
            and place.our_name().endswith(b"/") and place.remarked("T"))


@rules.entry("python: Seventh Edition directory", "type", "size", "next")
def old_directory(place):
    """Whether it is one tarfile sees from the name field, we see it from the name after all headers."""
    own = place.group.own
    return own.type == b"\0" and own.name.endswith(b"/") != place.our_name().endswith(b"/")


def sparse_sizes(group):
    sizes = [number_of(value) for key in (b"GNU.sparse.size", b"GNU.sparse.realsize") for value in texts(group, key)]
    return sizes + ([python_number(group.own.block[483:495])] if group.own.type == b"S" else [])


@rules.entry("python: sparse size", "size", "next")
def sparse_size(place):
    """The size with the holes, also when the version of the sparse format is unknown or missing. Beside a PAX size the next
    header is looked for at the wrong place."""
    keys = [key for _, key, _ in place.group.records(b"x") + global_records(place)]
    return place.theirs["size"] in sparse_sizes(place.group) and ("next" not in place.fields or b"size" in keys)


@rules.entry("python: sparse name", "name")
def sparse_name(place):
    """The name of a sparse file counts on every type and in every version."""
    names = [value.rstrip(b"/") for value in texts(place.group, b"GNU.sparse.name")]
    return place.their_name().rstrip(b"/") in names


@rules.entry("python: PAX name of a sparse file", "name")
def name_of_sparse(place):
    """Of the two names in one header the later record wins; to us, as to Go, the name of the sparse file."""
    names = [value.rstrip(b"/") for value in texts(place.group, b"path")]
    return place.remarked("S") and place.their_name().rstrip(b"/") in names


@rules.entry("python: size read otherwise", "place", "type", "name", "link", "size", "data", "next")
@rules.only_ours("python: size read otherwise")
@rules.only_theirs("python: size read otherwise")
@rules.end("python: size read otherwise")
def other_size(place):
    """A NUL ends the number, also before the first digit; blanks of all kinds, signs and "_" are allowed. The walker may
    have ended at such a header."""
    fields = [header.field("size") for header in place.group.headers()]
    fields += [place.archive[place.group.at + 124:place.group.at + 136]] if place.group.stop == "size" else []
    return any(python_number(field) not in (None, go_number(field)) for field in fields)


@rules.entry("python: padding of a GNU name", "name")
def gnu_name_padding(place):
    """The bytes up to the end of the block belong to the name, if no NUL comes before."""
    names = place.padded_texts(b"L")
    return place.their_name().rstrip(b"/") in [name.rstrip(b"/") for name in names]


@rules.entry("python: padding of a GNU name", "link")
def gnu_link_padding(place):
    return raw(place.theirs["link"]) in place.padded_texts(b"K")


@rules.entry("python: sparse map before the data", "data")
def sparse_map(place):
    map_size = place.theirs["data"] - place.ours["data"]
    is_cut = place.theirs["data"] == len(place.archive)
    return place.theirs["sparse"] and map_size > 0 and (map_size % 512 == 0 or is_cut)


@rules.entry("python: several headers", "name")
def several_names(place):
    """The first one wins; ours, as in Go, is the last PAX header, and a GNU name before all."""
    others = [header.content.split(b"\0")[0] for header in place.group.of_type(b"L")] + texts(place.group, b"path")
    others += texts(place.group, b"GNU.sparse.name")
    return len(place.group.extensions) > 1 and place.their_name().rstrip(b"/") in [text.rstrip(b"/") for text in others]


@rules.entry("python: several headers", "link")
def several_links(place):
    others = [header.content.split(b"\0")[0] for header in place.group.of_type(b"K")] + texts(place.group, b"linkpath")
    return len(place.group.extensions) > 1 and raw(place.theirs["link"]) in others


@rules.entry("python: several headers", "size", "next")
def several_sizes(place):
    return len(place.group.of_type(b"xg")) > 1 and place.theirs["size"] in map(number_of, texts(place.group, b"size"))


def given(group, key, gnu_type):
    return texts(group, key) + [header.content.split(b"\0")[0] for header in group.of_type(gnu_type)]


@rules.entry("python: empty value", "name")
def empty_name(place):
    """An empty value in an extension header counts; to us, as to Go, the header's own value stays."""
    return place.theirs["name"] == "" and b"" in given(place.group, b"path", b"L") + texts(place.group, b"GNU.sparse.name")


@rules.entry("python: empty value", "link")
def empty_link(place):
    return place.theirs["link"] == "" and b"" in given(place.group, b"linkpath", b"K")


@rules.entry("python: empty value", "size", "next")
def empty_size(place):
    return place.theirs["size"] == 0 and b"" in texts(place.group, b"size")


@rules.entry("python: global header", "name")
def global_name(place):
    """tarfile applies global headers to every entry that follows."""
    names = [value for _, key, value in global_records(place) if key in (b"path", b"GNU.sparse.name")]
    return place.their_name().rstrip(b"/") in [value.rstrip(b"/") for value in names]


@rules.entry("python: global header", "link")
def global_link(place):
    return raw(place.theirs["link"]) in [value for _, key, value in global_records(place) if key == b"linkpath"]


@rules.entry("python: global header", "size", "next", "data")
def global_size(place):
    keys = (b"size", b"GNU.sparse.size", b"GNU.sparse.realsize")
    return place.theirs["size"] in [number_of(value) for _, key, value in global_records(place) if key in keys]


@rules.entry("python: type X", "type", "name", "link", "size", "data", "next")
def solaris_header(place):
    """Solaris's name of a PAX header; to Go, and to us, an unusual type."""
    return place.group.own.type == b"X" and place.theirs["data"] > place.ours["data"] and place.remarked("T")


# ---- tarfile stops where we go on

def is_unreadable(header):
    """tarfile reads every number field, also those that nobody else looks at."""
    names = ("mode", "uid", "gid", "size", "mtime", "checksum", "devmajor", "devminor")
    return None in [python_number(header.field(name)) for name in names]


@rules.end("python: number")
@rules.only_ours("python: number")
def bad_number(place):
    """The end, without an error unless an extension header came before."""
    return (place.their_list["at"] in (0, place.group.start) and place.their_error in (None, "ReadError: invalid header")
            and any(map(is_unreadable, place.group.headers())))


@rules.only_ours("python: type X")
def bad_solaris_header(place):
    """The data of such an entry is no PAX text."""
    return place.group.own.type == b"X" and str(place.their_error).startswith(("None", "ReadError: ", "ValueError: "))


def old_map_fields(place):
    """The numbers of an old GNU sparse map, in the header and in the blocks that continue it."""
    own = place.group.own
    parts = [(own.offset + 386, 4), (own.offset + 483, 0)]
    parts += [(at, 21) for at in range(own.offset + 512, place.ours["data"], 512)]
    return [place.archive[at + 12 * i:at + 12 * i + 12] for at, pairs in parts for i in range(2 * pairs or 1)]


@rules.only_ours("python: sparse map")
def bad_old_sparse_map(place):
    return (place.group.own.type == b"S" and place.their_error in (None, "ReadError: invalid header")
            and None in map(python_number, old_map_fields(place)))


@rules.entry("python: sparse map", "place", "type", "name", "link", "size", "data", "next")
def lost_first_entry(place):
    """tarfile hides its own exception about the first entry, and goes on with the second."""
    return place.index == 0 and "place" in place.fields and has_bad_parts(place)


@rules.only_ours("python: sparse map")
def lost_only_entry(place):
    """The same, when what follows is an error: then nothing at all is listed."""
    return place.index == 0 and place.their_list["at"] > place.ours["data"] and has_bad_parts(place)


def has_bad_parts(place):
    records = place.group.records(b"x") + global_records(place)
    return not all(is_number(value) for _, key, value in records if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"))


@rules.end("python: sparse map")
@rules.only_ours("python: sparse map")
def bad_sparse_map(place):
    """An exception from the middle of tarfile, of any kind, or a silent end."""
    records = place.group.records(b"x") + global_records(place)
    if place.their_error in (None, "ReadError: invalid header"):
        return has_bad_parts(place)
    return place.their_error.startswith("ValueError: ") and any(key.startswith(b"GNU.sparse.") for _, key, _ in records)


@rules.end("python: padding of a PAX header")
@rules.only_ours("python: padding of a PAX header")
@rules.only_theirs("python: padding of a PAX header")
def pax_padding(place):
    """The bytes after the records, up to the end of the block, are read as records."""
    headers = [header for header in place.group.of_type(b"xg") if place.has_dirty_padding(header)]
    if place.theirs:
        return (place.error == "a record of a PAX header is malformed"
                and place.group.record_at(place.our_list["at"])[0] in headers)
    return bool(headers) and place.their_error in (None, "ReadError: invalid header")


# ---- we refuse the archive

@rules.end("python: stops silently")
def stops_silently(place):
    """At the very place of our error tarfile ends as if the archive did."""
    return place.error is not None and place.their_error is None and place.their_list["at"] == place.group.start


@rules.only_theirs("python: no name")
def no_name(place):
    return place.error == "a tar entry has no name" and place.group.own.name == b""


@rules.only_theirs("python: sparse type without GNU magic")
def sparse_not_gnu(place):
    return (place.error == "a sparse file in an archive that is not GNU tar's" and place.theirs["type"] == "53"
            and place.group.own.format != "gnu")


@rules.only_theirs("python: NUL ends PAX records")
def nul_in_records(place):
    return (place.error == "a record of a PAX header is malformed"
            and place.group.record_at(place.our_list["at"])[1].startswith(b"\0"))


@rules.only_theirs("python: NUL in a PAX key")
def nul_in_key(place):
    record = place.group.record_at(place.our_list["at"])[1]
    return place.error == "a record of a PAX header is malformed" and b"\0" in record.split(b"\n")[0].split(b"=")[0]


@rules.only_theirs("python: cut sparse map")
def cut_sparse_map(place):
    return (place.our_list["end"] == "truncated" and place.group.own is not None and place.group.own.type == b"S"
            and place.theirs["data"] == len(place.archive))


@rules.only_theirs("python: negative size")
def negative_size(place):
    size = python_number(place.archive[place.group.at + 124:place.group.at + 136])
    return place.error == "a tar header has a malformed size" and size is not None and size < 0


@rules.only_theirs("python: value of a PAX key")
def bad_value(place):
    return place.error == "a value in a PAX header is not valid for its key"


@rules.only_theirs("python: sparse map on what has no data")
def sparse_without_data(place):
    return place.error == "a sparse map on an entry that has no data"


@rules.end("python: extension header without entry")
def headers_without_entry(place):
    """A global header is enough for an error of tarfile, not of ours."""
    errors = ("ReadError: end of file header", "ReadError: empty header")
    return (place.group.stop in ("end", "zero") and bool(place.group.extensions) and place.error is None
            and place.their_error in errors)
