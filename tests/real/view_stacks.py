# SPDX-License-Identifier: Apache-2.0
"""Stacks of layers, made from a seed, and OCI layouts of them.

Most entries are such that every runtime does the same with them: parents are real directories, whiteouts name what lower
layers have, hard links go to files of their own layer. Each stack also has up to two spices: something that runtimes treat
differently, or that some refuse."""
import gzip
import hashlib
import io
import json
import os
import random
import tarfile

from view_model import Model, raw

SPICES = ["lower-link", "lower-hard-link", "link-to-nothing", "loop", "below-file", "whiteout-own", "opaque-root", "twice",
          "nowhere", "link-attributes", "setgid", "dotdot", "below-whiteout"]
NAMES = [b"a", b"b", b"c", b"d", b"lib", b"etc", b"usr", b".hidden", b"with space", b"two\nlines", b"\xff\xfe\x80", b"back\\slash",
         "ümlaut".encode(), b"x" * 101, b"y" * 255, b"-", b"wh.no", b".wh", b"tab\t", b"\x1b[31m"]
MODES = [0o644, 0o600, 0o755, 0o4755, 0o2755, 0o6711, 0o1777, 0o000, 0o444, 0o7777]
IDS = [0, 0, 0, 1, 33, 1000, 65534, 65535, 2097151, 2097152, 4294967294]
PREFIXES = [b"", b"", b"", b"./", b"./", b"/", b".//", b"./././"]
OTHER = {"mode": 0o4711, "uid": 7, "gid": 8}
DEVICES = [(1, 3), (8, 0), (0, 1), (300, 70000), (4095, 1048575)]


def text(name):
    return name.decode("utf-8", "surrogateescape")


