# SPDX-License-Identifier: Apache-2.0
"""listing.py TOOL INPUTS SHAPES SOURCE: what an image or an archive holds, and the ways to name one: imgassure list and files,
forms, stdin, platforms, verification, cache, threads."""
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import unittest

sys.dont_write_bytecode = True

import cli
from cli import FAILED, INCOMPLETE, INTEGRITY, PASS, TOOL, USAGE, load, run

setUpModule, tearDownModule = cli.setUpModule, cli.tearDownModule
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PLATFORMS = [("linux", "amd64", ""), ("linux", "arm", "v7"), ("windows", "amd64", "")]


def layer(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, fields, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in fields.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


LOWER = layer(("d", {"type": tarfile.DIRTYPE, "mode": 0o1777}, b""), ("d/old name\n", {"mode": 0o4755, "uid": 7}, b"first\n"),
              ("l", {"type": tarfile.SYMTYPE, "linkname": "d/old name\n", "mode": 0o777}, b""),
              ("null", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}, b""),
              ("pipe", {"type": tarfile.FIFOTYPE, "gid": 8}, b""), ("same", {}, b"same\n"))
UPPER = layer(("d/.wh.old name\n", {}, b""), ("same", {}, b"other\n"))


class Layout:
    """A folder that becomes an OCI layout of several platforms."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder + "/blobs/sha256")

    def blob(self, data):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{self.folder}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    def document(self, value):
        return self.blob(json.dumps(value).encode())

    def image(self, platform, layers):
        system, architecture, variant = platform
        config = {"os": system, "architecture": architecture, "rootfs": {"type": "layers", "diff_ids": [
            "sha256:" + hashlib.sha256(data).hexdigest() for data in layers]}, **({"variant": variant} if variant else {})}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST,
                    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **self.document(config)},
                    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **self.blob(data)} for data in layers]}
        shown = {"os": system, "architecture": architecture, **({"variant": variant} if variant else {})}
        return {"mediaType": MANIFEST, "platform": shown, **self.document(manifest)}

    def finish(self, manifests):
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}
        entry = {"mediaType": index["mediaType"], **self.document(index),
                 "annotations": {"org.opencontainers.image.ref.name": "shop:1"}}
        for name, value in (("index.json", {"schemaVersion": 2, "manifests": [entry]}),
                            ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                json.dump(value, file)


def several(folder):
    """One image for each platform, and a statement about the first. Returns the digests of the images."""
    layout = Layout(folder)
    images = [layout.image(platform, [LOWER, UPPER]) for platform in PLATFORMS]
    statement = layout.image(("unknown", "unknown", ""), [b""])
    statement["annotations"] = {"vnd.docker.reference.type": "attestation-manifest",
                                "vnd.docker.reference.digest": images[0]["digest"]}
    layout.finish([*images, statement])
    return [image["digest"] for image in images]


def lines(*arguments, check=PASS):
    return run(*arguments, check=check).stdout.decode().splitlines()


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.digests = several("several")

    def test_rows(self):
        self.assertEqual(lines("files", "several"), [
            "d1777 0 0 0 0 0 - - d",
            "l0777 0 0 0 0 0 - - l -> d/old\\040name\\012",
            "c0644 0 0 1,3 0 0 - - null",
            "p0644 0 8 0 0 0 - - pipe",
            "-0644 0 0 6 0 1 - - same"])

    def test_removed_and_digests(self):
        def digest(data):
            return "sha256:" + hashlib.sha256(data).hexdigest()
        found = lines("files", "several", "--removed", "--digests")
        self.assertEqual(found, lines("files", "several", "-R", "-D"))
        self.assertIn(f"-4755 7 0 6 0 0 1 {digest(b'first' + bytes([10]))} d/old\\040name\\012", found)
        self.assertIn(f"-0644 0 0 5 0 0 1 {digest(b'same' + bytes([10]))} same", found)
        self.assertIn(f"-0644 0 0 6 0 1 - {digest(b'other' + bytes([10]))} same", found)
        self.assertEqual(len(found), 7)

    def test_content(self):
        self.assertEqual(run("files", "several", "same", check=PASS).stdout, b"other\n")
        self.assertEqual(run("files", "several", "/same", check=PASS).stdout, b"other\n")
        self.assertEqual(run("files", "several", "d/old name\n", "--removed", check=PASS).stdout, b"first\n")
        for path in ("d/old name\n", "nothing", "d", "l"):
            done = run("files", "several", path, check=FAILED)
            self.assertEqual(done.stdout, b"")
            self.assertTrue(done.stderr.startswith(b"imgassure: "), done.stderr)

    def test_incomplete(self):
        with open("gap.tar", "wb") as file:
            file.write(layer(("x/" * 3000 + "deep", {}, b""), ("etc/motd", {}, b"hello\n")))
        done = run("files", "rootfs:gap.tar", check=INCOMPLETE)
        self.assertIn(b"etc/motd", done.stdout)
        self.assertIn(b"not examined", done.stderr)

    def test_hostile_names(self):
        done = run("files", "hostile.tar", "--removed")
        self.assertIn(done.returncode, (PASS, INCOMPLETE))
        self.assertTrue(all(c == 10 or 32 <= c < 127 for c in done.stdout), "names are escaped")
        done.stderr.decode().encode("utf-8")

    def test_usage(self):
        for line in ("files", "files several same more", "files several -o json", "files several --verify most",
                     "files several --threads 0", "files several --threads 65", "list", "list several several",
                     "list several --digests"):
            with self.subTest(line=line):
                self.assertEqual(run(*line.split(), check=USAGE).stdout, b"")
        for line in ("files absent.tar", "list absent.tar", "files policy.yaml", "files several -P linux/s390x"):
            with self.subTest(line=line):
                self.assertEqual(run(*line.split(), check=FAILED).stdout, b"")


class Listing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.digests = several("listed")

    def test_rows(self):
        rows = [line.split() for line in lines("list", "listed")]
        self.assertEqual([row[:2] for row in rows], [["image", "linux/amd64"], ["image", "linux/arm/v7"],
                                                     ["image", "windows/amd64"], ["attestation", rows[3][1]]])
        self.assertEqual([row[2] for row in rows[:3]], self.digests)
        self.assertEqual(rows[3][-2:], ["about", self.digests[0]])

    def test_other_forms(self):
        for archive in ("docker.tar", "oci.tar", "layout"):
            with self.subTest(archive=archive):
                rows = lines("list", archive)
                self.assertEqual(len(rows), 1)
                self.assertTrue(rows[0].startswith("image "), rows)

    def test_each_can_be_opened(self):
        for digest in self.digests:
            self.assertEqual(lines("files", "listed", "--reference", digest), lines("files", "listed"))
        self.assertEqual(lines("list", "listed", "-r", "shop:1"), lines("list", "listed"))

    def test_all_platforms(self):
        one = lines("files", "listed", "--platform", "linux/amd64")
        done = run("files", "listed", "--platform", "all", check=PASS)
        self.assertEqual(done.stdout.decode().splitlines(), one * 3)
        for (system, architecture, _), digest in zip(PLATFORMS, self.digests):
            self.assertIn(f"imgassure: {system}/{architecture}".encode(), done.stderr)
            self.assertIn(digest.encode(), done.stderr)
        self.assertEqual(run("files", "listed", "-P", "all", "-q", check=PASS).stderr, b"")
        self.assertEqual(run("inventory", "docker.tar", "--platform", "all", check=PASS).stdout,
                         run("inventory", "docker.tar", check=PASS).stdout)


class Ways(unittest.TestCase):
    """Different ways to the same image give the same answer."""

    def test_prefixes(self):
        wanted = run("inventory", "docker.tar", "-o", "json", check=PASS).stdout
        self.assertEqual(run("inventory", "docker-archive:docker.tar", "-o", "json", check=PASS).stdout, wanted)
        for path in ("oci.tar", "oci-archive:oci.tar", "layout", "oci:layout"):
            with self.subTest(path=path):
                self.assertEqual(lines("files", path, "--digests"), lines("files", "docker.tar", "--digests"))
        for path in ("oci:docker.tar", "docker-archive:oci.tar", "dir:layout", "rootfs:absent", "oci-archive:layout"):
            with self.subTest(path=path):
                run("files", path, check=FAILED)

    def test_stdin(self):
        for name in ("docker.tar", "oci.tar"):
            wanted = run("inventory", name, "-o", "json", check=PASS).stdout
            for program in ("cat", "gzip -c", "zstd -c", "xz -0 -c"):
                with self.subTest(name=name, program=program):
                    packed = subprocess.run([*program.split(), name], capture_output=True, check=True).stdout
                    done = subprocess.run([TOOL, "inventory", "-", "-o", "json"], input=packed, capture_output=True,
                                          timeout=120)
                    self.assertEqual(done.returncode, PASS, done.stderr.decode())
                    self.assertEqual(json.loads(done.stdout)["packages"], json.loads(wanted)["packages"])
        done = subprocess.run([TOOL, "files", "-"], input=load("docker.tar"), capture_output=True, timeout=120)
        self.assertEqual(done.stdout, run("files", "docker.tar", check=PASS).stdout)
        done = subprocess.run([TOOL, "files", "-", "--digests"], input=load("docker.tar"), capture_output=True, timeout=120)
        self.assertEqual((done.returncode, done.stdout), (FAILED, b""))
        self.assertIn(b"[unsupported]", done.stderr)

    def test_threads(self):
        wanted = run("inventory", "docker.tar", "-o", "json", check=PASS).stdout
        for threads in ("1", "2", "16"):
            self.assertEqual(run("inventory", "docker.tar", "-j", threads, "-o", "json", check=PASS).stdout, wanted)
        self.assertEqual(run("inventory", "docker.tar", "--parallel=3", "-o", "json", check=PASS).stdout, wanted)

    def test_verify(self):
        run("files", "damaged.tar", check=INTEGRITY)
        run("files", "damaged-oci.tar", "--verify", "blob", check=INTEGRITY)
        run("files", "damaged-oci.tar", "--verify", "none", check=PASS)
        run("files", "docker.tar", "--verify=full", check=PASS)

    def test_cache(self):
        os.mkdir("cache")
        wanted = run("inventory", "oci.tar", "-o", "json", check=PASS).stdout
        for option in (("--cache", "cache"), ("--cache-dir=cache",), ("-Ccache",)):
            self.assertEqual(run("inventory", "oci.tar", *option, "-o", "json", check=PASS).stdout, wanted)
            self.assertNotEqual(os.listdir("cache"), [])
        listed = run("files", "oci.tar", "--digests", check=PASS).stdout
        for _ in range(2):
            self.assertEqual(run("files", "oci.tar", "--digests", "--cache", "cache", check=PASS).stdout, listed)
        for name in os.listdir("cache"):
            with open(os.path.join("cache", name), "r+b") as file:
                file.seek(40)
                file.write(b"damaged")
        self.assertEqual(run("files", "oci.tar", "--digests", "--cache", "cache", check=PASS).stdout, listed)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
