# SPDX-License-Identifier: Apache-2.0
"""The headers of one entry in an archive, for the rules that explain differences: its own header and the extension
headers before it, cut up as docs/tar-rules.md says, and numbers as each reader understands them."""
import dataclasses

BLOCK = 512
EXTENSIONS = b"xgLK"
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# where and how wide the numbers of a header are
FIELDS = {"mode": (100, 8), "uid": (108, 8), "gid": (116, 8), "size": (124, 12), "mtime": (136, 12), "checksum": (148, 8),
          "devmajor": (329, 8), "devminor": (337, 8)}


def padded(size):
    return (size + BLOCK - 1) // BLOCK * BLOCK


def go_number(field):
    """As Go's archive/tar; None: malformed."""
    if field[:1] >= b"\x80":
        value = int.from_bytes(field, "big") & ((1 << (len(field) * 8 - 1)) - 1)
        if field[0] & 0x40:
            value -= 1 << (len(field) * 8 - 1)
        return value if -(1 << 63) <= value < 1 << 63 else None
    digits = field.strip(b" \0").split(b"\0")[0]
    if not all(digit in b"01234567" for digit in digits):
        return None
    return int(digits or b"0", 8)


def python_number(field):
    """As tarfile; None: malformed."""
    if field[0] in (0x80, 0xff):
        value = int.from_bytes(field[1:], "big")
        return value - (256 ** (len(field) - 1) if field[0] == 0xff else 0)
    try:
        return int(field.split(b"\0")[0].decode("ascii").strip() or "0", 8)
    except ValueError:
        return None


def base64_number(text):
    """Of old versions of GNU tar."""
    value = 0
    for digit in text[1:]:
        if digit not in BASE64:
            break
        value = value << 6 | BASE64.index(digit)
    return -value if text[:1] == b"-" else value


def gnu_number(field):
    """As GNU tar; None: malformed. One NUL in front is a slip of old writers; after it a NUL ends the number."""
    text = field[1:] if field[:1] == b"\0" else field
    text = text.lstrip(b" \t\n\v\f\r")
    if text[:1] in (b"\x80", b"\xff") and len(text) > 1:
        return go_number(text)
    if text[:1] in (b"+", b"-"):
        return base64_number(text)
    digits = text[:len(text) - len(text.lstrip(b"01234567"))]
    rest = text[len(digits):]
    if not text or rest[:1] not in (b"", b"\0", b" ", b"\t", b"\n", b"\v", b"\f", b"\r"):
        return None
    return int(digits or b"0", 8)


def checksum_of(block, signed=False):
    return sum(byte - 256 if signed and byte > 127 else byte for byte in block[:148] + b" " * 8 + block[156:])


@dataclasses.dataclass
class Header:
    offset: int
    block: bytes
    content: bytes = b""  # of an extension header

    def field(self, name):
        at, width = FIELDS[name]
        return self.block[at:at + width]

    def number(self, name):
        return go_number(self.field(name))

    def text(self, at, width):
        return self.block[at:at + width].split(b"\0")[0]

    @property
    def type(self):
        return self.block[156:157]

    @property
    def name(self):
        return self.text(0, 100)

    @property
    def prefix(self):
        return self.text(345, 155)

    @property
    def format(self):
        magic = self.block[257:265]
        if magic[:6] == b"ustar\0":
            return "star" if self.block[508:512] == b"tar\0" else "ustar"
        return "gnu" if magic == b"ustar  \0" else "v7"

    def has_checksum(self):
        return self.number("checksum") in (checksum_of(self.block), checksum_of(self.block, signed=True))

    def records(self):
        """The PAX records (offset in the archive, key, value) up to the first malformed one."""
        found, at = [], 0
        while at < len(self.content):
            rest = self.content[at:]
            digits, blank, _ = rest.partition(b" ")
            length = int(digits) if digits.isdigit() else 0
            key, equals, value = rest[len(digits) + 1:max(length - 1, 0)].partition(b"=")
            if not (blank and equals and key) or length > len(rest) or rest[length - 1:length] != b"\n":
                break
            found.append((self.offset + BLOCK + at, key, value))
            at += length
        return found


@dataclasses.dataclass
class Group:
    """From `start` on: extension headers, and the header of the entry, or None and why there is none."""
    start: int
    extensions: list
    own: Header = None
    stop: str = "entry"  # or: end, zero, lone zero, cut, checksum, size
    at: int = 0          # where it stopped

    def headers(self):
        return self.extensions + ([self.own] if self.own else [])

    def of_type(self, types):
        return [header for header in self.extensions if header.type in types]

    def records(self, types=b"xg"):
        return [record for header in self.extensions if header.type in types for record in header.records()]

    def values(self, key, types=b"x"):
        return [value for _, name, value in self.records(types) if name == key]

    def record_at(self, offset):
        """The extension header in which the offset lies, and its content from there on."""
        for header in self.extensions:
            begin = header.offset + BLOCK
            if begin <= offset < begin + len(header.content):
                return header, header.content[offset - begin:]
        return None, b""

    def last_x(self):
        """Records of the extension header that Go applies: the last one, unless a global header follows it."""
        for header in reversed(self.extensions):
            if header.type in b"xg":
                return header.records() if header.type == b"x" else []
        return []


def read_group(archive, start):
    group = Group(start, [])
    at = start
    while True:
        block = archive[at:at + BLOCK]
        header = Header(at, block)
        group.at = at
        if len(block) < BLOCK:
            group.stop = "cut" if block else "end"
        elif not any(block):
            following = archive[at + BLOCK:at + 2 * BLOCK]
            group.stop = "lone zero" if any(following) or 0 < len(following) < BLOCK else "zero"
        elif not header.has_checksum():
            group.stop = "checksum"
        elif header.number("size") is None or header.number("size") < 0:
            group.stop = "size"
        elif header.type in EXTENSIONS:
            size = header.number("size")
            header.content = archive[at + BLOCK:at + BLOCK + size]
            group.extensions.append(header)
            at += BLOCK + padded(size)
            if at <= len(archive):
                continue
            group.stop = "cut"
        else:
            group.own = header
        return group
