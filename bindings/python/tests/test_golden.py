# SPDX-License-Identifier: Apache-2.0
"""Does what tests/golden/golden.c does, through this binding, and compares the files byte by byte."""
import dataclasses
import io
import json
import os
import unittest

import imgassure
from imgassure import errors

from support import CASES, FEED_DATE, GOLDEN, INPUTS, NOW, OUT, Once


def collect(path):
    with imgassure.Image.open(path) as image:
        return image.collect()


def line(**members):
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"


def dump(file, what, rows):
    for row in rows:
        file.write(line(row=what, **{name: plain(value) for name, value in dataclasses.asdict(row).items()}))


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    return int(value) if isinstance(value, bool) else value


def rows_image(file, image):
    dump(file, "image", [image.info])
    dump(file, "layer", image.layers())
    dump(file, "config", [image.config])
    for of in imgassure.ConfigList:
        dump(file, f"config-list-{of}", image.config_values(of))
    dump(file, "history", image.history())


def rows_inventory(file, inventory):
    file.write(line(row="inventory", id=inventory.id, complete=inventory.complete))
    dump(file, "image", [inventory.image])
    dump(file, "distro", [inventory.distro])
    dump(file, "layer", inventory.layers())
    dump(file, "package", inventory.packages())
    for package in range(len(inventory.packages())):
        for path in inventory.files(package):
            file.write(line(row="file", package=package, path=path))
    for package in range(len(inventory.packages())):
        for name, value in inventory.properties(package).items():
            file.write(line(row=f"property-{package}", name=name, value=value))
        dump(file, f"cpe-{package}", inventory.cpes(package))
    dump(file, "executable", inventory.executables())
    file.write(line(row="executables", count=len(inventory.executables()), unowned=inventory.unowned_count))
    dump(file, "inventory-note", inventory.notes())


def rows_findings(file, findings):
    database = findings.database
    file.write(line(row="database", id=database.id, complete=True))
    dump(file, "feed", database.feeds())
    dump(file, "coverage", database.coverage())
    file.write(line(row="findings", id=findings.inventory.id, complete=findings.complete))
    dump(file, "finding", findings.findings())
    dump(file, "findings-note", findings.notes())


def rows_verdict(file, verdict):
    rows_findings(file, verdict.findings)
    file.write(line(row="verdict", id=verdict.result.label, complete=True))
    dump(file, "item", verdict.items())
    dump(file, "exception", verdict.exceptions())


def rows_odd(file, inventory):
    with imgassure.DatabaseWriter() as writer:
        writer.add("odd.json", name="odd", as_of=FEED_DATE)
        dump(file, "writer-note", writer.notes())
        with imgassure.Database.open(writer.finish()) as database:
            rows_findings(file, imgassure.match(inventory, database))


def gate():
    with imgassure.Database.open("advisories.db") as database, imgassure.Policy.read("policy.yaml") as policy:
        return imgassure.gate("docker.tar", database=database, policy=policy, now=NOW)


def do_case(operation, name, extra, limits):
    context = imgassure.Context(limits={k: int(v) for k, v in [limits.split("=")]} if limits else None)
    options = dict([extra.split("=")]) if "=" in extra else {}
    if operation.startswith("compare-"):
        imgassure.compare(operation[len("compare-"):], name, extra)
    elif operation == "database":
        imgassure.Database.open(name, context=context).close()
    elif operation == "feed":
        imgassure.DatabaseWriter(context=context).add(name, name="feed")
    elif operation == "policy":
        imgassure.Policy.read(name, context=context).close()
    elif operation == "inventory":
        imgassure.Inventory.read(name, context=context).close()
    else:
        do_image(context, operation, name, options)


def do_image(context, operation, name, options):
    if operation == "open-source":
        with open(name, "rb") as file:
            imgassure.Image.open(file, context=context, **options).close()
        return
    image = imgassure.Image.open(name, context=context, **options)
    if operation == "open":
        return
    inventory = image.collect(context=context)
    if operation == "match":
        imgassure.match(inventory, imgassure.Database.open("advisories.db", context=context), context=context)


def error_line(case, columns):
    try:
        do_case(*columns)
    except errors.Error as e:
        return line(case=case, code=e.code, name=e.name, message=e.message, where=e.where, offset=e.offset)
    return line(case=case, code=0, name="ok", message="", where="", offset=-1)


class Golden(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.before = os.getcwd()
        os.chdir(INPUTS)

    @classmethod
    def tearDownClass(cls):
        os.chdir(cls.before)

    def same(self, name, data):
        (OUT / name).write_bytes(data)
        expected = (GOLDEN / name).read_bytes()
        if name.endswith(".db"):
            self.assertEqual(data, expected, name)
        else:
            self.assertEqual(data.decode(), expected.decode(), name)

    def test_inventories(self):
        for source, name in [("docker.tar", "inventory.json"), ("oci.tar", "inventory-oci.json"),
                             ("layout", "inventory-layout.json")]:
            with collect(source) as inventory:
                self.same(name, inventory.to_json())

    def test_inventory_is_the_same_from_memory_and_from_a_file_object(self):
        data = (INPUTS / "docker.tar").read_bytes()
        for source in (data, memoryview(data), bytearray(data), io.BytesIO(data), Once(data)):
            with self.subTest(type(source).__name__), collect(source) as inventory:
                self.same("inventory.json", inventory.to_json())

    def test_database(self):
        with imgassure.DatabaseWriter() as writer:
            writer.add("tracker.json", name="debian", as_of=FEED_DATE)
            writer.add((INPUTS / "secdb.json").read_bytes(), name="alpine", as_of=FEED_DATE)
            self.same("advisories.db", writer.finish())

    def test_reports(self):
        with gate() as verdict:
            self.same("report.json", imgassure.report.render(verdict=verdict))
            self.same("report.txt", imgassure.report.render(format="table", verdict=verdict, all=True, width=100))
            findings = verdict.findings
            texts = [findings.explain(i) for i in range(len(findings.findings()))]
            self.same("explain.txt", "".join(texts).encode())

    def test_rows(self):
        file = io.StringIO()
        with collect("docker.tar") as inventory, gate() as verdict:
            rows_inventory(file, inventory)
            rows_verdict(file, verdict)
            rows_odd(file, inventory)
        self.same("rows.jsonl", file.getvalue().encode())

    def test_evidence(self):
        file = io.StringIO()
        with imgassure.Image.open("evident.tar", look=3) as image, image.collect() as inventory:
            rows_inventory(file, inventory)
        self.same("evidence.jsonl", file.getvalue().encode())

    def test_images(self):
        file = io.StringIO()
        for verify in imgassure.Verify:
            with imgassure.Image.open("config.tar", verify=verify) as image:
                rows_image(file, image)
        with imgassure.ImageList.open("platforms") as found:
            dump(file, "entry", found.entries())
        with imgassure.Image.open("docker.tar") as image, image.files(digests=True, removed=True) as files:
            dump(file, "listed", files.files())
            dump(file, "files-note", files.notes())
        self.same("images.jsonl", file.getvalue().encode())

    def test_errors(self):
        lines = []
        for row in CASES.read_text().splitlines():
            if not row.startswith("#"):
                case, *columns = row.split("\t")
                lines.append(error_line(case, columns))
        self.same("errors.jsonl", "".join(lines).encode())


if __name__ == "__main__":
    unittest.main()
