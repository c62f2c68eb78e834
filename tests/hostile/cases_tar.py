# SPDX-License-Identifier: Apache-2.0
"""Tar: headers that lie, extension headers that contradict each other, and everything that makes readers disagree."""
from case import case, complete, error, noted
from image_writer import Layer
from system import DATABASE, OS_RELEASE, STATUS, VICTIM, base, debian, image, stanza
from tarfile_writer import BLOCK, GNU, V7, Tar, base256, checksum, header, padding, pax_data, pax_record

HIDDEN = stanza("hidden", "9-9")


@case("plain", complete("victim=1.2.3-4", "base-files"))
def plain():
    return image(debian())


@case("seventh edition headers", complete("victim"))
def seventh_edition():
    tar = Tar().file("etc/os-release", OS_RELEASE, magic=V7, type=b"\x00")
    return image(tar.file(STATUS, DATABASE, magic=V7, type=b"\x00"))


@case("signed checksum of old writers", complete("victim"))
def signed_checksum():
    name = "etc/caf\u00e9"
    block = header(name)
    signed = checksum(block) - 256 * sum(b > 127 for b in block)
    return image(debian().raw(header(name, checksum=b"%06o\x00 " % signed)))


@case("wrong checksum hides the rest", error("CHECKSUM"))
def wrong_checksum():
    return image(debian().file("a", "x", checksum=b"000001\x00 ").file("b", "y"))


@case("first header is no tar", error("FORMAT"))
def not_tar():
    return image(base(), Layer(b"this is no archive at all".ljust(4 * BLOCK, b".")))


@case("empty archive of zero bytes", error("TRUNCATED", "FORMAT"))
def no_bytes():
    return image(base(), Layer(b""))


@case("archive of two zero blocks", complete("victim"))
def only_the_end():
    return image(base(), Tar())


@case("no end mark", complete("victim"), noted("TRAILING"))
def no_end_mark():
    return image(Layer(debian()))


@case("lone zero block, then the database", error("FORMAT"))
def lone_zero_block():
    tar = Tar().file("etc/os-release", OS_RELEASE).raw(bytes(BLOCK)).file(STATUS, DATABASE)
    return image(tar)


@case("members after the end mark", noted("TRAILING", hasnot=["hidden"]))
def after_the_end():
    return image(debian().end().file("var/lib/dpkg/status.d/hidden", HIDDEN))


@case("cut inside a header", error("TRUNCATED"))
def cut_in_header():
    return image(Layer(debian().bytes() + header("usr/bin/x")[:300]))


@case("cut inside data", error("TRUNCATED"))
def cut_in_data():
    return image(Layer(debian().bytes() + header("usr/bin/x", size=5000) + b"x" * 700))


@case("cut inside padding", error("TRUNCATED"))
def cut_in_padding():
    return image(Layer(debian().bytes() + header("usr/bin/x", size=10) + b"x" * 10))


@case("negative base-256 size moves back", error("FORMAT"))
def negative_size():
    return image(debian().raw(header("a", size=base256(1024, 12, negative=True))).file("b", "y"))


@case("base-256 size over 2^63", error("FORMAT"))
def huge_size():
    return image(debian().raw(header("a", size=base256(1 << 64, 12))))


@case("size of 8 EiB announced", error("TRUNCATED", "LIMIT"))
def announced_size():
    return image(debian().raw(header("a", size=base256((1 << 63) - 1, 12))))


@case("size of the database announced as 200 GiB", error("TRUNCATED", "LIMIT"))
def announced_database():
    tar = Tar().file("etc/os-release", OS_RELEASE)
    return image(Layer(tar.bytes() + header(STATUS, size=base256(200 << 30, 12)) + DATABASE.encode()))


@case("base-256 size of the database", complete("victim"))
def binary_size():
    data = DATABASE.encode()
    tar = Tar().file("etc/os-release", OS_RELEASE)
    return image(tar.raw(header(STATUS, size=base256(len(data), 12)) + data + padding(len(data))))


@case("size with letters", error("FORMAT"))
def letters_in_size():
    return image(debian().raw(header("a", size=b"00000zz0000\x00")))