class Layer:
    """One layer being written; the model follows, so that choices know what is there."""

    def __init__(self, rng, model, spices):
        self.rng, self.model, self.spices = rng, model, spices
        self.low = {node.path(): node.kind for node in model.root.walk()}
        self.mine = set()  # paths this layer has written, and those above them
        self.marked = set()  # names of whiteouts and of opaque directories
        self.bytes = io.BytesIO()
        kind = rng.choice([tarfile.PAX_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
        self.tar = tarfile.open(fileobj=self.bytes, mode="w", format=kind, encoding="utf-8", errors="surrogateescape")
        model.begin()

    # What is there

    def nodes(self, kinds=None, of=None):
        below = [node for node in self.model.root.walk() if kinds is None or node.kind in kinds]
        return sorted((node.path() for node in below if of is None or of(node)), key=lambda path: (len(path), path))

    def pick(self, paths):
        return self.rng.choice(paths) if paths else None

    def is_free(self, path):
        """Whether this layer has said nothing about path, about what lies below, or about what it lies in."""
        above = [path[:i] for i in range(len(path)) if path[i:i + 1] == b"/"]
        return path not in self.mine and not self.marked & {path, *above}

    def folder(self):
        """A real directory, or one that is missing so far."""
        path = self.pick([b""] * 3 + self.nodes("d", self.may_lie_in))
        while self.rng.random() < 0.2:
            more = self.below(path, self.rng.choice(NAMES))
            if self.kind(more) not in (None, "d") or not self.is_clear(more):
                break
            path = more
        return path

    def may_lie_in(self, node):
        return "setgid" in self.spices or not node.inode.attributes[1] & 0o2000

    def is_clear(self, path):
        return not any(path == m or path.startswith(m + b"/") for m in self.marked if m)

    def below(self, folder, name):
        return folder + b"/" + name if folder else name

    def kind(self, path):
        return next((node.kind for node in self.model.root.walk() if node.path() == path), None)

    def fresh(self):
        """A path that this layer has not written, new or of a lower layer."""
        for _ in range(50):
            path = self.pick(list(self.low)) if self.low and self.rng.random() < 0.35 else self.below(
                self.folder(), self.rng.choice(NAMES))
            if self.is_free(path) and self.is_clear(path) and len(path) < 3000 and self.parent_is_real(path):
                return path
        return self.below(b"", b"new%d" % self.rng.randrange(1 << 30))

    def parent_is_real(self, path):
        parts, node = path.split(b"/")[:-1], self.model.root
        for part in parts:
            node = node.children.get(part)
            if node is None:
                return True
            if node.kind != "d" or not self.may_lie_in(node):
                return False
        return True

    # Entries

    def add(self, path, kind, link=b"", data=b"", **fields):
        entry = tarfile.TarInfo(text(self.rng.choice(PREFIXES) + path))
        entry.type, entry.linkname, entry.size = kind, text(link), len(data)
        entry.mode = 0o777 if kind == tarfile.SYMTYPE else self.rng.choice(MODES)
        if kind == tarfile.DIRTYPE and "setgid" not in self.spices:
            entry.mode &= ~0o2000
        entry.uid, entry.gid = self.rng.choice(IDS), self.rng.choice(IDS)
        for name, value in fields.items():
            setattr(entry, name, value)
        self.tar.addfile(entry, io.BytesIO(data))
        self.model.place(entry, self.attributes(entry, data))
        name = os.path.basename(path)
        for i in [i for i in range(len(path)) if path[i:i + 1] == b"/"] + [len(path)] * (not name.startswith(b".wh.")):
            self.mine.add(path[:i])

    def attributes(self, entry, data):
        kind = {tarfile.REGTYPE: "-", tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l", tarfile.CHRTYPE: "c", tarfile.BLKTYPE: "b",
                tarfile.FIFOTYPE: "p", tarfile.LNKTYPE: "h"}[entry.type]
        return (kind, entry.mode, entry.uid, entry.gid, len(data), raw(entry.linkname) if kind == "l" else b"",
                "sha256:" + hashlib.sha256(data).hexdigest() if kind == "-" else "",
                (entry.devmajor, entry.devminor) if kind in "cb" else (0, 0))

    def file(self, path=None):
        sizes = [0, 1, 511, 512, 513, 3000]
        self.add(path or self.fresh(), tarfile.REGTYPE, data=self.rng.randbytes(self.rng.choice(sizes)))

    def directory(self, path=None):
        if path is None and self.rng.random() < 0.4:
            path = self.pick([p for p in self.nodes("d") if self.is_clear(p)])
        if path and not (self.is_free(path) or self.kind(path) == "d"):
            return
        self.add(path or self.fresh(), tarfile.DIRTYPE)

    def symlink(self, target=None):
        path = self.fresh()
        if target is None:
            there = self.pick(self.nodes()) or b"nothing"
            up = b"../" * path.count(b"/")
            target = self.rng.choice([b"/" + there, up + there, b"dangling", b"/no/where", b"../" * 9 + there, b".//" + up + there,
                                      os.path.basename(path), b"./a/../" + there, (b"t" * 150 + b"/") * 2])
        self.add(path, tarfile.SYMTYPE, link=target)

    def other(self):
        kind = self.rng.choice([tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
        major, minor = self.rng.choice(DEVICES) if kind != tarfile.FIFOTYPE else (0, 0)
        self.add(self.fresh(), kind, devmajor=major, devminor=minor)

    def hard_link(self, of=None, **fields):
        here = self.nodes("-l-cp", of or (lambda node: node.layer == self.model.layer))
        source = self.pick(here)
        path = self.fresh()
        if source is None or path == source or source.startswith(path + b"/"):
            return
        node = next(node for node in self.model.root.walk() if node.path() == source)
        kind, mode, uid, gid = node.inode.attributes[:4]
        same = {"mode": 0o777 if kind == "l" else mode, "uid": uid, "gid": gid}
        self.add(path, tarfile.LNKTYPE, link=self.rng.choice(PREFIXES) + source, **{**same, **fields})

    def whiteout(self):
        there = [p for p in self.low if p not in self.mine and self.is_clear(p) and self.is_real_parent(p)]
        path = self.pick(there)
        if self.rng.random() < 0.15:
            path = self.below(self.pick([b""] + self.nodes("d")), b"missing")
        if path is None or not self.is_free(path):
            return
        folder, name = os.path.split(path)
        if "nowhere" not in self.spices and self.kind(folder) != "d" and folder:
            return
        self.marker(folder, b".wh." + name)
        self.marked.add(path)

    def is_real_parent(self, path):
        return self.kind(path) is not None and self.parent_is_real(path)

    def marker(self, folder, name):
        self.add(self.below(folder, name), tarfile.REGTYPE, uid=0, gid=0)

    def opaque(self):
        """Before or after what the layer has in the directory; a directory of a lower layer."""
        there = [p for p, kind in self.low.items() if kind == "d" and self.kind(p) == "d" and self.is_clear(p)]
        there = [p for p in there if not any(m.startswith(p + b"/") for m in self.marked)]
        path = self.pick(there if self.rng.random() < 0.2 else [p for p in there if p not in self.mine])
        if path is None:
            return
        if self.rng.random() < 0.5:
            self.add(path, tarfile.DIRTYPE)
        for _ in range(self.rng.randrange(3)):
            self.file(self.below(path, b"before%d" % self.rng.randrange(1 << 30)))
        self.marker(path, b".wh..wh..opq")
        for _ in range(self.rng.randrange(3)):
            self.file(self.below(path, b"after%d" % self.rng.randrange(1 << 30)))

    def inside_own_link(self):
        """A link of this layer to a directory, and something behind it."""
        target = self.pick([p for p in self.nodes("d", self.may_lie_in) if self.is_clear(p)])
        if target is None:
            return
        path = self.fresh()
        if target == path or target.startswith(path + b"/"):
            return
        self.add(path, tarfile.SYMTYPE, link=b"/" + target)
        self.add(self.below(path, b"behind%d" % self.rng.randrange(1 << 30)), tarfile.REGTYPE, data=b"behind")

    # Spices: methods by their names

    def spice(self, what):
        getattr(self, "spice_" + what.replace("-", "_"))()

    def spice_lower_link(self):
        link = self.pick([p for p in self.nodes("l", lambda node: node.layer != self.model.layer) if self.is_clear(p)])
        if not link:
            self.symlink(b"/" + (self.pick(self.nodes("d", self.may_lie_in)) or b"later"))
        else:
            number = self.rng.randrange(99)
            name = self.rng.choice([b"through%d" % number, b".wh.%d" % number, b"deep/er"])
            self.add(self.below(link, name), tarfile.REGTYPE, data=b"" if name.startswith(b".wh.") else b"x")

    def spice_lower_hard_link(self):
        self.hard_link(lambda node: node.layer != self.model.layer, **self.rng.choice([{}, OTHER]))

    def spice_link_to_nothing(self):
        target = self.rng.choice([b"not/there", b"..", self.pick(self.nodes("d")) or b"/"])
        self.add(self.fresh(), tarfile.LNKTYPE, link=target)

    def spice_link_attributes(self):
        self.hard_link(**OTHER)

    def spice_loop(self):
        self.add(b"loop1", tarfile.SYMTYPE, link=b"loop2")
        self.add(b"loop2", tarfile.SYMTYPE, link=self.rng.choice([b"loop1", b"/loop2", b"./loop2/x"]))
        self.file(self.below(self.rng.choice([b"loop1", b"loop2"]), b"inside"))

    def spice_below_file(self):
        path = self.pick([p for p in self.nodes("-cp") if self.is_clear(p)])
        if path:
            self.file(self.below(path, b"inside"))

    def spice_whiteout_own(self):
        path, before = self.pick(self.nodes()), self.rng.random() < 0.5
        if not path:
            return
        marker = (os.path.dirname(path), b".wh." + os.path.basename(path))
        if before:
            self.marker(*marker)
        self.rng.choice([self.file, self.directory])(path)
        if self.kind(path) == "d":
            self.file(self.below(path, b"new"))
        if not before:
            self.marker(*marker)

    def spice_below_whiteout(self):
        path = self.pick([p for p in self.nodes("d") if self.is_free(p) and self.is_clear(p) and self.parent_is_real(p)])
        if path:
            self.marker(os.path.dirname(path), b".wh." + os.path.basename(path))
            self.file(self.below(path, b"new"))

    def spice_opaque_root(self):
        self.marker(b"", b".wh..wh..opq")

    def spice_twice(self):
        path = self.pick(sorted(p for p in self.mine if p))
        if path and self.parent_is_real(path):
            self.rng.choice([self.file, self.directory, lambda p: self.add(p, tarfile.SYMTYPE, link=b"a")])(path)

    def spice_nowhere(self):
        self.marker(b"no/such/folder", self.rng.choice([b".wh.%d" % self.rng.randrange(1 << 30), b".wh..wh..opq"]))

    def spice_setgid(self):
        path = self.fresh()
        self.add(path, tarfile.DIRTYPE, mode=0o2755, gid=33)
        self.file(self.below(path, b"missing/file"))

    def spice_dotdot(self):
        path = self.fresh()
        self.add(path, tarfile.SYMTYPE, link=b"/missing/../elsewhere")
        self.file(self.below(path, b"behind"))

    def finish(self):
        self.tar.close()
        self.model.end()
        return self.bytes.getvalue()


def write_layer(rng, model, spices):
    layer = Layer(rng, model, spices)
    plain = [layer.file] * 6 + [layer.directory] * 4 + [layer.symlink] * 3 + [layer.hard_link] * 2 + [
        layer.other, layer.inside_own_link] + ([layer.whiteout] * 3 + [layer.opaque] if layer.low else [])
    for i in range(rng.choice([0, 1, 5, 10, 20, 40])):
        if spices and (i == 4 or rng.random() < 0.1):
            layer.spice(rng.choice(spices))
        else:
            rng.choice(plain)()
    return layer.finish()


def stack(seed):
    """Uncompressed layers, bottom first. Every second stack is spiced."""
    rng, model = random.Random(seed), Model()
    spices = [SPICES[seed // 2 % len(SPICES)]] + rng.sample(SPICES, rng.randrange(2)) if seed % 2 else []
    return [write_layer(rng, model, spices) for _ in range(rng.randint(1, 6))]


# OCI image layouts

def blob(folder, data):
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}


def save(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)


def write_layout(folder, layers, compress):
    """An image named "v1"; compress(i) tells whether layer i is gzip."""
    os.makedirs(folder + "/blobs/sha256")
    kinds = ["application/vnd.oci.image.layer.v1.tar" + ("+gzip" if compress(i) else "") for i in range(len(layers))]
    blobs = [blob(folder, gzip.compress(tar, 1, mtime=0) if compress(i) else tar) for i, tar in enumerate(layers)]
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest() for tar in layers]}}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(folder, json.dumps(config).encode())},
                "layers": [{"mediaType": kind, **one} for kind, one in zip(kinds, blobs)]}
    entry = {"mediaType": manifest["mediaType"], **blob(folder, json.dumps(manifest).encode()),
             "annotations": {"org.opencontainers.image.ref.name": "v1"}}
    save(folder + "/index.json", {"schemaVersion": 2, "manifests": [entry]})
    save(folder + "/oci-layout", {"imageLayoutVersion": "1.0.0"})
