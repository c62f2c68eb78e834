# SPDX-License-Identifier: Apache-2.0
"""Streams, lists, configs, files of the root, ways to verify, the cache of layers, threads."""
import gc
import hashlib
import io
import os
import sys
import tempfile
import threading
import unittest

import imgassure

from support import INPUTS, MIB, NOW, Once, docker_archive, packages

DOCKER = INPUTS / "docker.tar"


class Oops(Exception):
    pass


def collect(image, context=None, **options):
    with imgassure.Image.open(image, context=context, **options) as opened:
        return opened.collect(context=context).to_json()


class Streams(unittest.TestCase):
    def test_a_pipe(self):
        """What a pipe gives is what the file gives; the pipe says itself that it cannot seek."""
        def feed():
            with os.fdopen(writing, "wb") as file:
                file.write(DOCKER.read_bytes())

        reading, writing = os.pipe()
        other = threading.Thread(target=feed)
        other.start()
        with os.fdopen(reading, "rb") as file:
            self.assertEqual(collect(file), collect(DOCKER))
        other.join()

    def test_pieces(self):
        expected = collect(INPUTS / "oci.tar")
        for piece in (1, 511, 1 << 20):
            self.assertEqual(collect(Once((INPUTS / "oci.tar").read_bytes(), piece)), expected)

    def test_documents_and_feeds(self):
        document = collect(DOCKER)
        with imgassure.Inventory.read(Once(document)) as inventory:
            self.assertEqual(inventory.to_json(), document)
        with imgassure.Policy.read(Once((INPUTS / "policy.yaml").read_bytes())) as policy:
            self.assertEqual(policy.name, "test/all")
        with imgassure.DatabaseWriter() as writer:
            writer.add(Once((INPUTS / "tracker.json").read_bytes()), name="debian")
            with imgassure.Database.open(writer.finish()) as database:
                self.assertEqual(database.record_count, 5)

    def test_the_end_comes_early(self):
        with self.assertRaises(imgassure.TruncatedError):
            imgassure.Image.open(Once(DOCKER.read_bytes()[:700]))

    def test_an_exception_in_read_comes_out(self):
        class Broken(Once):
            def read(self, size):
                if self.data.tell() > 2000:
                    raise Oops("unplugged")
                return super().read(size)

        with self.assertRaisesRegex(Oops, "unplugged"):
            imgassure.Image.open(Broken(DOCKER.read_bytes()))

    def test_a_stream_must_wait(self):
        class Impatient(Once):
            def read(self, size):
                return None

        with self.assertRaises(BlockingIOError):
            imgassure.Image.open(Impatient(b""))

    def test_read_once(self):
        """What needs the bytes again says that it cannot have them."""
        with imgassure.Image.open(Once(DOCKER.read_bytes())) as image:
            with self.assertRaises(imgassure.UnsupportedError):
                image.files(digests=True)
            with image.files() as files:
                paths = [file.path for file in files.files()]
                self.assertIn(b"etc/os-release", paths)
                with self.assertRaises(imgassure.UnsupportedError):
                    files.read(paths.index(b"etc/os-release"))

    def test_gate(self):
        with imgassure.Database.open(INPUTS / "advisories.db") as database, \
                imgassure.Policy.read(INPUTS / "policy.yaml") as policy:
            data = DOCKER.read_bytes()
            reports = set()
            for image in (DOCKER, f"docker-archive:{DOCKER}", data, io.BytesIO(data), Once(data)):
                with imgassure.gate(image, database=database, policy=policy, now=NOW) as verdict:
                    reports.add(imgassure.report.render(verdict=verdict))
            self.assertEqual(len(reports), 1)
            with imgassure.gate(DOCKER, database=database, policy=policy, now=NOW, verify=imgassure.Verify.NONE,
                                form="docker-archive", reference="test:latest", platform="linux/amd64") as verdict:
                self.assertEqual(verdict.result, imgassure.VerdictResult.FAIL)
            with self.assertRaises(imgassure.FormatError):
                imgassure.gate(DOCKER, database=database, policy=policy, now=NOW, form="oci-archive")


