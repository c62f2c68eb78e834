# SPDX-License-Identifier: Apache-2.0
"""Batches of archives as tar_batch.c writes them, and listings: one line of JSON for each archive."""
import json
import struct


def read_archives(path):
    with open(path, "rb") as file:
        while length := file.read(4):
            yield file.read(struct.unpack("<I", length)[0])


def write_archives(path, archives):
    with open(path, "wb") as file:
        for archive in archives:
            file.write(struct.pack("<I", len(archive)) + archive)


def read_listing(path):
    with open(path, encoding="ascii") as file:
        for line in file:
            yield json.loads(line)


def write_listing(path, listings):
    with open(path, "w", encoding="ascii") as file:
        for listing in listings:
            file.write(json.dumps(listing) + "\n")
