# SPDX-License-Identifier: Apache-2.0
"""What others make of a stack of layers, as trees {path: (type, mode, uid, gid, size, link, sha256, device)}.

overlay: each layer unpacked into a directory of its own as containerd's overlay snapshotter does (archive.Apply with
    OverlayConvertWhiteout and the parents' attributes for missing directories), all of them mounted by the kernel.
mounted: each layer unpacked on top of the mounted lower ones as containerd does for its other snapshotters (archive.Apply
    with whiteouts that remove); the kernel writes the whiteouts of overlayfs.
umoci: umoci raw unpack.

Everything happens in a mount namespace of this process, below a folder that is a tmpfs where that can be."""
import ctypes
import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import tarfile

CLONE_NEWNS, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x4000, 0x40000, 2
MOST_LINKS = 255
libc = ctypes.CDLL(None, use_errno=True)
LETTERS = {stat.S_IFREG: "-", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFCHR: "c", stat.S_IFBLK: "b", stat.S_IFIFO: "p"}


class Refused(Exception):
    """The oracle does not take these layers; the text says what failed, and the name of the error."""


def named(what, error):
    return Refused(f"{what}: {errno.errorcode.get(error.errno)}")


def checked(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(kind, folder, options):
    checked(libc.mount(kind, os.fsencode(folder), kind, 0, os.fsencode(options)))


def own_namespace(folder):
    """Mounts of this process are its own from now on; folder becomes a tmpfs if it can. OSError: not allowed."""
    checked(libc.unshare(CLONE_NEWNS))
    checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    mount(b"tmpfs", folder, "mode=0755")


def leave(folder):
    """Removes the folder, with the tmpfs if there is one."""
    libc.umount2(os.fsencode(folder), MNT_DETACH)
    shutil.rmtree(folder)


def mount_overlay(folder, lower, upper=None):
    options = "index=off,metacopy=off,redirect_dir=off,lowerdir=" + ":".join(reversed(lower))
    if upper:
        work = upper + ".work"
        os.mkdir(work)
        options += f",upperdir={upper},workdir={work}"
    os.makedirs(folder, exist_ok=True)
    mount(b"overlay", folder, options)


def can_overlay(folder):
    """Whether the kernel mounts overlayfs there, with whiteouts and opaque directories; or why not."""
    try:
        for name in ("a/x", "b/x", "c"):
            os.makedirs(f"{folder}/try/{name}")
        os.setxattr(f"{folder}/try/b/x", "trusted.overlay.opaque", b"y")
        os.mknod(f"{folder}/try/b/y", stat.S_IFCHR, 0)
        mount_overlay(f"{folder}/try/m", [f"{folder}/try/a", f"{folder}/try/b"], f"{folder}/try/c")
        unmount(f"{folder}/try/m")
        return None
    except OSError as error:
        return str(error)
    finally:
        shutil.rmtree(f"{folder}/try", ignore_errors=True)


def unmount(folder):
    checked(libc.umount2(os.fsencode(folder), MNT_DETACH))


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return "sha256:" + digest.hexdigest()


def attributes_at(path):
    status = os.lstat(path)
    kind = LETTERS[stat.S_IFMT(status.st_mode)]
    device = (os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in "cb" else (0, 0)
    return (kind, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, status.st_size if kind == "-" else 0,
            os.readlink(path) if kind == "l" else b"", file_digest(path) if kind == "-" else "", device)


def walked(root):
    tree, root = {}, os.fsencode(root)
    for folder, directories, files in os.walk(root):
        for name in directories + files:
            path = os.path.join(folder, name)
            try:
                tree[path[len(root) + 1:]] = attributes_at(path)
            except FileNotFoundError:
                pass  # overlayfs lists a whiteout that no lower directory has a name for, and then says it is not there
    return tree


# containerd: fs.RootPath of continuity, archive.Apply

def joined(*parts):
    return os.path.normpath(b"/".join(parts))


def in_root(root, path):
    """Joins and normalises; ".." stops at the root."""
    return joined(root, os.path.normpath(b"/" + path.lstrip(b"/")).lstrip(b"/"))


class RootPath:
    """Follows all links of a path inside a root, by text: what is not there is no link."""

    def __init__(self, root, what="path"):
        self.root, self.what, self.links = root, what, 0

    def step(self, path):
        if self.links > MOST_LINKS:
            raise Refused(self.what + ": too many links")
        path = b"/" + path.lstrip(b"/")
        try:
            target = os.readlink(in_root(self.root, path))
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EINVAL):  # not there, no link
                return path, False
            raise named(self.what, error) from error
        self.links += 1
        return target, True

    def once(self, path):
        folder, name = os.path.split(path)
        if not folder.strip(b"/") and not name:
            return b"/"
        if not name:
            return self.once(folder)
        folder = self.once(folder) if folder.strip(b"/") else b"/"
        path, is_link = self.step(os.path.normpath(folder + b"/" + name))
        return path if not is_link or path.startswith(b"/") else os.path.normpath(folder + b"/" + path)

    def resolve(self, path):
        while True:
            before = self.links
            path = self.once(path)
            if before == self.links:
                return in_root(self.root, path)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


class Apply:
    """archive.Apply of containerd on one root. parents: the lower roots, topmost first, for the overlay snapshotter."""

    def __init__(self, root, parents=None):
        self.root, self.parents, self.unpacked = os.fsencode(root), parents, set()

    def run(self, archive):
        for entry in archive:
            self.place(archive, entry)

    def place(self, archive, entry):
        name = os.path.normpath(entry.name.encode("utf-8", "surrogateescape"))
        folder, base = os.path.split(name)
        folder = RootPath(self.root).resolve(folder)
        path = joined(folder, base) if base not in (b"", b".", b"..") else folder
        if path == self.root:
            return
        if folder != self.root:
            self.make_parent(folder)
        if base.startswith(b".wh."):
            self.marker(folder, base[len(b".wh."):], entry)
            return
        if os.path.lexists(path) and not (os.path.isdir(path) and not os.path.islink(path) and entry.isdir()):
            remove(path)
        self.create(archive, entry, path)
        self.unpacked.add(path)

    def make_parent(self, path):
        if os.path.lexists(path):
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                raise Refused("path: ENOTDIR")
            return
        above = os.path.dirname(path)
        if above != self.root:
            self.make_parent(above)
        os.mkdir(path)
        os.chmod(path, 0o755)
        for parent in self.parents or ():
            there = RootPath(os.fsencode(parent), "lower path").resolve(path[len(self.root):])
            if os.path.lexists(there):
                status = os.lstat(there)
                if stat.S_ISDIR(status.st_mode):
                    os.chown(path, status.st_uid, status.st_gid)
                    os.chmod(path, stat.S_IMODE(status.st_mode))
                return

    def marker(self, folder, name, entry):
        if self.parents is not None:
            if name == b".wh..opq":
                os.setxattr(folder, "trusted.overlay.opaque", b"y")
                return
            try:
                os.mknod(joined(folder, name), stat.S_IFCHR, 0)
            except FileExistsError as error:
                raise named("whiteout", error) from error
            os.chown(joined(folder, name), entry.uid, entry.gid)
        elif name == b".wh..opq":
            self.clear(folder)
        else:
            remove(joined(folder, name))

    def clear(self, folder):
        for below in sorted(os.listdir(folder)):
            path = joined(folder, below)
            if path not in self.unpacked:
                remove(path)
            elif os.path.isdir(path) and not os.path.islink(path):
                self.clear(path)

    def create(self, archive, entry, path):
        if entry.isdir():
            if not os.path.isdir(path):
                os.mkdir(path)
        elif entry.issym():
            os.symlink(entry.linkname.encode("utf-8", "surrogateescape"), path)
        elif entry.islnk():
            self.link(entry.linkname.encode("utf-8", "surrogateescape"), path)
        elif entry.isreg():
            with open(path, "wb") as file:
                shutil.copyfileobj(archive.extractfile(entry), file)
        else:
            kind = stat.S_IFIFO if entry.isfifo() else stat.S_IFCHR if entry.ischr() else stat.S_IFBLK
            os.mknod(path, kind | 0o600, os.makedev(entry.devmajor, entry.devminor))
        os.lchown(path, entry.uid, entry.gid)
        if not os.path.islink(path):
            os.chmod(path, entry.mode & 0o7777)

    def link(self, target, path):
        folder, base = os.path.split(target)
        try:
            os.link(joined(RootPath(self.root).resolve(folder), base), path, follow_symlinks=False)
        except OSError as error:
            raise named("hard link", error) from error


# The oracles: (folder to work in, files of uncompressed layers, layout) -> tree

def unpack(root, layer, parents=None):
    with tarfile.open(layer, "r:", errors="surrogateescape") as archive:
        Apply(root, parents).run(archive)


def overlay(folder, layers, _layout):
    lower = []
    for i, layer in enumerate(layers):
        os.makedirs(f"{folder}/{i}")
        unpack(f"{folder}/{i}", layer, lower[::-1] if lower else None)
        lower.append(f"{folder}/{i}")
    if len(lower) == 1:
        return walked(lower[0])
    mount_overlay(folder + "/merged", lower)
    try:
        return walked(folder + "/merged")
    finally:
        unmount(folder + "/merged")


def mounted(folder, layers, _layout):
    lower, tree = [], {}
    for i, layer in enumerate(layers):
        os.makedirs(f"{folder}/{i}")
        if not lower:
            unpack(f"{folder}/0", layer)
            tree = walked(f"{folder}/0") if len(layers) == 1 else tree
            lower.append(f"{folder}/0")
            continue
        mount_overlay(folder + "/merged", lower, f"{folder}/{i}")
        try:
            unpack(folder + "/merged", layer)
            tree = walked(folder + "/merged") if i == len(layers) - 1 else tree
        finally:
            unmount(folder + "/merged")
        lower.append(f"{folder}/{i}")
    return tree


def umoci(folder, _layers, layout):
    with open(layout + "/index.json", encoding="utf-8") as file:
        name = json.load(file)["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
    done = subprocess.run(["umoci", "raw", "unpack", "--image", f"{layout}:{name}", folder + "/root"], capture_output=True,
                          umask=0o022)
    if done.returncode != 0:
        raise Refused(done.stderr.decode(errors="replace").strip()[-300:])
    return walked(folder + "/root")
