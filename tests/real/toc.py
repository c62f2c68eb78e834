# SPDX-License-Identifier: Apache-2.0
"""toc.py TOOL IMAGES: real images as zstd:chunked, written by skopeo, and as eStargz, written here: the same packages as
before, noted, complete; with a table of contents that differs, not complete. Exit 77 without images or without a skopeo
that writes zstd:chunked."""
import gzip
import hashlib
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "hostile"))
sys.dont_write_bytecode = True
from image_writer import Layer, document, sha256  # noqa: E402
from toc_writer import chunked, entries_of, estargz, table  # noqa: E402


class Layout:
    """An OCI layout of one image."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.index = json.loads((self.folder / "index.json").read_bytes())
        self.manifest = json.loads(self.blob(self.index["manifests"][0]["digest"]))
        self.config = json.loads(self.blob(self.manifest["config"]["digest"]))

    def blob(self, digest):
        return (self.folder / "blobs/sha256" / digest[7:]).read_bytes()

    def tars(self):
        """The layers, each with no more zeros at its end than it must have. Without that skopeo 1.9 writes zstd:chunked
        layers that lack some of those zeros, so that their diff_ids are wrong."""
        for layer in self.manifest["layers"]:
            data = gzip.decompress(self.blob(layer["digest"])).rstrip(b"\0")
            yield data + bytes(-len(data) % 512)

    def write(self, layers, folder):
        """The same image of other layers."""
        blobs = folder / "blobs/sha256"
        blobs.mkdir(parents=True)

        def put(data):
            (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)
            return {"digest": sha256(data), "size": len(data)}

        for layer in layers:
            put(layer.blob)
        config = dict(self.config, rootfs={"type": "layers", "diff_ids": [layer.diff_id for layer in layers]})
        manifest = dict(self.manifest, layers=[layer.descriptor() for layer in layers])
        manifest["config"] = dict(manifest["config"], **put(document(config)))
        index = dict(self.index, manifests=[dict(self.index["manifests"][0], **put(document(manifest)))])
        (folder / "index.json").write_bytes(document(index))
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        return folder


class Check:
    def __init__(self, tool):
        self.tool, self.problems, self.checked = tool, [], 0

    def inventory(self, path, *options, piped=False):
        stdin = open(path, "rb") if piped else subprocess.DEVNULL
        done = subprocess.run([self.tool, "inventory", "-" if piped else path, "-q", "-o", "json", *options],
                              stdin=stdin, capture_output=True)
        if done.returncode not in (0, 3):
            self.problems.append(f"{path}: {done.stderr.decode(errors='replace')}")
            return None
        return json.loads(done.stdout)

    def same(self, right, path, codes, *options, place="layer ", **more):
        """The packages are those of right, and nothing but these codes is noted; what is skipped is at that place."""
        found = self.inventory(path, *options, **more)
        self.checked += 1
        if not found:
            return
        notes = {note["code"] for note in found["notes"]}
        places = [note["where"] for note in found["notes"] if note["code"] == "skipped"]
        if found["packages"] != right["packages"] or found["distro"] != right["distro"]:
            self.problems.append(f"{path}: other packages")
        if notes != codes or found["complete"] != ("skipped" not in codes):
            self.problems.append(f"{path}: {found['notes']}, complete: {found['complete']}")
        if not all(text.startswith(place) for text in places):
            self.problems.append(f"{path}: {places}")
        print(f"{path} {' '.join(options)}: {len(found['packages'])} packages, {sorted(notes)}")


def skopeo(source, target):
    done = subprocess.run(["skopeo", "copy", "-q", "--dest-compress-format", "zstd:chunked", f"oci:{source}:latest",
                           f"oci:{target}:latest"], capture_output=True)
    return done.returncode == 0 and all(is_chunked(Layout(target).blob(layer["digest"]))
                                        for layer in Layout(target).manifest["layers"])


def is_chunked(blob):
    return blob.endswith(b"GnUlInUx")


def by_skopeo(check, layout, right, work):
    """Written by an implementation of the format, so that ours is not measured by itself only."""
    plain = layout.write([Layer(tar + bytes(1024), "gzip") for tar in layout.tars()], work / "plain")
    if not skopeo(plain, work / "chunked") or not skopeo(layout.folder, work / "padded"):
        print("skopeo does not write zstd:chunked")
        return False
    check.same(right, work / "chunked", {"toc"})
    check.same(right, work / "padded", {"toc"}, "-V", "blob")
    subprocess.run(["tar", "-C", work / "chunked", "-cf", work / "chunked.tar", "."], check=True)
    check.same(right, work / "chunked.tar", {"toc"})
    check.same(right, work / "chunked.tar", {"toc", "skipped"}, piped=True)
    check.same(right, altered(Layout(work / "chunked"), work / "altered"), {"toc", "skipped"},
               place="layer 0: ./lib/apk/db/installed")
    return True


def altered(layout, target):
    """Skopeo's own layer with its own table, less the package database."""
    shutil.copytree(layout.folder, target)
    first = layout.manifest["layers"][0]
    blob = layout.blob(first["digest"])
    size = struct.unpack("<I", blob[-44:-40])[0] if blob[-48:-44] == b"\x50\x2a\x4d\x18" else 64
    offset, length = struct.unpack_from("<2Q", blob, len(blob) - size)
    packed = subprocess.run(["zstd", "-dc"], input=blob[offset:offset + length], capture_output=True, check=True).stdout
    entries = [e for e in json.loads(packed)["entries"] if not e["name"].endswith("lib/apk/db/installed")]
    stream = subprocess.run(["zstd", "-dc"], input=blob[:offset - 8], capture_output=True, check=True).stdout
    layers = [chunked(stream, table(entries))]
    for layer, diff_id in list(zip(layout.manifest["layers"], layout.config["rootfs"]["diff_ids"]))[1:]:
        layers.append(Layer(b"", blob=layout.blob(layer["digest"]), diff_id=diff_id, media_type=layer["mediaType"],
                            more={"annotations": layer["annotations"]}))
    shutil.rmtree(target)
    return layout.write(layers, target)


def by_hand(check, layout, right, work):
    """The eStargz of a writer that keeps the order."""
    honest = [list(entries_of(tar + bytes(1024))) for tar in layout.tars()]
    layers = [estargz(tar, table(entries)) for tar, entries in zip(layout.tars(), honest)]
    check.same(right, layout.write(layers, work / "estargz"), {"toc"})
    less = [entry for entry in honest[0] if not entry["name"].endswith("lib/apk/db/installed")]
    layers[0] = estargz(next(iter(layout.tars())), table(less))
    folder = layout.write(layers, work / "less")
    check.same(right, folder, {"toc", "skipped"}, place="layer 0: ./lib/apk/db/installed")
    subprocess.run(["tar", "-C", folder, "-cf", work / "less.tar", "."], check=True)
    check.same(right, work / "less.tar", {"toc", "skipped"}, piped=True, place="layer 0: ./lib/apk/db/installed")


def main():
    tool, images = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if not all(shutil.which(program) for program in ("skopeo", "tar", "zstd")):
        print("skopeo, tar or zstd is not here")
        sys.exit(77)
    check, is_written = Check(tool), True
    for name in ("alpine-3.20.3", "node-alpine"):
        if not (images / name / "index.json").exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            layout, work = Layout(images / name), pathlib.Path(folder)
            right = check.inventory(layout.folder)
            if right:
                is_written = by_skopeo(check, layout, right, work) and is_written
                by_hand(check, layout, right, work)
    for problem in check.problems:
        print(problem)
    sys.exit(1 if check.problems else 0 if check.checked and is_written else 77)


main()
