# SPDX-License-Identifier: Apache-2.0
"""Zip archives for the comparison of readers: some of each usual form, and seeded mutations of them."""
import io
import random
import struct
import warnings
import zipfile

LOCAL, CENTRAL, END, END64, LOCATOR = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7"
TEXT = b"hello hello hello hello\n"
MEMBERS = [("META-INF/", b""), ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n"), ("a/b.txt", TEXT * 4),
           ("c.bin", bytes(range(256)))]
# Where the fields of a header lie: (place, size).
FIELDS = {LOCAL: [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
          CENTRAL: [(6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (42, 4)],
          END: [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
          END64: [(4, 8), (24, 8), (32, 8), (40, 8), (48, 8)], LOCATOR: [(8, 8), (16, 4)]}


class Unseekable(io.RawIOBase):
    """Makes zipfile write data descriptors."""

    def __init__(self):
        super().__init__()
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def make(members, method, target=None, wide=False, comment=b""):
    target = target or io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name.endswith("/") else method
            with archive.open(info, "w", force_zip64=wide) as file:
                file.write(data)
        archive.comment = comment
    return target.data if isinstance(target, Unseekable) else target.getvalue()


def with_zip64_end(data):
    end = data.rindex(END)
    count, size, offset = struct.unpack_from("<10xHII", data, end)
    record = struct.pack("<4sQHHIIQQQQ", END64, 44, 45, 45, 0, 0, count, count, size, offset)
    return (data[:end] + record + struct.pack("<4sIQI", LOCATOR, 0, end, 1) +
            struct.pack("<4s4H2IH", END, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))


def bases():
    stored, deflated = make(MEMBERS, zipfile.ZIP_STORED), make(MEMBERS, zipfile.ZIP_DEFLATED)
    script = b"#!/bin/sh\nexec java -jar \"$0\"\n"
    return [stored, deflated, make(MEMBERS, zipfile.ZIP_DEFLATED, Unseekable()), make(MEMBERS, zipfile.ZIP_DEFLATED, wide=True),
            make([], zipfile.ZIP_STORED), script + deflated, make(MEMBERS, zipfile.ZIP_DEFLATED, comment=b"a comment"),
            with_zip64_end(deflated), make([("in.jar", deflated), ("last.jar", stored)], zipfile.ZIP_STORED),
            make([("a", b"1"), ("a", b"2")], zipfile.ZIP_STORED), make([("\u00e4/\u20ac", TEXT)], zipfile.ZIP_DEFLATED),
            make(MEMBERS, zipfile.ZIP_DEFLATED, Unseekable(), comment=b"PK"),
            make([(f"f{i}", b"%d" % i) for i in range(20)], zipfile.ZIP_DEFLATED)]


def places(data, signature):
    found, at = [], data.find(signature)
    while at >= 0:
        found.append(at)
        at = data.find(signature, at + 1)
    return found


def change_field(data, rng):
    """One field of one header gets another value."""
    signature = rng.choice(list(FIELDS))
    found = places(data, signature)
    if not found:
        return change_byte(data, rng)
    at, (place, size) = rng.choice(found), rng.choice(FIELDS[signature])
    if at + place + size > len(data):
        return data
    old = int.from_bytes(data[at + place:at + place + size], "little")
    most = (1 << 8 * size) - 1
    value = rng.choice([0, 1, most, old + 1, old - 1, old ^ 8, old ^ 1, old + rng.randrange(60), old - rng.randrange(60),
                        len(data), rng.randrange(len(data)), rng.randrange(most + 1)]) & most
    return data[:at + place] + value.to_bytes(size, "little") + data[at + place + size:]


def change_byte(data, rng):
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]


def cut(data, rng):
    return data[:rng.randrange(len(data))]


def cut_out(data, rng):
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(60):]


def insert(data, rng):
    """Zeros, or a piece of the archive, at the border of a header or anywhere."""
    borders = [at for signature in FIELDS for at in places(data, signature)] + [0, len(data)]
    at = rng.choice(borders) if rng.random() < 0.7 else rng.randrange(len(data) + 1)
    start = rng.choice(borders) % max(len(data), 1)
    piece = rng.choice([bytes(rng.randrange(1, 40)), data[start:start + rng.randrange(1, 120)], b"PK\5\6" + bytes(18)])
    return data[:at] + piece + data[at:]


def append_archive(data, rng):
    return data + rng.choice(bases()) if rng.random() < 0.5 else rng.choice(bases()) + data


def move_entries(data, rng):
    """The entries of the directory in another order, one of them twice or not at all; counts and sizes are mended."""
    start, end = data.find(CENTRAL), data.rfind(END)
    if start < 0 or end < start or end + 22 > len(data) or END64 in data:
        return data
    entries = [CENTRAL + part for part in data[start:end].split(CENTRAL)[1:]]
    change = rng.randrange(3)
    if change == 0:
        rng.shuffle(entries)
    elif change == 1:
        entries.append(rng.choice(entries))
    else:
        del entries[rng.randrange(len(entries))]
    directory = b"".join(entries)
    record = bytearray(data[end:])
    struct.pack_into("<HHI", record, 8, len(entries), len(entries), len(directory))
    return data[:start] + directory + bytes(record)


def name_odd(data, rng):
    """A name of the same length that leads elsewhere."""
    names = [b"a/b.txt", b"c.bin", b"in.jar"]
    old = rng.choice(names)
    new = rng.choice([b"../" + b"x" * len(old), b"/etc/" + b"x" * 9, b"a\\" + b"b" * 9, b"a\0" + b"b" * 9, b"\xff\xfe" * 9])
    count = rng.choice([1, -1])
    return data.replace(old, new[:len(old)], count)


MUTATIONS = [change_field] * 6 + [change_byte, cut, cut_out, insert, insert, append_archive, move_entries, move_entries, name_odd]


def archive(seed, index):
    rng = random.Random(f"{seed}/{index}")
    data = rng.choice(bases())
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if data:
            data = rng.choice(MUTATIONS)(data, rng)
    return data
