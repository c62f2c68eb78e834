# SPDX-License-Identifier: Apache-2.0
"""dnf.py TOOL: the repository of every rpm package is the one that dnf says it came from. Packages are made with
rpmbuild, put into two repositories with createrepo_c, and installed, upgraded, downgraded, reinstalled, removed, marked
and installed from a file by the dnf of this machine into a root of its own; after each step the inventory is compared
with "dnf list installed", with the log that dnf leaves and without it. Debian has no dnf 5: its history is made with
sqlite3, of what dnf 4 wrote down, and gives the same. Each package names its repository as its vendor, too: where dnf
is wrong, that decides. Needs root; exit 77 otherwise, or without dnf, rpmbuild, rpm or createrepo_c."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

NEEDED = ("dnf", "rpmbuild", "rpm", "createrepo_c")
# name, epoch, version, where, more lines of the spec
PACKAGES = [
    ("one", "", "1", "alpha", ""), ("one", "", "2", "alpha", ""), ("one", "", "3", "beta", ""),
    ("two", "1", "1", "alpha", "Requires: one"), ("three", "", "1", "alpha", ""), ("three", "", "1", "beta", ""),
    ("old", "", "1", "alpha", ""), ("new", "", "1", "beta", "Obsoletes: old < 2"), ("gone", "", "1", "alpha", ""),
    ("marked", "", "1", "beta", ""), ("filed", "", "1", "files", ""), ("broken", "", "1", "alpha", ""),
    ("broken", "", "1", "beta", "%pre -p <lua>\nerror('no')"),
    ("stranger", "0", "1", "files", ""),
]
VENDORS = {"alpha": "alpha", "beta": "beta", "files": "@commandline"}
# It was to be installed once more from beta, which failed; dnf shows what it tried.
NOT_AS_SHOWN = {("broken", "noarch", "1-1"): "alpha"}
SPEC = """Name: {0}
{1}Version: {2}
Release: 1
Summary: {0}
License: MIT
Vendor: {3}
BuildArch: noarch
{4}
%description
{0}
%files
"""
HISTORY = "var/lib/dnf/history.sqlite"
HISTORY5 = "usr/lib/sysimage/libdnf5/transaction_history.sqlite"
TABLES5 = """
CREATE TABLE trans (id INTEGER PRIMARY KEY AUTOINCREMENT, dt_begin INTEGER NOT NULL, releasever TEXT NOT NULL,
                    user_id INTEGER NOT NULL, description TEXT, state_id INTEGER);