class Lists(unittest.TestCase):
    def test_two_platforms(self):
        with imgassure.ImageList.open(INPUTS / "platforms") as found:
            entries = found.entries()
            self.assertEqual([(e.kind, e.architecture, e.variant) for e in entries], [
                (imgassure.EntryKind.IMAGE, "amd64", ""), (imgassure.EntryKind.IMAGE, "arm64", "v8"),
                (imgassure.EntryKind.ATTESTATION, "unknown", "")])
            self.assertEqual(entries[2].subject, entries[0].digest)
            for entry in entries[:2]:
                with imgassure.Image.open(INPUTS / "platforms", reference=entry.digest) as image:
                    self.assertEqual(image.info.architecture, entry.architecture)
        with self.assertRaisesRegex(imgassure.InvalidError, "closed"):
            len(entries)

    def test_options(self):
        with imgassure.ImageList.open(INPUTS / "platforms", reference="two", form="oci") as found:
            self.assertEqual([e.reference for e in found.entries()], ["two", "two"])
        with imgassure.ImageList.open(f"oci:{INPUTS}/platforms") as found:
            self.assertEqual(len(found.entries()), 3)
        with imgassure.ImageList.open(INPUTS / "platforms", reference="three") as found:
            self.assertEqual(list(found.entries()), [])
        with self.assertRaises(imgassure.FormatError):
            imgassure.ImageList.open(INPUTS / "platforms", form="dir")


class Configs(unittest.TestCase):
    def test_config(self):
        with imgassure.Image.open(INPUTS / "config.tar") as image:
            config = image.config
            self.assertEqual((config.user, config.working_dir, config.has_healthcheck, config.health_retries),
                             ("www", "/srv", True, 5))
            env = {value.key: value.value for value in image.config_values(imgassure.ConfigList.ENV)}
            self.assertEqual(env, {"PATH": "/bin", "A": "b=c", "NAME": ""})
            self.assertEqual([v.value for v in image.config_values(imgassure.ConfigList.CMD)], ["x", "y"])
            self.assertEqual([v.key for v in image.config_values(imgassure.ConfigList.LABELS)], ["y", "z"])
            strange = image.config_values(99)
            self.assertEqual(len(strange), 0)
            with self.assertRaises(imgassure.InvalidError):
                list(strange)

    def test_history(self):
        with imgassure.Image.open(INPUTS / "config.tar") as image:
            self.assertEqual([(h.layer, h.created_by) for h in image.history()], [(-1, "ENV"), (0, "ADD")])
            layer = image.layers()[0]
            self.assertEqual((layer.history, layer.comment, layer.uncompressed_size), (1, "y", 0))
            self.assertEqual(layer.chain_id, layer.diff_id)
            collected = image.collect()
            self.assertEqual(collected.layers()[0].uncompressed_size, 3072)
            with imgassure.Inventory.read(collected.to_json()) as again:
                self.assertEqual((again.layers()[0].chain_id, again.layers()[0].history), ("", -1))


class Verifying(unittest.TestCase):
    def test_modes(self):
        for verify, name in zip(imgassure.Verify, ("full", "blob", "none")):
            with imgassure.Image.open(INPUTS / "oci.tar", verify=verify) as image:
                self.assertEqual(image.info.verified, name)
                self.assertEqual(len(image.collect().packages()), 3)

    def test_what_is_not_verified(self):
        for verify in (imgassure.Verify.FULL, imgassure.Verify.BLOB):
            with self.assertRaises(imgassure.DigestError):
                collect(INPUTS / "damaged-oci.tar", verify=verify)
        self.assertTrue(collect(INPUTS / "damaged-oci.tar", verify=imgassure.Verify.NONE))

    def test_options(self):
        with self.assertRaises(imgassure.InvalidError):
            imgassure.Image.open(DOCKER, verify=7)
        with self.assertRaises(imgassure.FormatError):
            imgassure.Image.open(DOCKER, form="oci-archive")
        with imgassure.Image.open(DOCKER.read_bytes(), form="docker-archive") as image:
            self.assertEqual(image.info.form, "docker-archive")


