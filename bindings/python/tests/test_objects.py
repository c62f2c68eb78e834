# SPDX-License-Identifier: Apache-2.0
"""Handles, rows, values, errors."""
import dataclasses
import datetime
import gc
import io
import os
import pickle
import tempfile
import unittest
import weakref

import imgassure
from imgassure import _call, errors
from imgassure._cffi import ffi, lib

from support import INPUTS, NOW, Once, docker_archive, packages


def inventory():
    with imgassure.Image.open(INPUTS / "docker.tar") as image:
        return image.collect()


class Handles(unittest.TestCase):
    def test_close_twice_and_use_after(self):
        image = imgassure.Image.open(INPUTS / "docker.tar")
        layers = image.layers()
        self.assertEqual(len(layers), 2)
        image.close()
        image.close()
        self.assertTrue(image.closed)
        for use in (lambda: image.info, lambda: len(layers), lambda: list(layers), image.collect):
            with self.assertRaisesRegex(imgassure.InvalidError, "the image is closed"):
                use()

    def test_every_kind_closes(self):
        database = imgassure.Database.open(INPUTS / "advisories.db")
        policy = imgassure.Policy.read(INPUTS / "policy.yaml")
        verdict = imgassure.gate(INPUTS / "docker.tar", database=database, policy=policy, now=NOW)
        image = imgassure.Image.open(INPUTS / "docker.tar")
        objects = [image.files(), imgassure.ImageList.open(INPUTS / "layout"), image, database, policy, verdict, verdict.findings, verdict.findings.inventory, imgassure.Context(),
                   imgassure.CancelToken(), imgassure.DatabaseWriter(),
                   imgassure.Source(b"x", imgassure.Context()), imgassure.Source(Once(b"x"), imgassure.Context())]
        for thing in objects:
            with self.subTest(type(thing).__name__):
                with thing:
                    self.assertFalse(thing.closed)
                thing.close()
                with self.assertRaises(imgassure.InvalidError):
                    with thing._use():
                        pass

    def test_children_outlive_parents(self):
        data = (INPUTS / "advisories.db").read_bytes()
        with imgassure.Database.open(bytes(data)) as database, imgassure.Policy.read(INPUTS / "policy.yaml") as policy:
            with inventory() as collected:
                findings = imgassure.match(collected, database)
            verdict = policy.evaluate(findings, NOW)
            findings.close()
        del data, database, policy, collected, findings
        gc.collect()
        self.assertEqual(len(verdict.findings.inventory.packages()), 3)
        self.assertEqual(verdict.findings.database.feeds()[0].name, "debian")
        self.assertEqual(verdict.result, imgassure.VerdictResult.FAIL)

    def test_rows_keep_their_owner(self):
        rows = inventory().packages()
        gc.collect()
        self.assertEqual([p.name for p in rows], ["libssl3", "tar", "zlib1g"])

    def test_forgotten_objects_are_freed(self):
        class File(io.BytesIO):
            pass

        for make in (File, Once):
            file = make((INPUTS / "docker.tar").read_bytes())
            alive = weakref.ref(file)
            image = imgassure.Image.open(file)
            del file
            gc.collect()
            if make is File:
                self.assertIsNotNone(alive(), "the image still reads from it")
            listing = image.files()
            image.collect()
            del image, listing
            gc.collect()
            self.assertIsNone(alive(), "the C library did not close the source")

    def test_an_image_is_used_by_one_call_at_a_time(self):
        image = imgassure.Image.open(io.BytesIO((INPUTS / "docker.tar").read_bytes()))
        with image._use():
            with self.assertRaisesRegex(imgassure.InvalidError, "in use"):
                image.info

    def test_closing_during_a_call_waits_for_its_end(self):
        thing = inventory()
        with thing._use() as pointer:
            thing.close()
            self.assertEqual(lib.imga_inventory_package_count(pointer), 3)
            self.assertTrue(thing._finalizer.alive)
        self.assertFalse(thing._finalizer.alive)