@case("size in octal of twelve digits without end", complete("victim"))
def twelve_digits():
    data = DATABASE.encode()
    tar = Tar().file("etc/os-release", OS_RELEASE)
    return image(tar.raw(header(STATUS, size=b"%012o" % len(data)) + data + padding(len(data))))


@case("malformed mode, ids and times", complete("victim", may=["TYPE"]))
def odd_numbers():
    return image(debian().file("a", "x", mode=b"rwxrwxr\x00", uid=b"-1     \x00", gid=base256(1, 8, negative=True),
                               mtime=b"yesterday\x00\x00\x00"))


# --- PAX


@case("PAX size larger than the header's", noted("PAX", hasnot=["hidden"]))
def pax_size_larger():
    """Who believes the header sees a database inside the data of the file."""
    inner = Tar().file("var/lib/dpkg/status.d/hidden", HIDDEN).bytes()
    tar = debian().pax(("size", str(len(inner))))
    return image(tar.raw(header("usr/share/data", size=0) + inner))


@case("PAX size smaller than the header's", noted("PAX", "DB_MULTIPLE", has=["victim", "shown"]))
def pax_size_smaller():
    """Who believes the header skips the database."""
    inner = Tar().file("var/lib/dpkg/status.d/shown", stanza("shown")).bytes()
    tar = debian().pax(("size", "0"))
    return image(tar.raw(header("usr/share/data", size=len(inner)) + inner))


@case("PAX size that is no number", error("FORMAT"))
def pax_size_text():
    return image(debian().pax(("size", "0x10")).file("a", "x"))


@case("PAX size over 2^63", error("FORMAT"))
def pax_size_huge():
    return image(debian().pax(("size", str(1 << 64))).file("a", "x"))


@case("PAX path names the database", complete("victim"))
def pax_path():
    return image(Tar().file("etc/os-release", OS_RELEASE).pax(("path", STATUS)).file("usr/share/nothing", DATABASE))


@case("PAX path twice, the last counts", noted("PAX"))
def pax_path_twice():
    tar = Tar().file("etc/os-release", OS_RELEASE)
    return image(tar.pax(("path", "usr/share/other"), ("path", STATUS)).file("x", DATABASE))


@case("two PAX headers for one entry", noted("PAX"))
def pax_twice():
    tar = Tar().file("etc/os-release", OS_RELEASE)
    return image(tar.pax(("path", "usr/share/other")).pax(("path", STATUS)).file("x", DATABASE))


@case("global PAX path does not rename", noted("PAX"))
def pax_global():
    return image(Tar().pax(("path", "usr/share/renamed"), kind=b"g").file("etc/os-release", OS_RELEASE)
                 .file(STATUS, DATABASE))


@case("PAX record longer than the header", error("FORMAT"))
def pax_length_past_end():
    return image(debian().file("x", b"999 path=a\n", type=b"x").file("a", "x"))


@case("PAX record of length 0", error("FORMAT"))
def pax_length_zero():
    return image(debian().file("x", b"0 path=a\n", type=b"x").file("a", "x"))


@case("PAX record without newline", error("FORMAT"))
def pax_no_newline():
    return image(debian().file("x", pax_record("path", "aa")[:-1] + b"b", type=b"x").file("a", "x"))


@case("PAX record of length 2^64+12", error("FORMAT"))
def pax_length_wraps():
    return image(debian().file("x", b"18446744073709551628 path=a\n", type=b"x").file("a", "x"))


@case("PAX path with NUL", error("FORMAT"))
def pax_nul():
    return image(debian().pax(("path", b"usr/a\x00b")).file("a", "x"))


@case("bytes behind the PAX records", error("FORMAT"))
def pax_garbage():
    return image(debian().file("x", pax_data([("mtime", "1")]) + b"garbage", type=b"x").file("a", "x"))


@case("PAX header that no entry follows", error("FORMAT"))
def pax_alone():
    return image(debian().pax(("path", "a")))


@case("PAX header of 8 MiB", error("LIMIT"))
def pax_large():
    return image(debian().pax(("comment", "x" * (8 << 20))).file("a", "x"))


@case("PAX header of nearly 1 MiB", complete("victim"))
def pax_nearly_large():
    return image(debian().pax(("comment", "x" * ((1 << 20) - 40))).file("a", "x"))


