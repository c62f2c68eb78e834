# SPDX-License-Identifier: Apache-2.0
"""The merged view by the words of the specification (OCI image-spec 1.1 layer.md, "Applying Changesets"), slow and plain,
in memory. Links are followed inside the root like path_resolution(7) in a chroot. It also tells the history of every
path, and which of the places where container runtimes differ from each other the layers touch: the events.

Attributes are (type, mode, uid, gid, size, link, sha256, device); paths are bytes."""
import hashlib
import tarfile

MOST_LINKS = 40
TYPES = {tarfile.REGTYPE: "-", tarfile.AREGTYPE: "-", tarfile.CONTTYPE: "-", tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l",
         tarfile.CHRTYPE: "c", tarfile.BLKTYPE: "b", tarfile.FIFOTYPE: "p"}
IMPLIED = ("d", 0o755, 0, 0, 0, b"", "", (0, 0))


def raw(text):
    return text.encode("utf-8", "surrogateescape")


def clean(name):
    """The components of a name; ".." by text, as runtimes clean the names of entries."""
    parts = []
    for part in name.split(b"/"):
        if part == b"..":
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
    return parts


def above(path):
    """The path and the directories it lies in."""
    return [path[:i] for i in range(len(path)) if path[i:i + 1] == b"/"] + [path]


def attributes_of(entry, archive):
    kind = TYPES[entry.type]
    data = archive.extractfile(entry).read() if kind == "-" else b""
    return (kind, entry.mode & 0o7777, entry.uid, entry.gid, len(data), raw(entry.linkname) if kind == "l" else b"",
            "sha256:" + hashlib.sha256(data).hexdigest() if kind == "-" else "",
            (entry.devmajor, entry.devminor) if kind in "cb" else (0, 0))


class Inode:
    def __init__(self, attributes):
        self.attributes = attributes
        self.is_linked = self.is_changed = False


class Node:
    """A name. Hard links share the inode."""

    def __init__(self, parent, name, inode, layer, first):
        self.parent, self.name, self.inode, self.layer, self.first = parent, name, inode, layer, first
        self.children = {}

    kind = property(lambda self: self.inode.attributes[0])

    def path(self):
        parts, node = [], self
        while node.parent is not node:
            parts.append(node.name)
            node = node.parent
        return b"/".join(reversed(parts))

    def walk(self):
        """What lies below, parents first."""
        stack = list(self.children.values())
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children.values())


class NoDirectory(Exception):
    pass


