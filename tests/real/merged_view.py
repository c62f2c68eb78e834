# SPDX-License-Identifier: Apache-2.0
"""merged_view.py TOOL FOLDER [--stacks N] [--seed N] [--images all|NAME,...]: "imgassure files" lists what the kernel
shows. Generated stacks of layers (view_stacks.py) and real images (layouts in FOLDER) are merged by overlayfs, by umoci
(view_oracles.py) and by the words of the specification (view_model.py); the trees must be the same: path, type, mode, uid,
gid, size, link target, SHA-256, device. The history in the listing must be that of the slow computation.
Exit 77 where neither overlayfs nor umoci can be had."""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.dont_write_bytecode = True
import view_oracles  # noqa: E402
import view_stacks  # noqa: E402
from view_model import Model  # noqa: E402

IMAGES = ["alpine-3.18.9", "distroless-like", "nginx-bookworm"]

# Where runtimes do not do what the specification says, or differ from each other: (oracles, event of the model, how they
# refuse or None, what they do). A difference must lie at or below the path of such an event.
RULES = [
    # containerd unpacks a layer for overlayfs apart from the lower ones: it does not see what they have.
    ("overlay", "lower-link", None, "a directory takes the place of a link of a lower layer"),
    ("overlay", "lower-link", "hard link: ENOENT", "so the target of a hard link is not where it should be"),
    ("overlay", "lower-hard-link", "hard link: ENOENT", "the target is not in the layer"),
    ("overlay", "over-file lower-link marker-nowhere", "lower path: ", "looks for a directory's attributes below a file"),
    ("overlay", "below-file-here", "path: ENOTDIR", "a file is no directory"),
    ("overlay", "loop-here", "path: (too many links|ELOOP)", "a loop is no directory"),
    # A device stands for a whiteout: it cannot be beside what it hides, nor hide what a new directory would show.
    ("overlay", "whiteout-after lower-link", "whiteout: EEXIST", "one name, two files"),
    ("overlay", "below-whiteout", "path: ENOTDIR", "a device is no directory"),
    ("overlay", "again", None, "a directory that comes again shows what lower layers had in it"),
    ("overlay", "implied-again", None, "a missing directory has the attributes of one that is hidden"),
    ("overlay", "opaque-root", None, "the kernel does not look for the mark at the root"),
    # containerd without whiteouts of overlayfs, also for the first layer: what the layer itself brought is removed, too.
    ("mounted overlay", "whiteout-after", None, "a whiteout removes by name"),
    ("mounted", "opaque-after", None, "directories without an entry of their own are removed with what is in them"),
    ("mounted overlay", "whiteout-after opaque-after", "hard link: (ENOENT|EPERM)", "the target was removed"),
    # All that unpack on disk.
    ("mounted", "below-file", "path: ENOTDIR", "a file is no directory"),
    ("mounted", "loop", "path: (too many links|ELOOP)", "a loop is no directory"),
    ("umoci", "below-file", "not a directory", "a file is no directory"),
    ("umoci", "loop", "too many levels of symbolic links", "a loop is no directory"),
    ("overlay mounted", "link-to-nothing", "hard link: (ENOENT|EPERM|EXDEV)", "not dropped, but an error"),
    ("umoci", "link-to-nothing", "link: (no such file|operation not permitted)", "not dropped, but an error"),
    ("overlay mounted umoci", "implied-setgid", None, "the kernel gives new directories the group, and some the bit"),
    ("overlay mounted", "marker-nowhere", None, "the directory of a marker is made"),
    ("overlay mounted umoci", "dotdot", None, "'..' after a name in the target of a link is taken by text"),
    ("overlay mounted umoci", "dotdot", "ENOTDIR|EEXIST|not a directory|too many l", "and leads elsewhere"),
    ("mounted", "lower-hard-link", None, "overlayfs copies one name up; the others keep their attributes"),
    ("umoci", "link-attributes", None, "attributes of hard links are ignored; containerd and Docker apply them"),
    ("umoci", "zstd", "not correct mediatype", "it cannot read them"),
    ("history", "link-attributes", None, "what is removed is listed with the attributes it had last"),
]
ORACLES = {"overlay": view_oracles.overlay, "mounted": view_oracles.mounted, "umoci": view_oracles.umoci}


def listing(tool, image, *options):
    """[(path, first layer, last layer, removed or -1, attributes)] in the order of the listing."""
    done = subprocess.run([tool, "files", image, "-q", "-n", *options], capture_output=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"imgassure files {image}: {done.returncode} {done.stderr.decode(errors='replace')}")
    return [parsed(line) for line in done.stdout.splitlines()]


