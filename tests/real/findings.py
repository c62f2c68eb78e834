# SPDX-License-Identifier: Apache-2.0
"""findings.py TOOL IMAGES SHARED: the findings for real images with real feeds equal an independent computation, written
from the feeds' definitions, with dpkg --compare-versions for Debian and a slow comparison of plain versions for Alpine.
Exit 77 when images or feeds are absent."""
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

DEBIAN = {"debian-bullseye": "bullseye", "vuln-bullseye": "bullseye", "debian-bookworm": "bookworm",
          "nginx-bookworm": "bookworm", "java-bookworm": "bookworm", "debian-trixie": "trixie"}
ALPINE = {"alpine-3.18.9": "v3.18", "alpine-3.20.3": "v3.20", "node-alpine": "v3.18"}
LANGUAGES = ("npm", "maven", "golang", "pypi", "gem", "generic")
SUFFIXES = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"]


@functools.lru_cache(maxsize=None)
def deb_less(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b]).returncode == 0


def apk_key(version):
    """Only for plain versions: digits, one letter, suffixes, revision."""
    m = re.fullmatch(r"(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:-r(\d+))?", version)
    if not m:
        return None
    numbers = [int(n) for n in m[1].split(".")]
    suffixes = [(SUFFIXES.index(n), int(d or 0)) for n, d in re.findall(r"_([a-z]+)(\d*)", m[3])]
    return numbers, m[2], suffixes or [(SUFFIXES.index(""), 0)], int(m[4] or 0)


def debian_status(release, version):
    """The tracker's record for a release, and the installed source version, give a status and a fixed version."""
    fixed = release.get("fixed_version", "")
    if release["status"] == "undetermined":
        return "undetermined", ""
    if release["status"] == "resolved":
        if fixed == "0":
            return "not-affected", ""
        return ("affected" if deb_less(version, fixed) else "fixed"), fixed
    ignored = release.get("nodsa_reason") == "ignored" or release.get("urgency") == "end-of-life"
    return ("will-not-fix" if ignored else "affected"), ""


def debian_truth(tracker, codename, truth):
    wanted = set()
    for line in truth.read_text().splitlines():
        name, _, arch, source, source_version, status = line.split("\t")
        if status and status.split()[-1] in ("config-files", "not-installed"):
            continue
        for cve, record in tracker.get(source, {}).items():
            release = record["releases"].get(codename)
            if release:
                wanted.add((name, arch, cve) + debian_status(release, source_version))
    return wanted


def alpine_truth(secdb, release, truth):
    wanted, unclear = {}, set()
    for line in truth.read_text().splitlines():
        name, version, arch, origin = line.split("\t")[:4]
        for fixed, ids in secdb.get((release, origin), []):
            for cve in (word for text in ids for word in text.split()):
                if fixed == "0":
                    status = ("not-affected", "")
                elif apk_key(version) is None or apk_key(fixed) is None:
                    unclear.add((name, arch, cve))
                    continue
                else:
                    status = ("affected" if apk_key(version) < apk_key(fixed) else "fixed", fixed)
                order = ["affected", "fixed", "not-affected"]
                old = wanted.get((name, arch, cve))
                if not old or order.index(status[0]) < order.index(old[0]):
                    wanted[name, arch, cve] = status
    return {k + v for k, v in wanted.items() if k not in unclear}, unclear


def is_expected(done, document):
    """Incomplete is only what no feed covers: packages of languages that no package of the system owns."""
    gaps = {(note["code"], note["where"]) for note in document["notes"] if note["incomplete"]}
    return done.returncode == (3 if gaps else 0) and gaps <= {("no-feed", kind) for kind in LANGUAGES}


def found(tool, image, database):
    done = subprocess.run([tool, "scan", str(image), "--db", database, "-q", "-o", "json"], capture_output=True)
    document = json.loads(done.stdout) if done.stdout else {"notes": [], "findings": []}
    if not is_expected(done, document):
        print(done.stderr.decode(errors="replace"), document["notes"][:5])
        return set()
    return {(f["package"]["name"], f["package"]["architecture"], f["id"], f["status"], f["fixedVersion"])
            for f in document["findings"]}


def report(name, got, wanted):
    problems = [f"{name}: missing {row}" for row in sorted(wanted - got)] + \
               [f"{name}: not there {row}" for row in sorted(got - wanted)]
    open_ones = sum(row[3] in ("affected", "will-not-fix", "undetermined") for row in wanted)
    print(f"{name}: {len(wanted)} findings, {open_ones} open, {len(problems)} differences")
    return problems


def debian(tool, images, shared, work):
    packed = shared / "data/debian/debian-tracker-derived.json.zst"
    feed = pathlib.Path(work) / "tracker.json"
    feed.write_bytes(subprocess.run(["zstd", "-dc", str(packed)], capture_output=True, check=True).stdout)
    database = f"{work}/debian.db"
    subprocess.run([tool, "db", "build", "-q", "-o", database, f"debian={feed}"], check=True)
    tracker = json.loads(feed.read_text())
    problems = []
    for name, codename in DEBIAN.items():
        if (images / name).exists():
            wanted = debian_truth(tracker, codename, images / f"{name}.expected.tsv")
            problems += report(name, found(tool, images / name, database), wanted)
    return problems


def alpine(tool, images, shared, work):
    subprocess.run(["tar", "--zstd", "-C", work, "-xf", str(shared / "data/secdb/alpine-secdb.tar.zst")], check=True)
    secdb, feeds = {}, sorted(pathlib.Path(work).rglob("*.json"))
    feeds = [f for f in feeds if f.name != "tracker.json"]
    for path in feeds:
        document = json.loads(path.read_text())
        for entry in document["packages"]:
            package = entry["pkg"]
            rows = secdb.setdefault((document["distroversion"], package["name"]), [])
            rows += [(version, ids or []) for version, ids in (package.get("secfixes") or {}).items()]
    database = f"{work}/alpine.db"
    arguments = [f"{i}={path}" for i, path in enumerate(feeds)]
    subprocess.run([tool, "db", "build", "-q", "-o", database] + arguments, check=True)
    problems = []
    for name, release in ALPINE.items():
        if (images / name).exists():
            wanted, unclear = alpine_truth(secdb, release, images / f"{name}.expected.tsv")
            got = {row for row in found(tool, images / name, database) if row[:3] not in unclear}
            problems += report(name, got, wanted)
    return problems


def main():
    tool, images, shared = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if not shared.is_dir() or not images.is_dir() or not list(images.glob("*.expected.tsv")):
        print("no images or no feeds")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        problems = debian(tool, images, shared, work) + alpine(tool, images, shared, work)
    for problem in problems[:50]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
