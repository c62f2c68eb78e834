# SPDX-License-Identifier: Apache-2.0
"""gzip members (RFC 1952) and zstd frames (RFC 8878), written field by field over runs (bytes, times); xz and bzip2
streams from Python's modules, and damage to their fields."""
import bz2
import lzma
import struct
import zlib

FHCRC, FEXTRA, FNAME, FCOMMENT = 2, 4, 8, 16
ZSTD_MAGIC, SKIPPABLE_MAGIC = 0xFD2FB528, 0x184D2A50
ZSTD_BLOCK = 128 * 1024


def runs_of(data):
    return [(data, 1)] if isinstance(data, (bytes, bytearray)) else data


def deflate(runs, level=6):
    """Raw deflate. A run that repeats is compressed once: a full flush makes its blocks independent."""
    out = []
    for data, times in runs:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        out.append((packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)) * times)
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return b"".join(out) + packer.flush()


def gzip_header(flags=0, extra=None, name=None, comment=None, header_crc=None, method=8, magic=b"\x1f\x8b"):
    out = magic + struct.pack("<BBIBB", method, flags | (FEXTRA if extra is not None else 0) |
                              (FNAME if name is not None else 0) | (FCOMMENT if comment is not None else 0) |
                              (FHCRC if header_crc is not None else 0), 0, 0, 255)
    if extra is not None:
        out += struct.pack("<H", len(extra)) + extra
    if name is not None:
        out += name + b"\x00"
    if comment is not None:
        out += comment + b"\x00"
    if header_crc is not None:
        out += struct.pack("<H", zlib.crc32(out) & 0xFFFF if header_crc is True else header_crc)
    return out


def gzip(data, crc=None, size=None, level=6, **fields):
    """One member. crc and size replace the trailer's when they are given."""
    runs = runs_of(data)
    right_crc, right_size = 0, 0
    for part, times in runs:
        right_size += len(part) * times
        for _ in range(times):
            right_crc = zlib.crc32(part, right_crc)
    trailer = struct.pack("<II", right_crc if crc is None else crc, (right_size if size is None else size) % (1 << 32))
    return gzip_header(**fields) + deflate(runs, level) + trailer


def zstd_block(kind, size, last):
    return struct.pack("<I", size << 3 | kind << 1 | last)[:3]


def zstd_blocks(runs, empty_end=True):
    """Raw blocks; runs of one byte value become blocks of type RLE, four bytes for 128 KiB. The last one is empty, or
    the last that has bytes."""
    pieces = []
    for data, times in runs:
        if data == data[:1] * len(data) and len(data) % ZSTD_BLOCK == 0 and data:
            pieces.append((zstd_block(1, ZSTD_BLOCK, 0) + data[:1]) * (len(data) // ZSTD_BLOCK * times))
            continue
        whole = data * times
        for at in range(0, len(whole), ZSTD_BLOCK):
            part = whole[at:at + ZSTD_BLOCK]
            pieces.append(zstd_block(0, len(part), 0) + part)
    if empty_end:
        return b"".join(pieces) + zstd_block(0, 0, 1)
    return b"".join(pieces[:-1]) + bytes([pieces[-1][0] | 1]) + pieces[-1][1:]


def zstd(data, window_log=17, content_size=None, dictionary=None, checksum=None, empty_end=True):
    """One frame. window_log 10 to 41; checksum: four bytes, right or wrong; content_size may lie."""
    flags = (0 if content_size is None else 0xC0) | (4 if checksum is not None else 0) | (3 if dictionary else 0)
    out = struct.pack("<IBB", ZSTD_MAGIC, flags, (window_log - 10) << 3)
    if dictionary:
        out += struct.pack("<I", dictionary)
    if content_size is not None:
        out += struct.pack("<Q", content_size)
    return out + zstd_blocks(runs_of(data), empty_end) + (checksum or b"")


def skippable(data, number=0):
    return struct.pack("<II", SKIPPABLE_MAGIC + number, len(data)) + data


def xz(data, check=lzma.CHECK_CRC64, filters=None, dictionary=1 << 20):
    """A stream of one block for each run, repeated as often as the run."""
    filters = (filters or []) + [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": dictionary}]
    return b"".join(lzma.compress(part, check=check, filters=filters) * times for part, times in runs_of(data))


def xz_changed(blob, at, value):
    """Sets the byte there, from the start or from the end, and makes the checksums of the frame fit: those of the stream
    header, the first block header (12 bytes, as xz() writes it), the index and the footer."""
    blob = bytearray(blob)
    end = len(blob)
    index = end - 12 - 4 * (struct.unpack_from("<I", blob, end - 8)[0] + 1)
    blob[at] = value
    for first, size, crc in ((6, 2, 8), (12, 8, 20), (index, end - 16 - index, end - 16), (end - 8, 6, end - 12)):
        struct.pack_into("<I", blob, crc, zlib.crc32(bytes(blob[first:first + size])))
    return bytes(blob)


def bzip2(data, level=9):
    """A stream for each run, repeated as often as the run."""
    return b"".join(bz2.compress(part, level) * times for part, times in runs_of(data))
