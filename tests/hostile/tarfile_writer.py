# SPDX-License-Identifier: Apache-2.0
"""Tar archives, written byte by byte, so that any header can be wrong. POSIX.1-2017 pax, and the GNU forms of tar(5).

The content of an archive is a list of runs (bytes, times), so that a gigabyte of zeros costs nothing to describe."""

BLOCK = 512
WIDTHS = {"name": (0, 100), "mode": (100, 8), "uid": (108, 8), "gid": (116, 8), "size": (124, 12), "mtime": (136, 12),
          "checksum": (148, 8), "type": (156, 1), "link": (157, 100), "magic": (257, 8), "uname": (265, 32),
          "gname": (297, 32), "devmajor": (329, 8), "devminor": (337, 8), "prefix": (345, 155)}
NUMBERS = {"mode", "uid", "gid", "size", "mtime", "devmajor", "devminor"}
USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \x00", b""


def octal(number, width):
    return b"%0*o\x00" % (width - 1, number)


def base256(number, width, negative=False):
    """The binary form: the first bit says so, the second is the sign."""
    bits = width * 8
    value = (1 << bits) - number if negative else number | 1 << (bits - 1)
    return value.to_bytes(width, "big")


def checksum(block):
    at, width = WIDTHS["checksum"]
    return sum(block[:at]) + sum(block[at + width:]) + 32 * width


def header(name, **fields):
    """One block. Numbers are written in octal; bytes are written as they are, whatever the field."""
    values = {"name": name, "mode": 0o644, "uid": 0, "gid": 0, "size": 0, "mtime": 0, "type": b"0", "magic": USTAR,
              "devmajor": 0, "devminor": 0}
    values.update(fields)
    sum_given = values.pop("checksum", None)
    block = bytearray(BLOCK)
    for field, value in values.items():
        at, width = WIDTHS[field]
        if field in NUMBERS and isinstance(value, int):
            value = octal(value, width)
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogateescape")
        if len(value) > width:
            raise ValueError(f"{field} is too long")
        block[at:at + len(value)] = value
    at, width = WIDTHS["checksum"]
    value = b"%06o\x00 " % checksum(bytes(block)) if sum_given is None else sum_given
    block[at:at + width] = value
    return bytes(block)


def padding(size):
    return bytes(-size % BLOCK)


def pax_record(key, value):
    key = key.encode() if isinstance(key, str) else key
    value = value.encode() if isinstance(value, str) else value
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def pax_data(records):
    return b"".join(pax_record(key, value) for key, value in records)


class Tar:
    """An archive under construction."""

    def __init__(self):
        self.runs = []

    def raw(self, data, times=1):
        self.runs.append((data, times))
        return self

    def file(self, name, data=b"", **fields):
        data = data.encode() if isinstance(data, str) else data
        fields.setdefault("size", len(data))
        return self.raw(header(name, **fields) + data + padding(len(data)))

    def zeros(self, name, size, **fields):
        """A file of zeros; size is a multiple of 1 MiB."""
        self.raw(header(name, size=size, **fields))
        return self.raw(bytes(1 << 20), size >> 20)

    def dir(self, name, **fields):
        return self.raw(header(name, type=b"5", mode=0o755, **fields))

    def symlink(self, name, target, **fields):
        return self.raw(header(name, type=b"2", link=target, **fields))

    def hardlink(self, name, target, **fields):
        return self.raw(header(name, type=b"1", link=target, **fields))

    def pax(self, *records, kind=b"x", **fields):
        return self.file("PaxHeaders/0", pax_data(records), type=kind, **fields)

    def gnu(self, kind, text, **fields):
        """A GNU header: b"L" is a long name, b"K" a long link."""
        return self.file("././@LongLink", text + b"\x00", type=kind, magic=GNU, **fields)

    def end(self, blocks=2):
        return self.raw(bytes(BLOCK * blocks))

    def bytes(self):
        return b"".join(data * times for data, times in self.runs)
