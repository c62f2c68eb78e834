# SPDX-License-Identifier: Apache-2.0
"""Tables of contents: the layer is what its stream says; a table that says otherwise shows other files to a runtime that
goes by it, so that the result is not complete."""
from case import case, noted
from system import DATABASE, STATUS, debian, image
from tarfile_writer import Tar
from toc_writer import chunked, entries_of, estargz, table


def files():
    return debian().dir("usr/").symlink("usr/lib64", "lib").hardlink("etc/release", "etc/os-release").bytes()


def ended():
    return files() + bytes(1024)


def honest():
    return list(entries_of(ended()))


def without_database():
    return [entry for entry in honest() if entry["name"] != STATUS]


def other_database():
    """Of the same size."""
    other = DATABASE.replace("victim", "vector").encode()
    (right,) = [entry for entry in entries_of(debian(other).end().bytes()) if entry["name"] == STATUS]
    return [right if entry["name"] == STATUS else entry for entry in honest()]


def whited_out():
    return honest() + [{"name": "var/lib/dpkg/.wh.status", "type": "reg"}]


def linked_away():
    return honest() + [{"name": STATUS, "type": "symlink", "linkName": "../../../etc/os-release"}]


def many_entries():
    return [{"name": f"f{n}", "type": "reg"} for n in range(50000)]


TABLES = {"hides the package database": without_database, "has another package database": other_database,
          "whites the package database out": whited_out, "links the package database away": linked_away,
          "has fifty thousand entries of its own": many_entries}


@case("eStargz that agrees", noted("TOC"))
def agreeing_estargz():
    return image(estargz(files(), table(honest())))


@case("zstd:chunked that agrees", noted("TOC"))
def agreeing_chunked():
    return image(chunked(ended(), table(honest())))


def register(words, entries):
    @case(f"eStargz {words}", noted("TOC", "SKIPPED"))
    def as_estargz():
        return image(estargz(files(), table(entries())))

    @case(f"zstd:chunked {words}", noted("TOC", "SKIPPED"))
    def as_chunked():
        return image(chunked(ended(), table(entries())))


for key, value in TABLES.items():
    register(key, value)


@case("eStargz with a second table behind the end of the archive", noted("TOC", "SKIPPED", may=["TRAILING"]))
def second_estargz():
    return image(estargz(files(), table(honest()), hidden=table(without_database())))


@case("zstd:chunked with a second table for the annotation", noted("TOC", "SKIPPED"))
def second_chunked():
    return image(chunked(ended(), table(honest()), hidden=table(without_database())))


@case("eStargz table of 16 MiB, which is most of the layer", noted("TOC"), seconds=20)
def large_estargz():
    return image(estargz(files(), table(honest()) + b" " * (16 << 20)))


@case("zstd:chunked table of 1 GiB", noted("TOC", "SKIPPED"), heavy=True, seconds=20)
def chunked_bomb():
    return image(chunked(ended(), [(b" " * (1 << 20), 1024)]))


@case("nested table", noted("TOC", "SKIPPED"))
def nested():
    return image(chunked(ended(), b'{"version":1,"entries":' + b"[" * 100000))


@case("eStargz inside zstd:chunked", noted("TOC"))
def both():
    stream = files() + Tar().file("stargz.index.json", table(honest())).end().bytes()
    return image(chunked(stream, table(entries_of(stream))))