class Rows(unittest.TestCase):
    def test_indexing(self):
        rows = inventory().packages()
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[0], rows[-3])
        self.assertEqual([p.name for p in rows[1:]], ["tar", "zlib1g"])
        self.assertEqual([p.name for p in reversed(rows)], ["zlib1g", "tar", "libssl3"])
        self.assertIn(rows[1], rows)
        for index in (3, -4):
            with self.assertRaises(IndexError):
                rows[index]

    def test_values_are_frozen(self):
        package = inventory().packages()[2]
        with self.assertRaises(dataclasses.FrozenInstanceError):
            package.name = "x"
        self.assertEqual(len({package, package}), 1)

    def test_batches(self):
        for count in (0, 1, 255, 256, 257, 512, 1000):
            with self.subTest(count), tempfile.NamedTemporaryFile() as file:
                docker_archive(file.name, [{"etc/os-release": b"ID=debian\n", "var/lib/dpkg/status": packages(count)}])
                with imgassure.Image.open(file.name) as image:
                    rows = image.collect().packages()
                calls = []
                fill = rows._fill
                rows._fill = lambda *args: calls.append(args[3]) or fill(*args)
                names = [p.name for p in rows]
                self.assertEqual(names, [f"p{i:05}" for i in range(count)])
                self.assertEqual(calls, [256] * (count // 256 + 1))

    def test_files(self):
        things = inventory()
        self.assertEqual(list(things.files(2)), ["usr", "usr/lib", "usr/lib/libz.so.1"])
        self.assertEqual(things.files(2)[1], "usr/lib")
        self.assertEqual(list(things.files(0)), [])
        with self.assertRaises(IndexError):
            things.files(3)
        with self.assertRaises(imgassure.InvalidError):
            things.files(-1)

    def test_values_of_a_newer_library(self):
        status = imgassure.FindingStatus(77)
        self.assertEqual((status.name, int(status), status.label), ("UNKNOWN_77", 77, "unknown"))
        self.assertEqual(imgassure.Severity.HIGH.label, "high")
        note = imgassure.Note(imgassure.NoteCode(999), -1, "", "")
        self.assertEqual((note.name, note.incomplete), ("unknown", True))
        self.assertEqual(type(errors.make(-99)), errors.Error)


class Evidence(unittest.TestCase):
    @staticmethod
    def evident(**options):
        with imgassure.Image.open(INPUTS / "evident.tar", **options) as image:
            return image.collect()

    def test_packages(self):
        things = self.evident()
        packages = {p.name: p for p in things.packages()}
        tool, left, pad = packages["tool"], packages["@corp/left"], packages["pad"]
        self.assertEqual((tool.how, tool.path, tool.inside, tool.owner), ("dpkg", "var/lib/dpkg/status", "", -1))
        self.assertEqual((left.license, left.expression), ("(MIT OR Apache-2.0)", "MIT OR Apache-2.0"))
        self.assertEqual((left.owner, things.packages()[pad.owner].name), (-1, "tool"))
        index = list(packages).index("@corp/left")
        self.assertEqual(things.properties(index), {"url": "https://registry.npmjs.org/@corp/left/-/left-4.5.6.tgz"})
        for i, package in enumerate(things.packages()):
            self.assertEqual(len(things.properties(i)), package.property_count)
        names = things.cpes(index)
        self.assertIn(":left:4.5.6:", names[0].cpe)
        self.assertTrue(names[0].how)
        for call in (things.properties, things.cpes):
            for bad in (-1, len(packages)):
                with self.assertRaises(imgassure.InvalidError):
                    call(bad)

    def test_executables(self):
        things = self.evident()
        flag = imgassure.ExecutableFlag
        tool, extra = things.executables()
        self.assertEqual((tool.path, tool.format, tool.architecture, tool.build_id, tool.interpreter, tool.layer), (
            "usr/bin/tool", "elf", "amd64", "deadbeef", "/lib64/ld-linux-x86-64.so.2", 0))
        self.assertEqual(tool.flags, flag.NX | flag.STRIPPED)
        self.assertIn(flag.STATIC, extra.flags)
        self.assertNotIn(flag.LIBRARY, extra.flags)
        self.assertEqual((things.packages()[tool.owner].name, extra.owner), ("tool", -1))
        self.assertEqual((len(things.executables()), things.unowned_count), (2, 1))
        self.assertEqual((len(inventory().executables()), inventory().unowned_count), (0, 0))
        self.assertEqual(int(flag(flag.NX | 1 << 30)), 32 + (1 << 30), "flags of a newer library are kept")
        with imgassure.Inventory.read(things.to_json()) as again:
            self.assertEqual(list(again.executables()), [tool, extra])

    def test_classifiers(self):
        rule = b"extra/banner\tprogram\t*\tEvident Extra version {number}\tpkg:generic/extra@{version}\tevident:extra\n"
        context = imgassure.Context(classifiers=rule)
        with imgassure.Image.open(INPUTS / "evident.tar", context=context) as image:
            things = image.collect(context=context)
        extra = {p.name: p for p in things.packages()}["extra"]
        self.assertEqual((extra.purl, extra.how, extra.path), ("pkg:generic/extra@3.2.1", "classifier",
                                                              "usr/local/bin/extra"))
        self.assertNotIn("extra", {p.name for p in self.evident().packages()})
        with self.assertRaisesRegex(imgassure.FormatError, "line 2"):
            imgassure.Context(classifiers=rule + b"nonsense\n")

    def test_look(self):
        def found(things):
            return [p.name for i, p in enumerate(things.packages())
                    if {"removed", "lock-file"} & things.properties(i).keys()]

        removed, locked = imgassure.Look.REMOVED, imgassure.Look.LOCKFILES
        for look, names in ((0, []), (removed, ["old"]), (locked, ["locked"]), (removed | locked, ["old", "locked"])):
            self.assertEqual(found(self.evident(look=look)), names)
        with imgassure.Database.open(INPUTS / "advisories.db") as database, \
                imgassure.Policy.read(INPUTS / "policy.yaml") as policy:
            for look in (0, removed):
                with imgassure.gate(INPUTS / "evident.tar", database=database, policy=policy, now=NOW,
                                    look=look) as verdict:
                    self.assertEqual(found(verdict.findings.inventory), ["old"] if look else [])
            with self.assertRaises(imgassure.InvalidError):
                imgassure.gate(INPUTS / "evident.tar", database=database, policy=policy, now=NOW, look=4)
        with self.assertRaises(imgassure.InvalidError):
            self.evident(look=4)


class Calls(unittest.TestCase):
    def test_round_trip(self):
        first = inventory()
        with imgassure.Inventory.read(first.to_json()) as again:
            self.assertEqual((again.id, again.to_json()), (first.id, first.to_json()))

    def test_outputs(self):
        things = inventory()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "inventory.json")
            things.write(path)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), things.to_json())
            self.assertEqual(os.listdir(folder), ["inventory.json"])
            database = os.path.join(folder, "new.db")
            with imgassure.DatabaseWriter() as writer:
                writer.add(INPUTS / "tracker.json", name="debian")
                writer.save(database)
            with imgassure.Database.open(database) as opened:
                self.assertEqual(opened.record_count, 5)
        buffer = io.BytesIO()
        things.write(buffer)
        self.assertEqual(buffer.getvalue(), things.to_json())

    def test_a_failed_save_leaves_the_old_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "f")
            with open(path, "wb") as file:
                file.write(b"old")
            with imgassure.DatabaseWriter() as writer:
                writer.finish()
                with self.assertRaisesRegex(imgassure.InvalidError, "finished"):
                    writer.save(path)
            self.assertEqual(os.listdir(folder), ["f"])

    def test_compare(self):
        self.assertEqual(imgassure.compare("deb", "1.0-1", "1:0"), -1)
        self.assertEqual(imgassure.compare("apk", "1.2_rc1", "1.2"), -1)
        self.assertEqual(imgassure.compare("deb", "1.0", "1.0"), 0)
        for scheme in imgassure.Scheme:
            self.assertEqual(imgassure.compare(scheme, "1.2.3", "1.2.10"), -1)
            self.assertEqual(imgassure.compare(scheme.name.lower(), "1.2.3", "1.2.3"), 0)
        self.assertEqual(len(imgassure.Scheme), 19)
        for bad in (lambda: imgassure.compare("debian", "1", "1"), lambda: imgassure.compare("deb", "1\0", "1"),
                    lambda: imgassure.compare(0, "1", "1"), lambda: imgassure.compare(20, "1", "1")):
            with self.assertRaises(imgassure.InvalidError):
                bad()
        with self.assertRaises(imgassure.VersionError):
            imgassure.compare("deb", "1 2", "1")

    def test_clock(self):
        instant = datetime.datetime(2025, 6, 15, 15, 6, 40, tzinfo=datetime.timezone.utc)
        self.assertEqual(imgassure.parse_time("2025-06-15T15:06:40Z"), NOW)
        with self.assertRaises(imgassure.FormatError):
            imgassure.parse_time("yesterday")
        with imgassure.Policy.read(INPUTS / "policy.yaml") as policy, \
                imgassure.Database.open(INPUTS / "advisories.db") as database:
            self.assertEqual(policy.name, "test/all")
            self.assertTrue(policy.id.startswith("sha256:"))
            verdicts = [policy.evaluate(imgassure.match(inventory(), database), now) for now in (NOW, instant)]
            reports = [imgassure.report.render(verdict=v) for v in verdicts]
            self.assertEqual(reports[0], reports[1])
            with self.assertRaisesRegex(imgassure.InvalidError, "time zone"):
                policy.evaluate(verdicts[0].findings, instant.replace(tzinfo=None))

    def test_limits(self):
        limits = imgassure.default_limits()
        self.assertEqual(len(limits), len(ffi.typeof("imga_limits").fields) - 2)
        self.assertGreater(limits["layers"], 0)
        with self.assertRaisesRegex(imgassure.InvalidError, "there is no limit layer"):
            imgassure.Context(limits={"layer": 1})
        with self.assertRaises(imgassure.LimitError):
            imgassure.Image.open(INPUTS / "docker.tar", context=imgassure.Context(limits={"layers": 1}))

    def test_report_arguments(self):
        with self.assertRaisesRegex(imgassure.InvalidError, "no report format"):
            imgassure.report.render(format="pdf", inventory=inventory())
        with self.assertRaises(imgassure.InvalidError):
            imgassure.report.render()

    def test_version(self):
        self.assertEqual(imgassure.version_number(), lib.IMGA_VERSION_NUMBER)
        self.assertRegex(imgassure.version(), r"^\d+\.\d+\.\d+$")
        self.assertTrue(imgassure.feature("zstd"))
        self.assertFalse(imgassure.feature("telepathy"))