def unescaped(name):
    return re.sub(rb"\\(\d\d\d)", lambda m: bytes([int(m[1], 8)]), name)


def parsed(line):
    mode, uid, gid, size, first, last, removed, digest, path, *link = line.split(b" ")
    kind = chr(mode[0])
    device = tuple(map(int, size.split(b","))) if kind in "cb" else (0, 0)
    attributes = (kind, int(mode[1:], 8), int(uid), int(gid), 0 if kind in "cb" else int(size),
                  unescaped(link[1]) if link else b"", digest.decode() if digest != b"-" else "", device)
    return (unescaped(path), int(first), int(last), -1 if removed == b"-" else int(removed), attributes)


def plain(attributes):
    """A symbolic link has no mode on Linux."""
    return attributes[:1] + (0o777,) + attributes[2:] if attributes[0] == "l" else attributes


def differences(ours, theirs):
    """[(path, ours or None, theirs or None)]"""
    paths = sorted(ours.keys() | theirs.keys())
    return [(p, ours.get(p), theirs.get(p)) for p in paths
            if p not in ours or p not in theirs or plain(ours[p]) != plain(theirs[p])]


def excused(oracle, events, path=None, refusal=None):
    """The rules that say why; a difference must lie at or below the path of an event."""
    found = set()
    for what, where in events:
        if path is None or not where or path == where or path.startswith(where + b"/"):
            found.update(rule for rule in RULES if oracle in rule[0].split() and what in rule[1].split() and
                         (rule[2] is None if refusal is None else rule[2] and re.search(rule[2], refusal)))
    return found


class Result:
    """What came of it, over all stacks and images."""

    def __init__(self):
        self.counts, self.used, self.problems = collections.Counter(), collections.Counter(), []

    def problem(self, name, text):
        self.problems.append(f"{name}: {text}")
        print(f"WRONG    {name}: {text}", flush=True)

    def compare(self, name, oracle, trees, events):
        """trees: ours, theirs."""
        all_different = differences(*trees)
        reasons = [(row, excused(oracle, events, row[0])) for row in all_different]
        for row in [row for row, why in reasons if not why][:5]:
            self.problem(name, f"{oracle}: {row[0]!r}: listed {row[1]}, there is {row[2]}")
        for rule in set().union(*(why for _, why in reasons)):
            self.used[rule] += 1
        self.counts[oracle, "differ for a known reason" if all_different else "same"] += 1
        self.counts[oracle, "files"] += len(trees[1])

    def refuse(self, name, oracle, text, events):
        why = excused(oracle, events, refusal=str(text))
        if not why:
            self.problem(name, f"{oracle} refuses: {text}")
        for rule in why:
            self.used[rule] += 1
        self.counts[oracle, "refused"] += 1

    def compare_history(self, name, ours, model):
        ours, theirs = ([row[:4] + (plain(row[4]),) for row in rows] for rows in (ours, model.rows()))
        if ours != theirs:
            wrong = sorted(set(ours) ^ set(theirs))
            wrong = [row for row in wrong if not excused("history", model.events, row[0])]
            for row in wrong[:5]:
                self.problem(name, f"history: {'listed' if row in ours else 'not listed'}: {row}")
        self.counts["history", "same" if ours == theirs else "differ for a known reason"] += 1
        self.counts["history", "files"] += len(theirs)


class Case:
    """One image, with its layers unpacked from compression, in a folder of its own."""

    def __init__(self, name, folder, layout, layers):
        self.name, self.folder, self.layout, self.layers = name, folder, layout, layers
        self.model = Model()
        for layer in layers:
            with tarfile.open(layer, "r:", encoding="utf-8", errors="surrogateescape") as archive:
                self.model.apply(archive)

    def check(self, result, tool, oracles, options=()):
        rows = listing(tool, self.layout, "--digests", "--removed", *options)
        tree = {row[0]: row[4] for row in rows if row[3] < 0}
        if [row for row in rows if row[3] < 0] != listing(tool, self.layout, "--digests"):
            result.problem(self.name, "the listing without what is removed is another one")
        result.compare(self.name, "model", (tree, {row[0]: row[4] for row in self.model.rows() if row[3] < 0}), ())
        result.compare_history(self.name, rows, self.model)
        for oracle in oracles:
            folder = f"{self.folder}/{oracle}"
            os.makedirs(folder)
            try:
                result.compare(self.name, oracle, (tree, ORACLES[oracle](folder, self.layers, self.layout)),
                               self.model.events)
            except view_oracles.Refused as why:
                result.refuse(self.name, oracle, why, self.model.events)
            shutil.rmtree(folder)