class Model:
    def __init__(self):
        self.root = Node(None, b"", Inode(IMPLIED), 0, 0)
        self.root.parent = self.root
        self.layer = -1
        self.removed = []  # rows as in rows()
        self.links, self.through_lower = [], False  # of the last path followed: its links, whether one is of a lower layer
        self.no_directories = set()  # paths where some layer has something else, or a whiteout
        self.directories = set()  # paths where some layer has one
        self.events = set()  # (what, path at or below which it shows)

    def apply(self, archive):
        """Puts an open tar archive on top."""
        self.begin()
        for entry in archive:
            self.place(entry, attributes_of(entry, archive) if entry.type in TYPES else None)
        self.end()

    def begin(self):
        self.layer += 1
        self.before = [(node, self.row(node, -1)) for node in self.root.walk()]
        self.gone = {}  # what this layer took away so far: path -> whether it was a directory
        self.whiteouts = set()

    def end(self):
        after = {id(node) for node in self.root.walk()}
        self.removed += [row[:3] + (self.layer,) + row[4:] for node, row in self.before if id(node) not in after]

    def row(self, node, removed):
        return (node.path(), node.first, node.layer, removed, node.inode.attributes)

    def rows(self):
        """(path, first layer, last layer, layer that removed it or -1, attributes), in the order of a listing."""
        rows = [self.row(node, -1) for node in self.root.walk()] + self.removed
        return sorted(rows, key=lambda row: (row[0], row[3] if row[3] >= 0 else 1 << 32))

    def event(self, what, *nodes_or_paths):
        for where in nodes_or_paths:
            self.events.add((what, where if isinstance(where, bytes) else where.path()))

    # Following of paths

    def enter(self, node, name, rest, links):
        """One step; puts the target of a link before what is left to go."""
        child = node.children.get(name)
        if child is None or child.kind != "l":
            return child
        links.append(child)
        target = child.inode.attributes[5]
        parts = [part for part in target.split(b"/") if part not in (b"", b".")]
        if b".." in parts[next((i for i, part in enumerate(parts) if part != b".."), 0):]:
            self.event("dotdot", b"")
        rest[:0] = [(part, True) for part in parts]
        return self.root if target.startswith(b"/") else node

    def resolve(self, parts, create):
        """The directory that parts lead to; raises NoDirectory."""
        node, rest, links, made, outer = self.root, [(part, False) for part in parts], [], [], None
        self.links = links
        while rest:
            name, of_link = rest.pop(0)
            if of_link and name == b"..":
                node = node.parent
                continue
            passed = len(links)
            child = self.enter(node, name, rest, links)
            outer = links[-1] if len(links) > passed and not of_link else outer
            if child is None:
                child = self.imply(node, name, create)
                made.append(child)
            elif len(links) > MOST_LINKS or child.kind != "d":
                what = "loop" if len(links) > MOST_LINKS else "below-file"
                child = self.mend(outer if of_link or what == "loop" else child, create, what)
                rest = [step for step in rest if not step[1]]
            node = child
        if any(link.path() in self.whiteouts for link in links):
            self.event("whiteout-after", *made, node)
        if any(path in self.no_directories for path in above(node.path())):
            self.event("over-file", node)
        self.through_lower = any(link.layer != self.layer for link in links)
        if self.through_lower:
            self.event("lower-link", *links, *made, node)
        return node

    def imply(self, parent, name, create):
        if not create:
            raise NoDirectory
        node = Node(parent, name, Inode(IMPLIED), self.layer, self.layer)
        parent.children[name] = node
        self.event("implied", node)
        if parent.inode.attributes[1] & 0o2000:
            self.event("implied-setgid", node)
        self.look_back(node)
        return node

    def look_back(self, node):
        """A directory where this layer took one away, or what was behind a whiteout of it."""
        path = node.path()
        hidden = path in self.directories or any(up in self.no_directories for up in above(path))
        if node.inode.attributes is IMPLIED and hidden:
            self.event("implied-again", path)
        (self.directories if node.kind == "d" else self.no_directories).add(path)
        if node.kind == "d" and self.gone.get(path):
            self.event("again", path)
        if node.inode.attributes is IMPLIED and path in self.whiteouts:
            self.event("below-whiteout", path)

    def mend(self, node, create, what):
        """Something that is no directory where one is needed."""
        self.event(what, node)
        if node.layer == self.layer:
            self.event(what + "-here", node)
        if not create:
            raise NoDirectory
        return self.put(node.parent, node.name, Inode(IMPLIED))

    # Entries

    def put(self, parent, name, inode):
        """A new node, in place of what stands there."""
        old = parent.children.get(name)
        node = Node(parent, name, inode, self.layer, old.first if old else self.layer)
        self.look_back(node)
        for gone in [old, *old.walk()] if old else []:
            self.gone[gone.path()] = gone.kind == "d"
        parent.children[name] = node
        return node

    def place(self, entry, attributes):
        parts = clean(raw(entry.name))
        if not parts:
            return
        name = parts.pop()
        if name.startswith(b".wh."):
            return self.marker(parts, name[len(b".wh."):])
        parent = self.resolve(parts, True)
        old = parent.children.get(name)
        if entry.islnk():
            return self.hard_link(entry, parent, name)
        if old and old.kind == "d" and attributes[0] == "d":
            old.inode.attributes = attributes
            old.layer = self.layer
            return None
        return self.put(parent, name, Inode(attributes))

    def hard_link(self, entry, parent, name):
        path = b"/".join(filter(None, [parent.path(), name]))
        target = clean(raw(entry.linkname))
        try:
            source = self.resolve(target[:-1], False).children.get(target[-1]) if target else None
        except NoDirectory:
            source = None
        old, up = parent.children.get(name), parent
        while source and up is not self.root:
            if up is source:
                source = None
            up = up.parent
        inside = source
        while inside and inside is not self.root:
            if inside is old:
                source = None
            inside = inside.parent
        if source is None or source.kind == "d":
            return self.event("link-to-nothing", path)
        if source.inode.is_linked and any(n.inode is source.inode and n.layer != self.layer for n in self.root.walk()):
            self.event("lower-hard-link", *(node for node in self.root.walk() if node.inode is source.inode))
        if any(what == "lower-link" and where in above(source.path()) for what, where in self.events):
            self.event("lower-link", path)
        if source.layer != self.layer or self.through_lower:
            self.event("lower-hard-link", path, source)
        self.change(source, path, entry)
        source.inode.is_linked = True
        return self.put(parent, name, source.inode)

    def change(self, source, path, entry):
        """chmod and chown with the header of a hard link: they show at all names."""
        kind, mode, uid, gid, *rest = source.inode.attributes
        theirs = (kind, entry.mode & 0o7777 if kind != "l" else mode, entry.uid, entry.gid, *rest)
        source.inode.is_changed |= theirs != source.inode.attributes
        if source.inode.is_changed:
            self.event("link-attributes", path, *(node for node in self.root.walk() if node.inode is source.inode))
        source.inode.attributes = theirs

    def marker(self, parts, name):
        try:
            directory = self.resolve(parts, False)
        except NoDirectory:
            return self.event("marker-nowhere", *([b""] if self.links else above(b"/".join(parts))))
        if name == b".wh..opq":
            if directory is self.root:
                self.event("opaque-root", b"")
            if any(below.layer == self.layer for below in directory.walk()):
                self.event("opaque-after", directory)
            return [self.clear(child) for child in list(directory.children.values())]
        child = directory.children.get(name)
        path = b"/".join(filter(None, [directory.path(), name]))
        if child and (child.layer == self.layer or any(below.layer == self.layer for below in child.walk())):
            self.event("whiteout-after", path)
        if path in self.whiteouts:
            self.event("whiteout-after", path)
        self.whiteouts.add(path)
        self.no_directories.add(path)
        return self.clear(child) if child else None

    def clear(self, top):
        """Takes what lower layers have at top and below; what this layer brought stays."""
        below = list(top.walk())
        for node in [*reversed(below), top]:
            self.gone[node.path()] = node.kind == "d"
            if node.layer == self.layer or node.children:
                node.layer = node.first = self.layer
            else:
                del node.parent.children[node.name]