class Errors(unittest.TestCase):
    def test_classes(self):
        self.assertEqual({int(status) for status in imgassure.Status} - {0}, {int(code) for code in errors._CLASSES})
        for code, kind in errors._CLASSES.items():
            error = errors.make(code, "message", "where", 7)
            self.assertIs(type(error), kind)
            self.assertEqual(str(error), "where: message (at byte 7)")
            again = pickle.loads(pickle.dumps(error))
            self.assertEqual((again.code, again.name, again.offset), (error.code, error.name, 7))

    def test_native_classes(self):
        self.assertTrue(issubclass(imgassure.OutOfMemoryError, MemoryError))
        self.assertTrue(issubclass(imgassure.InputOutputError, OSError))
        self.assertTrue(issubclass(imgassure.TruncatedError, imgassure.FormatError))
        self.assertTrue(issubclass(imgassure.ChecksumError, imgassure.FormatError))

    def test_real_io_error(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(imgassure.Error) as caught:
                imgassure.Policy.read(folder)
            self.assertIn(caught.exception.code, (imgassure.Status.INVALID, imgassure.Status.IO))

    def test_nothing_is_left_of_a_call(self):
        with self.assertRaises(imgassure.NotFoundError):
            imgassure.Image.open("/nonexistent/image")
        self.assertIsNone(_call._running.frame)


if __name__ == "__main__":
    unittest.main()
