# SPDX-License-Identifier: Apache-2.0
"""documents.py TOOL SOURCE: the README shows examples/gate.c; the policy and the feed of the examples can be used."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from staged import expect, run

TOOL, SOURCE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
EXAMPLES = SOURCE / "examples"
LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n"
PACKAGES = [("coreutils", "coreutils", "9.1-1"), ("libc6", "glibc", "2.36-9+deb12u4"),
            ("libmbedcrypto7", "mbedtls", "2.28.3-1"), ("libssl3", "openssl", "3.0.8-1"),
            ("tar", "tar", "1.34+dfsg-1.2"), ("xz-utils", "xz-utils", "5.4.1-0.2"),
            ("zlib1g", "zlib", "1:1.2.13.dfsg-1")]
# One finding of each status, of those that the feed holds for these packages.
STATUSES = {("CVE-2016-2781", "coreutils"): "affected", ("CVE-2024-2961", "libc6"): "affected",
            ("CVE-2023-4911", "libc6"): "fixed", ("CVE-2024-3094", "xz-utils"): "not-affected",
            ("CVE-2023-45853", "zlib1g"): "will-not-fix", ("CVE-2018-1000520", "libmbedcrypto7"): "undetermined"}


def inventory():
    """Written by hand, from docs/schema."""
    packages = [{"type": "deb", "name": name, "version": version, "architecture": "amd64", "source": source,
                 "sourceVersion": version, "license": "", "licenseExpression": "", "maintainer": "",
                 "purl": f"pkg:deb/debian/{name}@{version}", "how": "dpkg", "path": "var/lib/dpkg/status", "inside": "",
                 "layer": 0, "owner": -1, "properties": {}, "files": []} for name, source, version in PACKAGES]
    layer = {"digest": "sha256:" + "0" * 64, "diffId": "sha256:" + "1" * 64, "mediaType": "", "size": 1,
             "createdBy": ""}
    about = dict.fromkeys(["form", "reference", "manifestDigest", "configDigest", "os", "architecture", "variant",
                           "created", "verified"], "")
    distro = {"id": "debian", "idLike": "", "versionId": "12", "codename": "bookworm", "release": "bookworm",
              "prettyName": "Debian GNU/Linux 12 (bookworm)", "services": ""}
    return {"schema": "imgassure-inventory/1", "image": about, "distro": distro, "layers": [layer],
            "packages": packages, "executables": [], "notes": [], "complete": True}


def check_readme():
    blocks = re.findall(r"^```c\n(.*?)^```$", (SOURCE / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    example = (EXAMPLES / "gate.c").read_text(encoding="utf-8")
    expect(LICENCE + blocks[0] == example if blocks else False,
           "the C program of the README is not examples/gate.c without its licence line")


def check_findings():
    """Statuses by vulnerability and package."""
    scan = [TOOL, "scan", "--inventory", "inventory.json", "--db", "advisories.db", "--all", "-q", "-o"]
    found = json.loads(run([*scan, "json"]))["findings"]
    statuses = {(f["id"], f["package"]["name"] if isinstance(f["package"], dict) else f["package"]): f["status"]
                for f in found}
    wrong = {key: statuses.get(key) for key, status in STATUSES.items() if statuses.get(key) != status}
    expect(not wrong, f"statuses: {wrong}")
    counts = collections.Counter(statuses.values())
    expect(set(counts) == set(STATUSES.values()), f"{counts}")
    table = run([*scan, "table"])
    expect(all(vulnerability in table for vulnerability, _ in STATUSES), "the table lacks a finding")
    print(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))


def gate(at):
    done = subprocess.run([TOOL, "gate", "--inventory", "inventory.json", "--db", "advisories.db", "--policy",
                           str(EXAMPLES / "policy.yaml"), "--at", at, "-o", "json"], capture_output=True, text=True)
    expect(done.returncode == 2 and not done.stderr, f"the example policy: {done}")
    return done.stdout


def check_policy():
    """The policy denies what can be fixed; one exception holds until 2035, the other one has expired."""
    early, late = gate("2026-01-01"), gate("2035-01-02")
    expect(gate("2026-01-01") == early, "two runs, two reports")
    expect("EX-1" in early and "EX-2" in early and "vuln-fixable" in early, "the report lacks rules or exceptions")
    expect(early != late, "the clock changes nothing")


def main():
    check_readme()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        pathlib.Path("inventory.json").write_text(json.dumps(inventory()), encoding="utf-8")
        feed = str(EXAMPLES / "feeds" / "debian-tracker-excerpt.json")
        expect("skipped" not in run([TOOL, "db", "build", "-o", "advisories.db", "debian=" + feed]), "skipped records")
        run([TOOL, "db", "verify", "advisories.db"])
        check_findings()
        check_policy()
        os.chdir("/")


main()
