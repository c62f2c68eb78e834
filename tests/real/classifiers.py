# SPDX-License-Identifier: Apache-2.0
"""classifiers.py LINES TOOL: what the built-in classifiers say of programs and libraries in Debian's packages (LINES
prints it), against the versions of those packages. They are downloaded with apt-get and unpacked, not installed; what
this release of Debian does not have is left out and said so. The inventory that TOOL makes of RabbitMQ and Erlang/OTP
without a package database has them with version, purl and CPE. Exit 77 where nothing can be downloaded."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

import one_layer

# A package and the rules, of which one must give its version; also other rules may speak of it.
PACKAGES = {
    "apache2-bin": ["httpd/server"],
    "bash": ["bash/sccs"],
    "bind9": ["bind/libraries"],
    "busybox-static": ["busybox/banner"],
    "cabal-install": ["cabal/path"],
    "curl": ["curl/agent"],
    "dnsmasq-base": ["dnsmasq/banner"],
    "dovecot-core": ["dovecot/banner"],
    "dropbear-bin": ["dropbear/banner"],
    "erlang-base": ["erlang/debian"],
    "exim4-daemon-light": ["exim/version"],
    "ffmpeg": ["ffmpeg/program"],
    "git": ["git/agent"],
    "haproxy": ["haproxy/revision", "haproxy/version"],
    "jq": ["jq/debug", "jq/debug-before", "jq/option"],
    "libavutil57": ["ffmpeg/library"],
    "libbz2-1.0": ["bzip2/1.0.8"],
    "libcurl4": ["libcurl/agent"],
    "libexpat1": ["expat/version"],
    "libgnutls30": ["gnutls/log"],
    "libgraphicsmagick-q16-3": ["graphicsmagick/banner"],
    "liblua5.4-0": ["lua/version"],
    "libluajit-5.1-2": ["luajit/version"],
    "libmagickcore-6.q16-6": ["imagemagick/banner"],
    "libmbedcrypto7": ["mbedtls/version", "mbedtls/version-3"],
    "libnode108": ["node/tarball"],
    "libpng16-16": ["libpng/version"],
    "libqt5core5a": ["qt/library"],
    "libqt6core6": ["qt/build"],
    "libruby3.1": ["ruby/description"],
    "libsqlite3-0": ["sqlite/limits", "sqlite/limits-13"],
    "libssl3": ["openssl/program"],
    "libtcl8.6": ["tcl/patch-level"],
    "lighttpd": ["lighttpd/server"],
    "mariadb-client-core": ["mariadb/version"],
    "memcached": ["memcached/banner"],
    "mosquitto": ["mosquitto/banner"],
    "nginx": ["nginx/banner"],
    "openssh-client": ["openssh/release"],
    "openvpn": ["openvpn/title", "openvpn/title-arm64"],
    "perl-base": ["perl/shared"],
    "php8.2-cli": ["php/powered-by"],
    "postfix": ["postfix/mail-version"],
    "postgresql-client-15": ["postgresql/banner"],
    "proftpd-core": ["proftpd/banner"],
    "pure-ftpd": ["pure-ftpd/banner"],
    "python3.11-minimal": ["python/format", "python/allocator", "python/source"],
    "redis-tools": ["redis/cli", "redis/api-7.0"],
    "slapd": ["openldap/banner"],
    "squid": ["squid/server"],
    "stunnel4": ["stunnel/banner"],
    "systemd": ["systemd/banner"],
    "tor": ["tor/agent"],
    "unbound": ["unbound/banner"],
    "valkey-tools": ["valkey/cli", "valkey/compatible"],
    "varnish": ["varnish/version"],
    "vsftpd": ["vsftpd/banner"],
    "wireguard-tools": ["wireguard-tools/version"],
    "xz-utils": ["xz/program"],
    "zlib1g": ["zlib/deflate"],
    "zsh": ["zsh/multiarch"],
    "zstd": ["zstd/program"],
}
# Servers that are no executables: package, purl without version, how it is found, product.
APPLICATIONS = [
    ("rabbitmq-server", "pkg:generic/rabbitmq", "erlang-app", "vmware:rabbitmq"),
    ("erlang-base", "pkg:generic/erlang", "otp-version", "erlang:erlang\\/otp"),
]
ELF = b"\x7fELF"
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


def download(folder):
    """{package: archive}"""
    wanted = sorted({*PACKAGES, *(row[0] for row in APPLICATIONS)})
    policy = subprocess.run(["apt-cache", "policy", *wanted], capture_output=True, text=True, env=ENVIRONMENT).stdout
    there = re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (?!\(none\))", policy, re.M)
    subprocess.run(["apt-get", "download", "-q", *there], cwd=folder, capture_output=True)
    return {path.name.split("_")[0]: path for path in sorted(folder.glob("*.deb"))}


def upstream(archive):
    """The version without what Debian put around it: "1:1.4+really1.3.40-4+deb12u1" is 1.3.40."""
    version = urllib.parse.unquote(archive.name.split("_")[1]).split(":")[-1]
    return re.split(r"[-+~]|\.dfsg", version.split("really")[-1])[0]


def executables(root):
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == ELF:
                    yield str(path)


def spoken(tool, root):
    """{(rule, version)} of all files."""
    text = "".join(f"{path}\n" for path in executables(root))
    done = subprocess.run([tool], input=text, capture_output=True, text=True, check=True)
    found = set()
    for line in done.stdout.splitlines():
        rule = re.search(r" classifier=(\S+)", line)
        if rule:
            found.add((urllib.parse.unquote(rule[1]), urllib.parse.unquote(line.split(" ")[3])))
    return found


def agrees(version, right):
    """ImageMagick writes 6.9.11-60 for Debian's 6.9.11.60; Debian's own tail may follow."""
    return re.match(re.escape(right) + r"(?!\d)", version.replace("-", ".")) is not None


def check(tool, package, archive, root):
    subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
    found, right = spoken(tool, root), upstream(archive)
    families = {rule.split("/")[0] for rule in PACKAGES[package]}
    said = {(rule, version) for rule, version in found if rule.split("/")[0] in families}
    problems = [f"{package} {right}: {rule} says {version}" for rule, version in sorted(said) if not agrees(version, right)]
    if not {rule for rule, _ in said} & set(PACKAGES[package]):
        problems.append(f"{package} {right}: none of {PACKAGES[package]}, but {sorted(found)}")
    return problems, {rule for rule, _ in said}


def check_application(tool, row, archive, work):
    package, purl, how, product = row
    subprocess.run(["dpkg-deb", "-x", str(archive), str(work / "root")], check=True)
    found = one_layer.inventory(tool, work / "image", work / "root")["packages"]
    version = upstream(archive)
    right = (f"{purl}@{version}", f"cpe:2.3:a:{product}:{version}:*:*:*:*:*:*:*")
    here = [(p["purl"], p["properties"].get("cpe", "")) for p in found if p["how"] == how and p["purl"].startswith(purl + "@")]
    print(f"{package}: {len(found)} packages, {here}")
    return [] if here == [right] else [f"{package}: {here} instead of {right}"]


def documented():
    """docs/classifiers.md tells how many rules there are."""
    root = pathlib.Path(__file__).parents[2]
    rules = sum(line[:1] not in ("", "#", "\n") for line in (root / "data/classifiers.tsv").read_text().splitlines(True))
    said = re.search(r"Of the (\d+) built-in rules", (root / "docs/classifiers.md").read_text())
    return [] if said and int(said[1]) == rules else [f"docs/classifiers.md does not speak of {rules} rules"]


def main():
    lines, tool = sys.argv[1:3]
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        print("no apt-get")
        sys.exit(77)
    problems, rules = documented(), set()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        archives = download(work)
        (work / "roots").mkdir()
        if not archives:
            print("nothing could be downloaded")
            sys.exit(77)
        print("absent:", " ".join(sorted(PACKAGES.keys() - archives.keys())) or "none")
        for package in sorted(PACKAGES.keys() & archives.keys()):
            wrong, spoke = check(lines, package, archives[package], work / "roots" / package)
            problems += wrong
            rules |= spoke
        for row in APPLICATIONS:
            if row[0] in archives:
                (work / row[1].split("/")[1]).mkdir()
                problems += check_application(tool, row, archives[row[0]], work / row[1].split("/")[1])
    for problem in problems:
        print(problem)
    print(f"classifiers: {len(archives)} packages, {len(rules)} rules, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