class Files(unittest.TestCase):
    def test_content(self):
        with imgassure.Image.open(DOCKER) as image, image.files(digests=True, removed=True) as files:
            self.assertTrue(files.complete)
            self.assertEqual(list(files.notes()), [])
            regular = [(i, f) for i, f in enumerate(files.files()) if f.type is imgassure.FileType.REGULAR]
            self.assertEqual([f.path for _, f in regular], [
                b"etc/os-release", b"var/lib/dpkg/info/zlib1g.list", b"var/lib/dpkg/status", b"var/lib/dpkg/status"])
            for index, file in regular:
                data = files.read(index)
                self.assertEqual((len(data), "sha256:" + hashlib.sha256(data).hexdigest()), (file.size, file.digest))
            self.assertEqual([f.removed_layer for _, f in regular], [-1, -1, 1, -1])
            self.assertEqual([f.link for f in files.files() if f.type is imgassure.FileType.SYMLINK], [b"libz.so.1"])

    def test_without_options(self):
        with imgassure.Image.open(DOCKER) as image, imgassure.Files.collect(image) as files:
            self.assertEqual({f.digest for f in files.files()}, {""})
            self.assertEqual({f.removed_layer for f in files.files()}, {-1})

    def test_a_name_of_any_bytes(self):
        with tempfile.NamedTemporaryFile() as file:
            docker_archive(file.name, [{"etc/\udcff\n\udc80": b"x"}])
            with imgassure.Image.open(file.name) as image, image.files() as files:
                self.assertIn(b"etc/\xff\n\x80", [f.path for f in files.files()])

    def test_outputs(self):
        class Full:
            def write(self, _data):
                raise Oops("full")

        with imgassure.Image.open(DOCKER) as image, image.files() as files, tempfile.TemporaryDirectory() as folder:
            index = [f.path for f in files.files()].index(b"etc/os-release")
            path = os.path.join(folder, "os-release")
            files.write(index, path)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), files.read(index))
            with self.assertRaisesRegex(Oops, "full"):
                files.write(index, Full())
            with self.assertRaises(imgassure.InvalidError):
                files.write(0, os.path.join(folder, "of a directory"))
            self.assertEqual(os.listdir(folder), ["os-release"])
            with self.assertRaises(imgassure.InvalidError):
                files.read(len(files.files()))
            with self.assertRaises(IndexError):
                files.read(-1)

    def test_a_listing_outlives_its_image(self):
        for source in (DOCKER, DOCKER.read_bytes(), io.BytesIO(DOCKER.read_bytes())):
            with imgassure.Image.open(source) as image:
                files = image.files()
            index = [f.path for f in files.files()].index(b"etc/os-release")
            self.assertIn(b"bookworm", files.read(index))
            files.close()
            with self.assertRaisesRegex(imgassure.InvalidError, "closed"):
                files.read(index)

    def test_a_listing_keeps_memory(self):
        data = DOCKER.read_bytes()
        before = sys.getrefcount(data)
        with imgassure.Image.open(data) as image:
            files = image.files()
        del image
        gc.collect()
        self.assertGreater(sys.getrefcount(data), before)
        files.close()
        del files
        gc.collect()
        self.assertEqual(sys.getrefcount(data), before)

    def test_reading_uses_the_image(self):
        with imgassure.Image.open(DOCKER) as image, image.files() as files:
            index = [f.path for f in files.files()].index(b"etc/os-release")
            with image._use():
                with self.assertRaisesRegex(imgassure.InvalidError, "the image is in use"):
                    files.read(index)
                self.assertTrue(files.complete)
            self.assertTrue(files.read(index))
            self.assertEqual(image.info.form, "docker-archive")


class Memory(dict):
    """A cache that counts, and sees who calls."""

    def __init__(self):
        super().__init__()
        self.hits, self.puts, self.threads = 0, 0, set()

    def get(self, key):
        self.threads.add(threading.get_ident())
        found = dict.get(self, key)
        self.hits += found is not None
        return found

    def put(self, key, data):
        self.threads.add(threading.get_ident())
        self.puts += 1
        self[key] = data


def many_layers(path, count=9):
    return docker_archive(path, [{"etc/os-release": b"ID=debian\nVERSION_ID=12\n"}] + [
        {"var/lib/dpkg/status": packages(100 + i), f"usr/data{i}": bytes(MIB)} for i in range(count - 1)])