CREATE TABLE repo (id INTEGER PRIMARY KEY, repoid TEXT NOT NULL);
CREATE TABLE pkg_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE arch (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE item (id INTEGER PRIMARY KEY);
CREATE TABLE trans_item_action (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE trans_item (id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER REFERENCES trans(id), item_id INTEGER
                         REFERENCES item(id), repo_id INTEGER REFERENCES repo(id), action_id INTEGER NOT NULL,
                         reason_id INTEGER NOT NULL, state_id INTEGER NOT NULL);
CREATE TABLE rpm (item_id INTEGER NOT NULL UNIQUE, name_id INTEGER NOT NULL, epoch INTEGER NOT NULL, version TEXT NOT
                  NULL, release TEXT NOT NULL, arch_id INTEGER NOT NULL,
                  UNIQUE (name_id, epoch, version, release, arch_id));
CREATE INDEX trans_item_item_id ON trans_item(item_id);
"""
# What dnf 4 calls an action, and dnf 5: 5 is the way out of an upgrade, which it calls replaced.
ACTIONS5 = {1: 1, 2: 3, 3: 6, 4: 1, 5: 6, 6: 2, 7: 6, 8: 5, 9: 4, 10: 6, 11: 7}
STATES5 = {0: 1, 1: 2, 2: 3}


class Machine:
    """A folder with repositories, a root, and the files that rpm and dnf read in place of the user's."""

    def __init__(self, tool, folder):
        self.tool, self.folder, self.root = tool, folder, folder / "root"
        self.environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
        (folder / ".rpmmacros").write_text("%_dbpath /var/lib/rpm\n")
        for name in ("root/etc", "root/var/lib/rpm", "log", "none", "build"):
            (folder / name).mkdir(parents=True)
        (self.root / "etc/os-release").write_text("ID=fedora\nVERSION_ID=40\n")

    def run(self, *command, may_fail=False):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=self.environment)
        if done.returncode != 0 and not may_fail:
            sys.exit(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def dnf(self, *arguments, may_fail=False):
        settings = {"cachedir": "cache", "reposdir": "none", "logdir": "log"}
        return self.run("dnf", "-q", "-y", f"--installroot={self.root}", "--releasever=1", "--setopt=gpgcheck=0",
                        "--setopt=plugins=0", *[f"--setopt={k}={self.folder / v}" for k, v in settings.items()],
                        *[f"--repofrompath={n},{self.folder / n}" for n in ("alpha", "beta")], *arguments,
                        may_fail=may_fail)

    def build(self):
        for name, epoch, version, where, more in PACKAGES:
            spec = self.folder / "build" / f"{name}.spec"
            head, _, script = more.partition("%pre")
            text = SPEC.format(name, f"Epoch: {epoch}\n" if epoch else "", version, where, head)
            spec.write_text(text + ("%pre" + script + "\n" if script else ""))
            self.run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {self.folder / 'build'}", "--define",
                     f"_rpmdir {self.folder / where}", spec)
        for name in ("alpha", "beta"):
            self.run("createrepo_c", "-q", self.folder / name)

    def package(self, where, name):
        return next((self.folder / where).rglob(name + "-*.rpm"))

    def listed(self):
        """name, architecture and version as dnf shows them, to the repository, None where it knows of none."""
        rows = {}
        for line in self.dnf("list", "installed").splitlines():
            words = line.split()
            if len(words) == 3 and words[2].startswith("@"):
                name, _, arch = words[0].rpartition(".")
                rows[name, arch, words[1]] = None if words[2] in ("@System", "@@System") else words[2][1:]
        return rows

    def inventory(self, root):
        done = subprocess.run([self.tool, "inventory", f"rootfs:{root}", "-q", "-o", "json"], capture_output=True)
        if done.returncode not in (0, 3):
            sys.exit(f"{self.tool}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
        document = json.loads(done.stdout)
        packages = [p for p in document["packages"] if p["how"] == "rpm"]
        rows = {(p["name"], p["architecture"], p["version"].removeprefix("0:")): p["properties"].get("repository")
                for p in packages}
        problems = [f"{note['code']} {note['where']}: {note['text']}" for note in document["notes"]]
        for known in (p["properties"] for p in packages):
            if known.get("repository") not in (None, VENDORS[known["vendor"]]):
                problems.append(f"{known['source-rpm']} of {known['vendor']}: {known['repository']}")
        return rows, problems


# ---- the same root with its history in other forms ----


def copied(machine, name):
    root = machine.folder / name
    shutil.rmtree(root, ignore_errors=True)
    (root / "var/lib").mkdir(parents=True)
    for part in ("etc", "var/lib/rpm", "var/lib/dnf"):
        shutil.copytree(machine.root / part, root / part)
    return root


def settled(machine, name="settled"):
    """The log is put into the database."""
    root = copied(machine, name)
    with sqlite3.connect(root / HISTORY) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    for path in root.glob(HISTORY + "-*"):
        path.unlink()
    return root


def as_dnf5(machine):
    root = settled(machine, "dnf5")
    (root / HISTORY5).parent.mkdir(parents=True)
    old, new = sqlite3.connect(root / HISTORY), sqlite3.connect(root / HISTORY5)
    new.executescript(TABLES5)
    new.executemany("INSERT INTO repo VALUES (?, ?)", old.execute("SELECT id, repoid FROM repo"))
    for item, name, epoch, version, release, arch in old.execute("SELECT * FROM rpm"):
        new.execute("INSERT INTO item VALUES (?)", (item,))
        new.execute("INSERT OR IGNORE INTO pkg_name(name) VALUES (?)", (name,))
        new.execute("INSERT OR IGNORE INTO arch(name) VALUES (?)", (arch,))
        new.execute("INSERT INTO rpm SELECT ?, n.id, ?, ?, ?, a.id FROM pkg_name n, arch a WHERE n.name = ? AND "
                    "a.name = ?", (item, epoch, version, release, name, arch))
    for row in old.execute("SELECT id, trans_id, item_id, repo_id, action, reason, state FROM trans_item"):
        new.execute("INSERT INTO trans_item VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*row[:4], ACTIONS5[row[4]], row[5], STATES5[row[6]]))
    new.commit()
    old.close()
    new.close()
    (root / HISTORY).unlink()
    return root


def without(machine):
    root = copied(machine, "without")
    shutil.rmtree(root / "var/lib/dnf")
    return root


# ---- the steps ----


def compare(step, form, found, more, wanted):
    problems = [f"{step}, {form}: {key}: {found.get(key, 'is not there')}, not {wanted.get(key, 'there')}"
                for key in sorted(found.keys() | wanted.keys()) if found.get(key, 0) != wanted.get(key, 0)]
    return problems + [f"{step}, {form}: {problem}" for problem in more]


def check(machine, step):
    wanted = machine.listed()
    wanted.update({key: value for key, value in NOT_AS_SHOWN.items() if key in wanted})
    logged = (machine.root / (HISTORY + "-wal")).stat().st_size if (machine.root / (HISTORY + "-wal")).exists() else 0
    forms = {"as dnf left it": machine.root, "without its log": settled(machine), "as of dnf 5": as_dnf5(machine)}
    problems = []
    for form, root in forms.items():
        problems += compare(step, form, *machine.inventory(root), wanted)
    problems += compare(step, "without history", *machine.inventory(without(machine)), dict.fromkeys(wanted))
    named = sum(repository is not None for repository in wanted.values())
    print(f"{step}: {len(wanted)} packages, {named} with a repository, {logged} bytes of log, {len(problems)} problems")
    return problems


def steps(machine):
    """Each step and what it is, in order; a step changes the root when it is asked for."""
    dnf, one = machine.dnf, ("--repo", "alpha")
    yield "install", dnf(*one, "install", "one-1", "two", "three", "gone", "old", "--setopt=obsoletes=0")
    yield "upgrade", dnf("--repo", "beta", "upgrade", "one")
    yield "downgrade", dnf(*one, "downgrade", "one-2")
    yield "reinstall", dnf("--repo", "beta", "reinstall", "three")
    yield "obsolete", dnf("--repo", "beta", "upgrade", "old", "new", "--setopt=obsoletes=1", may_fail=True)
    yield "install new", dnf("--repo", "beta", "install", "new", "marked")
    yield "file", dnf("install", machine.package("files", "filed"))
    yield "mark", dnf("mark", "remove", "marked") + dnf("mark", "install", "one")
    yield "remove", dnf("remove", "gone")
    yield "broken", dnf(*one, "install", "broken") + dnf("--repo", "beta", "reinstall", "broken", may_fail=True)
    rpm = ("rpm", "--root", machine.root, "--nodeps", "--force-debian", "-i")
    yield "rpm alone", machine.run(*rpm, machine.package("files", "stranger"), machine.package("alpha", "gone"))
    yield "mark stranger", dnf("mark", "remove", "stranger")
    yield "again", dnf("--repo", "beta", "upgrade", "one") + dnf(*one, "reinstall", "three")


def main():
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        print("not installed: " + " ".join(missing) if missing else "dnf needs root")
        sys.exit(77)
    problems, seen = [], set()
    with tempfile.TemporaryDirectory() as name:
        machine = Machine(sys.argv[1], pathlib.Path(name))
        machine.build()
        for step, _ in steps(machine):
            problems += check(machine, step)
            seen |= set(machine.listed().values())
    if seen != {None, "alpha", "beta", "@commandline"}:
        problems.append(f"repositories seen: {seen}")
    for problem in problems[:50]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