@case("unknown PAX keys and times of any form", complete("victim"))
def pax_unknown():
    return image(debian().pax(("mtime", "never"), ("VENDOR.key", "\x01\x02"), ("hdrcharset", "BINARY")).file("a", "x"))


# --- GNU


@case("GNU long name names the database", complete("victim"))
def gnu_long_name():
    return image(Tar().file("etc/os-release", OS_RELEASE).gnu(b"L", STATUS.encode()).file("x", DATABASE, magic=GNU))


@case("GNU long name and PAX path disagree", noted("PAX"))
def gnu_and_pax():
    tar = Tar().file("etc/os-release", OS_RELEASE).pax(("path", "usr/share/other")).gnu(b"L", STATUS.encode())
    return image(tar.file("x", DATABASE, magic=GNU))


@case("ten thousand long names before one entry", complete("victim"), noted("PAX"), error("LIMIT"))
def gnu_many_long_names():
    return image(debian().raw(Tar().gnu(b"L", b"usr/share/x").bytes(), 10000).file("y", "", magic=GNU))


@case("GNU long name of 16 MiB", error("LIMIT"))
def gnu_large_name():
    return image(debian().gnu(b"L", b"n" * (16 << 20)).file("y", "", magic=GNU))


@case("name of 4 KiB and one byte", noted("SKIPPED"), error("LIMIT"))
def long_name():
    name = "/".join(["d" * 100] * 41)
    return image(debian().pax(("path", name)).file("y", "z"))


@case("old GNU sparse database", noted("SKIPPED", "TYPE", "DB_PARTIAL", has=[]), error("UNSUPPORTED", "FORMAT"))
def gnu_sparse():
    sparse = bytearray(header(STATUS, type=b"S", magic=GNU, size=512))
    sparse[386:410] = b"00000000000\x0000000001000\x00"
    sparse[483:495] = b"00000001000\x00"
    sparse[148:156] = b"%06o\x00 " % checksum(bytes(sparse))
    return image(Tar().file("etc/os-release", OS_RELEASE).raw(bytes(sparse) + DATABASE.encode().ljust(512, b"\n")))


@case("sparse map that goes on for ever", error("FORMAT", "LIMIT", "TRUNCATED"))
def gnu_sparse_map():
    sparse = bytearray(header("a", type=b"S", magic=GNU, size=0))
    sparse[482] = 1
    sparse[148:156] = b"%06o\x00 " % checksum(bytes(sparse))
    part = bytearray(BLOCK)
    part[504] = 1
    return image(debian().raw(bytes(sparse)).raw(bytes(part), 4096))


@case("PAX sparse file names itself the database",
      noted("SKIPPED", "DB_PARTIAL", has=[], may=["TYPE", "PAX"]), error("UNSUPPORTED", "FORMAT"))
def pax_sparse():
    tar = Tar().file("etc/os-release", OS_RELEASE)
    tar.pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", STATUS),
            ("GNU.sparse.realsize", "4096"))
    return image(tar.file("GNUSparseFile.0/x", b"1\n0\n4096\n".ljust(512, b"\x00") + DATABASE.encode()))


# --- types


@case("unknown type holds the database", noted("TYPE"))
def unknown_type():
    return image(Tar().file("etc/os-release", OS_RELEASE).file(STATUS, DATABASE, type=b"Z"))


@case("contiguous file holds the database", noted("TYPE"))
def contiguous():
    return image(Tar().file("etc/os-release", OS_RELEASE).file(STATUS, DATABASE, type=b"7"))


@case("symbolic link with data", noted("TYPE", "DB_MULTIPLE", has=["victim", "shown"]))
def link_with_data():
    """A reader that skips the data of links skips the database inside."""
    inner = Tar().file("var/lib/dpkg/status.d/shown", stanza("shown")).bytes()
    return image(debian().raw(header("usr/l", type=b"2", link="x", size=len(inner)) + inner))


@case("directory with data", noted("TYPE", "DB_MULTIPLE", has=["victim", "shown"]))
def directory_with_data():
    inner = Tar().file("var/lib/dpkg/status.d/shown", stanza("shown")).bytes()
    return image(debian().raw(header("usr/d/", type=b"5", size=len(inner)) + inner))


