# SPDX-License-Identifier: Apache-2.0
"""forms.py TOOL IMAGES: the same image in other forms has the same packages: copied by skopeo into a folder (dir:), with
all its platforms, and into a docker archive; unpacked by umoci into a root folder, and as a tar of that, plain and
compressed; named with its form before the path. Exit 77 without images or without these programs."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace')[-600:]}")


def inventory(tool, path, *options):
    done = subprocess.run([tool, "inventory", str(path), "-q", "-o", "json", *options], capture_output=True)
    if done.returncode not in (0, 3):
        print(done.stderr.decode(errors="replace"))
        return None
    return json.loads(done.stdout)


class Check:
    def __init__(self, tool):
        self.tool, self.problems, self.checked = tool, [], 0

    def same(self, right, path, *options, form, notes=()):
        """The packages, file lists included, of path are those of right, and nothing else is remarked."""
        found = inventory(self.tool, path, *options)
        self.checked += 1
        if found is None:
            self.problems.append(f"{path}: no inventory")
            return
        for what in ("packages", "distro"):
            if found[what] != right[what]:
                self.problems.append(f"{path}: other {what}")
        if found["image"]["form"] != form:
            self.problems.append(f"{path}: form {found['image']['form']}")
        codes = {note["code"] for note in found["notes"]}
        if codes != set(notes):
            self.problems.append(f"{path}: notes {sorted(codes)}")
        print(f"{path} {' '.join(options)}: {form}, {len(found['packages'])} packages")

    def fails(self, path, status, *options):
        done = subprocess.run([self.tool, "inventory", str(path), "-q", *options], capture_output=True)
        self.checked += 1
        if f"[{status}]".encode() not in done.stderr:
            self.problems.append(f"{path}: not {status}: {done.stderr.decode(errors='replace')}")


def one_platform(check, layout, work):
    right = inventory(check.tool, layout)
    run("skopeo", "copy", "-q", f"oci:{layout}:latest", f"dir:{work}/dir")
    run("skopeo", "copy", "-q", f"oci:{layout}:latest", f"docker-archive:{work}/docker.tar:name:tag")
    run("skopeo", "copy", "-q", f"oci:{layout}:latest", f"oci-archive:{work}/oci.tar:tag")
    check.same(right, f"oci:{layout}:latest", form="oci-layout")
    check.same(right, work / "dir", form="dir")
    check.same(right, f"dir:{work}/dir", form="dir")
    check.same(right, f"docker-archive:{work}/docker.tar:name:tag", form="docker-archive")
    check.same(right, f"oci-archive:{work}/oci.tar:tag", form="oci-archive")
    check.fails(f"dir:{layout}", "format")
    check.fails(f"oci:{work}/dir", "format")
    check.fails(f"rootfs:{work}/docker.tar", "format")
    check.fails(f"oci:{layout}:absent", "not-found")


def unpacked(check, layout, work):
    right = inventory(check.tool, layout)
    root = work / "root"
    run("umoci", "raw", "unpack", "--rootless", "--image", f"{layout}:latest", root)
    run("tar", "-C", root, "-cf", work / "root.tar", ".")
    run("tar", "-C", root, "-czf", work / "root.tar.gz", ".")
    for path in (root, work / "root.tar", work / "root.tar.gz"):
        check.same(flat(right), path, form="rootfs")
        check.same(flat(right), f"rootfs:{path}", form="rootfs")


def flat(right):
    """A root has one layer."""
    return {**right, "packages": [{**package, "layer": 0} for package in right["packages"]]}


def all_platforms(check, layout, work):
    run("skopeo", "copy", "-q", "--all", f"oci:{layout}", f"dir:{work}/all")
    for platform in ("linux/amd64", "linux/arm64"):
        right = inventory(check.tool, layout, "--platform", platform)
        check.same(right, work / "all", "--platform", platform, form="dir")
    check.fails(work / "all", "not-found", "--platform", "linux/s390x")


def main():
    tool, images = sys.argv[1], pathlib.Path(sys.argv[2])
    jobs = [(one_platform, "alpine-3.20.3"), (unpacked, "alpine-3.20.3"), (unpacked, "distroless-like"),
            (all_platforms, "multi-alpine")]
    if not all(shutil.which(program) for program in ("skopeo", "umoci", "tar")):
        print("skopeo, umoci or tar is not here")
        sys.exit(77)
    check = Check(tool)
    for job, name in jobs:
        with tempfile.TemporaryDirectory() as folder:
            if (images / name / "index.json").exists():
                job(check, (images / name).resolve(), pathlib.Path(folder))
    for problem in check.problems:
        print(problem)
    sys.exit(1 if check.problems else 0 if check.checked else 77)


main()