def stack_case(seed, folder):
    layers = view_stacks.stack(seed)
    os.makedirs(folder)
    view_stacks.write_layout(folder + "/oci", layers, lambda i: (seed + i) % 3 == 0)
    files = []
    for i, layer in enumerate(layers):
        files.append(f"{folder}/{i}.tar")
        pathlib.Path(files[-1]).write_bytes(layer)
    return Case(f"stack {seed}", folder, folder + "/oci", files)


def image_case(layout, folder):
    os.makedirs(folder)
    index = json.loads((layout / "index.json").read_text())
    blobs = layout / "blobs/sha256"
    manifest = json.loads((blobs / index["manifests"][0]["digest"][7:]).read_text())
    files = []
    for i, layer in enumerate(manifest["layers"]):
        files.append(f"{folder}/{i}.tar")
        kind, blob = layer["mediaType"].rsplit("+")[-1], blobs / layer["digest"][7:]
        with open(files[-1], "wb") as out:
            command = {"gzip": ["gzip", "-dc"], "zstd": ["zstd", "-dc"]}.get(kind, ["cat"])
            subprocess.run([*command, blob], stdout=out, check=True)
    case = Case(layout.name, folder, str(layout), files)
    case.model.events.update(("zstd", b"") for layer in manifest["layers"] if layer["mediaType"].endswith("+zstd"))
    return case


def images_of(options):
    """Folders of layouts that hold an image and not an index."""
    names = options.images.split(",") if options.images != "all" else [
        path.parent.name for path in sorted(options.folder.glob("*/index.json"))]
    for layout in [options.folder / name for name in names if name]:
        if not (layout / "index.json").exists():
            print(f"{layout.name}: not there, skipped")
        elif json.loads((layout / "index.json").read_text())["manifests"][0]["mediaType"].endswith("index.v1+json"):
            print(f"{layout.name}: an index, skipped")
        else:
            yield layout


def run_all(options, work, oracles):
    result = Result()
    for seed in range(options.seed, options.seed + options.stacks):
        case = stack_case(seed, f"{work}/stack")
        case.check(result, options.tool, oracles, ["--threads", str(1 + seed % 4)])
        shutil.rmtree(case.folder)
    for layout in images_of(options):
        case = image_case(layout, f"{work}/image")
        case.check(result, options.tool, oracles)
        shutil.rmtree(case.folder)
        result.counts["images", "compared"] += 1
        print(f"{layout.name}: {len(case.layers)} layers, {len(case.model.rows())} files", flush=True)
    return result


def available(work):
    """The oracles that can be had here."""
    found = ["umoci"] if shutil.which("umoci") else []
    try:
        view_oracles.own_namespace(work)
        why = view_oracles.can_overlay(work)
    except OSError as error:
        why = str(error)
    if why:
        print(f"overlayfs cannot be mounted here: {why}")
    return found if why else ["overlay", "mounted", *found]


def report(result, options, oracles, seconds):
    print(f"{options.stacks} stacks, {result.counts['images', 'compared']} images, {seconds:.0f} s")
    for oracle in ["model", "history", *oracles]:
        counts = {what: n for (of, what), n in sorted(result.counts.items()) if of == oracle}
        print(f"{oracle}:", ", ".join(f"{n} {what}" for what, n in counts.items()))
    for rule, n in result.used.most_common():
        print(f"{n:5} times: {rule[0]}, {rule[1]}{', refused' if rule[2] else ''}: {rule[3]}")
    # A comparison that everything is excused from, and a rule that nothing needs, would be worth nothing.
    for oracle in oracles if options.stacks >= 200 else []:
        if result.counts[oracle, "same"] < options.stacks / 2:
            result.problem(oracle, "less than half of the stacks were compared and the same")
        for rule in RULES:
            if oracle in rule[0].split() and rule not in result.used and rule[1] != "zstd":
                result.problem(oracle, f"nothing needed the rule {rule}")
    print(f"{len(result.problems)} problems")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", type=os.path.abspath)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--stacks", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--images", default=",".join(IMAGES))
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    work, began = tempfile.mkdtemp(prefix="view-"), time.monotonic()
    try:
        oracles = available(work) if os.geteuid() == 0 else []
        if not oracles:
            print("needs root, and overlayfs or umoci")
            sys.exit(77)
        result = run_all(options, work, oracles)
    finally:
        view_oracles.leave(work)
    report(result, options, oracles, time.monotonic() - began)
    sys.exit(1 if result.problems else 0)


if __name__ == "__main__":
    main()