@case("database name with a slash at its end", noted("TYPE", has=["victim"], may=["DB_PARTIAL"]))
def slash_at_end():
    return image(Tar().file("etc/os-release", OS_RELEASE).file(STATUS + "/", DATABASE))


@case("database is a FIFO", noted("DB_PARTIAL", has=[], may=["TYPE"]))
def fifo():
    return image(Tar().file("etc/os-release", OS_RELEASE).raw(header(STATUS, type=b"6")))


# --- names


@case("names with dot, double and leading slashes", noted("PATH"))
def odd_slashes():
    return image(Tar().file("./etc//os-release", OS_RELEASE).file("/./var///lib/dpkg/./status", DATABASE))


@case("names that climb out of the root", noted("PATH"))
def climbing():
    return image(Tar().file("../../etc/os-release", OS_RELEASE).file("a/../../../" + STATUS, DATABASE))


@case("name that is all dots", complete("victim", may=["PATH", "TYPE"]), noted("TYPE", may=["PATH"]))
def only_dots():
    return image(debian().file("./.", "x").file("..", "y").dir("./").dir("/"))


@case("control characters and broken UTF-8 in names", noted("NAME"))
def control_names():
    tar = debian()
    for name in (b"usr/\x1b[2J\x1b]52;c;AAAA\x07", b"usr/\xff\xfe", b"usr/\r\n\t", "usr/\u202egnp.exe".encode(),
                 "usr/\u009b31m".encode(), b"usr/\x7f"):
        tar.raw(header(name.decode("utf-8", "surrogateescape")))
    return image(tar)


@case("empty name", error("FORMAT"))
def empty_name():
    return image(debian().file("", "x"))


@case("component of 5000 bytes", complete("victim", may=["SKIPPED"]), error("LIMIT"))
def long_component():
    return image(debian().gnu(b"L", b"usr/" + b"n" * 5000).file("y", "", magic=GNU))


@case("directory of 600 levels", noted("SKIPPED"), error("LIMIT"))
def deep_directory():
    return image(debian().pax(("path", "/".join("d" * 600))).file("y", "z"))


@case("thirty thousand nested entries", complete("victim", may=["SKIPPED"]))
def deep_tree():
    tar = debian()
    for depth in range(1, 300):
        tar.pax(("path", "/".join(["d"] * depth)), ("mtime", "1")).raw(Tar().dir("y").bytes())
    return image(tar.raw(Tar().file("usr/share/same", "").bytes(), 30000))


@case("prefix and name together are the database", complete("victim"))
def prefix():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("dpkg/status", DATABASE, prefix="var/lib"))


@case("name field without a NUL", complete("victim"))
def full_name():
    return image(debian().file("u" * 100, "x"))


@case("database name in capitals is another file", noted("NO_PACKAGES", has=[], hasnot=["victim"], may=["OS"]))
def capitals():
    return image(Tar().file("etc/os-release", OS_RELEASE).file("var/lib/dpkg/STATUS", DATABASE))


@case("fifty thousand entries", complete("victim"), heavy=True, seconds=20)
def many_entries():
    tar = debian()
    return image(Layer(tar.raw(b"".join(header(f"usr/share/{n:x}") for n in range(50000))).end(), "gzip"))


@case("database twice in one layer", noted("DUPLICATE", has=["second"], hasnot=["first"]))
def file_twice():
    tar = Tar().file("etc/os-release", OS_RELEASE).file(STATUS, stanza("first"))
    return image(tar.file(STATUS, stanza("second")))


@case("database twice, as ./ and without", noted("DUPLICATE", has=["second"], hasnot=["first"]))
def file_twice_dotted():
    tar = Tar().file("etc/os-release", OS_RELEASE).file("./" + STATUS, stanza("first"))
    return image(tar.file(STATUS, stanza("second")))


@case("end mark of one block", complete("victim"), noted("TRAILING"))
def one_end_block():
    return image(Layer(debian().end(1)))


@case("megabytes of zeros after the end", complete("victim"))
def long_end():
    return image(Layer(debian().end(20000), "gzip"))


@case("victim listed under a name of PAX binary bytes", noted("NAME"))
def pax_binary_name():
    return image(debian().pax(("path", b"usr/\xc3\x28\xa0\xa1")).file("y", VICTIM))