class Caches(unittest.TestCase):
    def test_filled_and_used(self):
        cache = Memory()
        context = imgassure.Context(cache=cache)
        expected = collect(INPUTS / "oci.tar")
        self.assertEqual(collect(INPUTS / "oci.tar", context), expected)
        self.assertEqual((cache.puts, cache.hits, len(cache)), (2, 0, 2))
        self.assertEqual(collect(INPUTS / "oci.tar", context), expected)
        self.assertEqual((cache.puts, cache.hits), (2, 2))
        for key in cache:
            self.assertRegex(key, "^[0-9a-f]{64}$")
            cache[key] = cache[key][:-1] + b"?"
        self.assertEqual(collect(INPUTS / "oci.tar", context), expected, "damaged records")
        self.assertEqual(cache.puts, 4)

    def test_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            where = os.path.join(folder, "layers")
            expected = collect(INPUTS / "oci.tar")
            for _ in range(2):
                context = imgassure.Context(cache=imgassure.FolderCache(where))
                self.assertEqual(collect(INPUTS / "oci.tar", context), expected)
                names = os.listdir(where)
                self.assertEqual({len(name) for name in names}, {64})
                self.assertEqual(len(names), 2)
            self.assertEqual(os.stat(where).st_mode & 0o777, 0o700)
            lines = []
            context = imgassure.Context(cache=imgassure.FolderCache(where), log_level=imgassure.LogLevel.DEBUG,
                                        log=lambda _level, text: lines.append(text))
            self.assertEqual(collect(INPUTS / "oci.tar", context), expected)
            self.assertEqual(sum(text.endswith("from the cache") for text in lines), 2)

    def test_a_cache_that_cannot(self):
        """An OSError of the cache changes nothing and is logged."""
        class Unplugged:
            def get(self, _key):
                raise OSError("unplugged")

            def put(self, _key, _data):
                raise OSError("full")

        lines = []
        context = imgassure.Context(cache=Unplugged(), log=lambda level, text: lines.append((level, text)))
        self.assertEqual(collect(INPUTS / "oci.tar", context), collect(INPUTS / "oci.tar"))
        self.assertEqual([level for level, text in lines if "could not keep" in text],
                         [imgassure.LogLevel.WARNING] * 2)

    def test_an_exception_comes_out(self):
        class Broken(Memory):
            def get(self, key):
                if self.where == "get":
                    raise Oops("get")
                return super().get(key)

            def put(self, key, data):
                if self.where == "put":
                    raise Oops("put")
                super().put(key, data)

        for where in ("get", "put"):
            cache = Broken()
            cache.where = where
            with self.assertRaisesRegex(Oops, where):
                collect(INPUTS / "oci.tar", imgassure.Context(cache=cache))
            self.assertEqual(cache.puts, 0)


class Threads(unittest.TestCase):
    def test_the_same_inventory(self):
        with tempfile.NamedTemporaryFile() as file:
            many_layers(file.name)
            expected = collect(file.name)
            for threads in (0, 1, 2, 4, 64):
                cache = Memory()
                seen = set()
                context = imgassure.Context(threads=threads, cache=cache,
                                            progress=lambda *_: seen.add(threading.get_ident()))
                for _ in range(2):
                    self.assertEqual(collect(file.name, context), expected, threads)
                self.assertEqual((cache.puts, cache.hits), (9, 9))
                self.assertEqual(cache.threads | seen, {threading.get_ident()})

    def test_an_exception_comes_out(self):
        def progress(_stage, _done, _total):
            raise Oops("enough")

        with tempfile.NamedTemporaryFile() as file:
            many_layers(file.name)
            with imgassure.Image.open(file.name) as image, self.assertRaisesRegex(Oops, "enough"):
                image.collect(context=imgassure.Context(threads=4, progress=progress))

    def test_there_are_threads(self):
        with tempfile.NamedTemporaryFile() as file:
            many_layers(file.name)
            for threads in (1, 4):
                before = len(os.listdir("/proc/self/task"))
                seen = []
                collect(file.name, imgassure.Context(threads=threads, progress=lambda *_: seen.append(
                    len(os.listdir("/proc/self/task")))))
                self.assertEqual((max(seen) > before, max(seen) <= before + threads - 1), (threads > 1, True))

    def test_numbers(self):
        for threads in (-1, 65):
            with self.assertRaises(imgassure.InvalidError):
                imgassure.Context(threads=threads)


if __name__ == "__main__":
    unittest.main()
