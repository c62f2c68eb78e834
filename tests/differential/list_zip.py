# SPDX-License-Identifier: Apache-2.0
"""list_zip.py READER ARCHIVES LISTING: what Python's zipfile or unzip -v lists of each archive of a batch."""
import io
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
import zlib

from tar_archives import read_archives, write_listing

READ_MOST = 1 << 20
ROW = re.compile(rb"^ *(\d+)  (\S+) +(\d+) +-?\d+% \S+ \S+ ([0-9a-f]{8})  (.*)$")


def content(archive, info):
    try:
        with archive.open(info) as file:
            data = file.read(READ_MOST)
        return {"read": len(data), "sum": zlib.crc32(data)}
    except Exception:  # zipfile raises many kinds
        return {"read": -1, "sum": 0}


def raw_name(info):
    encoding = "utf-8" if info.flag_bits & 0x800 else "cp437"
    return info.orig_filename.encode(encoding, "surrogateescape").hex()


def list_python(data):
    members = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                members.append({"name": raw_name(info), "size": info.file_size, "packed": info.compress_size,
                                "crc": info.CRC, "method": info.compress_type} | content(archive, info))
        return {"members": members, "end": "ok"}
    except Exception as error:
        return {"members": members, "end": f"{type(error).__name__}: {error}"}


def list_unzip(data):
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(data)
        file.flush()
        run = subprocess.run(["unzip", "-v", file.name], capture_output=True, check=False, env={"LC_ALL": "C"}, timeout=20)
    members = []  # status 1: a warning
    for line in run.stdout.split(b"\n"):
        row = ROW.match(line)
        if row:
            members.append({"name": row[5].hex(), "size": int(row[1]), "packed": int(row[3]), "crc": int(row[4], 16)})
    return {"members": members, "end": "ok" if run.returncode <= 1 else f"status {run.returncode}"}


def main():
    warnings.simplefilter("ignore")
    reader = {"python": list_python, "unzip": list_unzip}[sys.argv[1]]
    write_listing(sys.argv[3], map(reader, read_archives(sys.argv[2])))


main()
