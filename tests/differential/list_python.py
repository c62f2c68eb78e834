# SPDX-License-Identifier: Apache-2.0
"""list_python.py ARCHIVES LISTING: what Python's tarfile lists of each archive of a batch, and where and how it stops.

"next" is where it looks for the header after the entry. It may go backwards (a negative size): then it is stopped, for it
would never end."""
import io
import sys
import tarfile

from tar_archives import read_archives, write_listing


def describe(member, following):
    raw = lambda text: text.encode("utf-8", "surrogateescape").hex()
    return {"type": member.type.hex(), "name": raw(member.name), "link": raw(member.linkname), "size": member.size,
            "header": member.offset, "data": member.offset_data, "next": following, "sparse": member.sparse is not None}


def show(archive):
    """Stops without an error at a bad header: "ok" says how it ended, "at" where."""
    entries, end, reader = [], "ok", None
    source = io.BytesIO(archive)
    try:
        reader = tarfile.open(fileobj=source, mode="r:", encoding="utf-8", errors="surrogateescape")
        member = reader.next()
        while member is not None:
            entries.append(describe(member, reader.offset))
            if reader.offset <= (entries[-2]["next"] if len(entries) > 1 else 0):
                end = "goes backwards"
                break
            member = reader.next()
    except Exception as problem:  # tarfile lets ValueError, IndexError, OverflowError and others through
        end = f"{type(problem).__name__}: {problem}"
    return {"entries": entries, "end": end, "at": reader.offset if reader else 0}


def main():
    write_listing(sys.argv[2], map(show, read_archives(sys.argv[1])))


if __name__ == "__main__":
    main()
