# SPDX-License-Identifier: Apache-2.0
"""native.py TOOL [PART...]: databases that the native tools write here, each into a root of its own, and what the
inventory says of that root against what the same tools list: pacman, LuaRocks, Composer, Nix, Perl's ExtUtils, R,
Erlang. Nothing is fetched. A part whose tool is missing is skipped; exit 77 when all are."""
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True

import one_layer

PACMAN = "var/lib/pacman"
# What is a version, and what an output, has to be found in names like these.
NIX = """let make = name: outputs: derivation {
  inherit name outputs; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/bin:/usr/bin";
  args = ["-c" "for o in $outputs; do eval p=\\\\$$o; mkdir -p $p/share; echo > $p/share/$name-$o; done"];
}; in [
  (make "hello-2.12.1" ["out"]) (make "openssl-3.0.14" ["bin" "dev" "out" "man" "debug"]) (make "7zip-23.01" ["out"])
  (make "python3.11-requests-2.31.0" ["out" "dist"]) (make "glibc-2.39-52" ["out" "getent" "static"])
  (make "libgit2-unstable-2023-01-01" ["out"]) (make "perl5.38.2-URI-5.21" ["out" "devdoc"]) (make "builder.sh" ["out"])
  (make "nss-cacert-3.95" ["out" "unbundled" "p11kit"]) (make "util-linux-minimal-2.39.3" ["out" "swap" "mount"])
  (make "linux-6.6.30-modules-shrunk" ["out"]) (make "bash-interactive-5.2-p26" ["out" "doc"]) (make "x265-3.5+1" ["out"])
  (make "libfoo-0-unstable-2024-01-01" ["out"]) (make "gcc-wrapper-13.2.0" ["out" "info"])
]"""
ERLANG = """lists:foreach(fun(F) -> {ok, [{application, A, L}]} = file:consult(F),
  io:format("~s\\t~s\\t~s~n", [A, proplists:get_value(vsn, L), F]) end,
  filelib:wildcard(code:lib_dir() ++ "/*/ebin/*.app")), halt()."""
PERL = """my $i = ExtUtils::Installed->new(inc_override => [@ARGV]); for my $m (grep { $_ ne "Perl" } $i->modules) {
  (my $n = $m) =~ s/::/-/g; print join("\\t", $n, $i->version($m), sort $i->files($m)), "\\n"; }"""


def run(command, folder, **environment):
    """What the command prints; locale and home are not those of the user."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder), **environment}
    done = subprocess.run([str(word) for word in command], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: exit {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# ---- pacman ----

def archive(path, name, version, files, **more):
    """A package as makepkg makes it, without a signature; a file is its content or, as a tuple, a link's target."""
    info = {"pkgname": name, "pkgver": version, "arch": "x86_64", "pkgbase": "demo", "packager": "Jo Doe <jo@example.org>",
            "url": "https://example.org/demo", "builddate": "1700000000", "size": "1", "pkgdesc": "a demo", **more}
    lines = [f"{key} = {value}\n" for key, values in info.items() for value in ([values] if str(values) == values else values)]
    folders = {str(parent) for file in files for parent in pathlib.PurePosixPath(file).parents} - {"."}
    with tarfile.open(path, "w:gz") as package:
        for file, content in [(".PKGINFO", "".join(lines)), *((f, None) for f in sorted(folders)), *files.items()]:
            member, data = tarfile.TarInfo(file), b""
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(content, tuple):
                member.type, member.linkname = tarfile.SYMTYPE, content[0]
            else:
                data = content.encode()
            member.size = len(data)
            package.addfile(member, io.BytesIO(data))
    return path


def pacman_information(text):
    """The paragraphs of "pacman -Qi"; a long value goes on in the next line."""
    for paragraph in text.strip().split("\n\n"):
        fields = re.findall(r"^(\S[^:\n]*?) *: (.*(?:\n .*)*)", paragraph, re.MULTILINE)
        yield {key: re.split(r"  +|\n +", value) for key, value in fields}


def pacman(folder):
    root = folder / "root"
    (root / PACMAN).mkdir(parents=True)
    write(root / "etc/os-release", "ID=arch\nNAME=Arch\n")
    base = ["pacman", "--config", "/dev/null", "--arch", "x86_64", "--root", root, "--dbpath", root / PACMAN, "--logfile",
            "/dev/null", "--cachedir", folder, "--hookdir", folder, "--noconfirm"]
    (folder / "packages").mkdir()
    packages = [
        (["--asdeps"], "demo-libs", "1:1.4-2", {"usr/lib/libd.so.1": "x", "usr/lib/libd.so": ("libd.so.1",)}, {"license": "MIT"}),
        ([], "demo", "1.9-1", {"usr/bin/old": "x"}, {}),
        ([], "demo", "1.10.r3.gabcdef-1.1", {"usr/bin/demo": "x", "etc/demo conf": "y", "usr/share/ü/[x]": "z"},
         {"license": ["Apache-2.0", "custom: Demo 2"], "depend": "demo-libs>=1:1.4", "backup": "etc/demo conf"}),
        ([], "lib32-demo+x", "20240101-1", {}, {"arch": "any", "group": ["one", "two"], "provides": "demo=9"}),
        ([], "gone", "1-1", {"usr/bin/gone": "x"}, {}),
    ]
    for flags, name, version, files, more in packages:
        run([*base, "--noscriptlet", "-U", *flags, archive(folder / "packages/p.pkg.tar.gz", name, version, files, **more)], folder)
    run([*base, "--noscriptlet", "-R", "gone"], folder)
    owned = [line.split(" ", 1) for line in run([*base, "-Ql"], folder).splitlines()]
    rows = []
    for i in pacman_information(run([*base, "-Qi"], folder, COLUMNS="10000")):
        name = i["Name"][0]
        files = [f[len(str(root)) + 1:] for package, f in owned if package == name and not f.endswith("/")]
        license_ = " AND ".join(i["Licenses"])
        rows.append((name, i["Version"][0], i["Architecture"][0], "" if license_ == "None" else license_, i["Packager"][0],
                     i["URL"][0], i["Install Reason"] == ["Explicitly installed"], *sorted(files)))
    return root, "", rows


def by_pacman(p):
    return (p["name"], p["version"], p["architecture"], p["license"], p["maintainer"], p["properties"]["url"],
            p["properties"].get("explicit") == "1", *sorted(p["files"]))


# ---- languages ----

def luarocks(folder):
    tree = folder / "root/usr/local"
    tree.mkdir(parents=True)
    rocks = {
        "one-1.2-3": 'package = "One"\nversion = "1.2-3"\nsource = { url = "file://x" }\n'
                     'description = { summary = "s", license = "MIT/X11", homepage = \'https://example.org\' }\n',
        "two-0.1-1": 'local v = "0.1"\npackage = "two"\nversion = v .. "-1"\nsource = { url = "file://x" }\n'
                     'description = {\n  license = [[Apache 2.0]], -- not "GPL"\n  summary = "s"\n}\n',
        "three-scm-1": 'package = "three" version = "scm-1"\nsource = { url = "file://x" }\n',
    }
    for stem, text in rocks.items():
        write(folder / f"{stem}.rockspec", text + 'build = { type = "builtin", modules = { m = "m.lua" } }\n')
    write(folder / "m.lua", "return {}\n")
    rows = []
    for stem in rocks:
        run(["luarocks", "--tree", tree, "make", f"{stem}.rockspec"], folder)
    for line in run(["luarocks", "--tree", tree, "list", "--porcelain"], folder).splitlines():
        name, version = line.split("\t")[:2]
        shown = run(["luarocks", "--tree", tree, "show", name, version, "--porcelain"], folder)
        facts = dict(row.split("\t")[:2] for row in shown.splitlines() if "\t" in row)
        rows.append((name, version, facts.get("license", ""), facts.get("homepage", "")))
    return folder / "root", "", rows


def composer(folder):
    home, app = {"COMPOSER_HOME": str(folder / "home"), "COMPOSER_ALLOW_SUPERUSER": "1"}, folder / "app"
    packages = {
        "a": {"name": "demo/a", "version": "1.2.3", "license": ["MIT", "GPL-2.0-only"], "require": {"demo/b": "^2.0"}},
        "b": {"name": "demo/b", "version": "v2.1.0", "license": "proprietary", "replace": {"demo/old": "self.version"}},
        "c": {"name": "demo/c", "version": "dev-main", "type": "metapackage"},
        "d": {"name": "demo/d", "version": "3.0.0-RC1", "license": "BSD-3-Clause"},
    }
    for name, package in packages.items():
        write(folder / name / "composer.json", json.dumps(package))
    paths = [{"type": "path", "url": f"../{name}", "options": {"symlink": False}} for name in packages]
    write(app / "composer.json", json.dumps({"name": "demo/app", "minimum-stability": "dev", "require": {
        "demo/a": "*"}, "require-dev": {"demo/c": "*", "demo/d": "*"}, "repositories": [{"packagist.org": False}, *paths]}))
    run(["composer", "install", "--no-interaction"], app, **home)
    licenses = json.loads(run(["composer", "licenses", "--format=json"], app, **home))["dependencies"]
    needed = json.loads(run(["composer", "show", "--no-dev", "--format=json"], app, **home))["installed"]
    needed = {package["name"] for package in needed}
    return folder / "app", "srv/app", [(name, p["version"], " OR ".join(p["license"]), name in needed)
                                       for name, p in licenses.items()]


def nix(folder):
    root = folder / "root"
    profile = root / "nix/var/nix/profiles/p"
    environment = {"NIX_STORE_DIR": str(root / "nix/store"), "NIX_STATE_DIR": str(root / "nix/var/nix"), "NIX_REMOTE": "local",
                   "NIX_LOG_DIR": str(root / "nix/var/log"), "NIX_CONF_DIR": str(folder),
                   "NIX_CONFIG": "build-users-group =\nsandbox = false\nsubstitute = false"}
    write(folder / "all.nix", NIX)
    run(["nix-env", "-f", "all.nix", "-p", profile, "-i"], folder, **environment)
    listed = json.loads(run(["nix-env", "-p", profile, "-q", "--json", "--out-path"], folder, **environment))
    rows = [(p["pname"], p["version"], "" if output == "out" else output, pathlib.Path(path).relative_to(root).as_posix())
            for p in listed.values() if p["version"] for output, path in p["outputs"].items()]
    return root, "", rows


def perl(folder):
    for name, version in (("Demo::Mod", "1.07"), ("Other", "v0.2.1")):
        source = folder / name.replace("::", "-")
        module = "lib/" + name.replace("::", "/") + ".pm"
        write(source / module, f'package {name};\nour $VERSION = "{version}";\n1;\n')
        write(source / "Makefile.PL", f'use ExtUtils::MakeMaker;\nWriteMakefile(NAME => "{name}", VERSION_FROM => "{module}");\n')
        run(["perl", "Makefile.PL", f"PREFIX={folder / 'root'}", "INSTALLDIRS=site"], source, PERL_MM_OPT="")
        run(["make", "install"], source)
    folders = {path.parent for path in (folder / "root").rglob("perllocal.pod")}
    folders |= {path.parent for path in (folder / "root").rglob("Other.pm")}
    rows = []
    for line in run(["perl", "-MExtUtils::Installed", "-e", PERL, *folders], folder).splitlines():
        name, version, *files = line.split("\t")
        rows += [("packlist", name, "", *(file[1:] for file in files)), ("perllocal", name, version)]
    return folder / "root", folder / "root", rows


def r(folder):
    for name, version, license_ in (("demo", "1.2-3", "MIT + file LICENSE"), ("demo.two", "0.9.1", "GPL (>= 2) | BSD_3_clause")):
        write(folder / name / "DESCRIPTION", f"Package: {name}\nVersion: {version}\nTitle: D\nDescription: D\n  d.\n"
                                             f"License: {license_}\nAuthor: Jo\nMaintainer: Jo <jo@example.org>\n")
        write(folder / name / "NAMESPACE", "export(f)\n")
        write(folder / name / "R/f.R", "f <- function() 1\n")
        write(folder / name / "LICENSE", "YEAR: 2024\n")
    library = folder / "root/usr/local/lib/R/site-library"
    library.mkdir(parents=True)
    run(["R", "CMD", "INSTALL", "--no-docs", f"--library={library}", "demo", "demo.two"], folder)
    shutil.copytree(run(["Rscript", "-e", "cat(.Library)"], folder), folder / "root/usr/lib/R/library",
                    ignore=shutil.ignore_patterns("translations")) # which R does not count, as it did not build it
    code = 'p <- installed.packages(lib.loc = commandArgs(TRUE)); p[is.na(p)] <- ""; ' \
           'write.table(p[, c("Package", "Version", "License", "Priority")], sep = "\\t", quote = FALSE, row.names = FALSE)'
    lines = run(["Rscript", "-e", code, library, folder / "root/usr/lib/R/library"], folder).splitlines()
    return folder / "root", "", [tuple(line.split("\t")) for line in lines[1:]]


def erlang(folder):
    rows, root = [], folder / "root"
    for line in run(["erl", "-noshell", "-eval", ERLANG], folder).splitlines():
        name, version, path = line.split("\t")
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True)
        shutil.copyfile(path, target)
        rows.append((name, version, path.lstrip("/")))
    return root, "", rows


def by_name(*properties):
    return lambda p: (p["name"], p["version"], *(p["properties"].get(key, "") for key in properties))


PARTS = [ # name, needed programs, what makes and lists, rules of the inventory, a package of it as a row
    ("pacman", "pacman", pacman, {"pacman"}, by_pacman),
    ("luarocks", "luarocks", luarocks, {"rockspec"}, lambda p: (p["name"], p["version"], p["license"], p["properties"].get("url", ""))),
    ("composer", "composer", composer, {"composer-installed"},
     lambda p: (p["name"], p["version"], p["license"], "dev" not in p["properties"])),
    ("nix", "nix-env", nix, {"nix-store"}, lambda p: (*by_name("output")(p), p["path"])),
    ("perl", "prove make", perl, {"packlist", "perllocal"}, lambda p: (p["how"], p["name"], p["version"], *p["files"])),
    ("r", "R Rscript", r, {"r-description"}, lambda p: (p["name"], p["version"], p["license"], p["properties"].get("priority", ""))),
    ("erlang", "erl", erlang, {"erlang-app"}, lambda p: (p["name"], p["version"], p["path"])),
]


def check(tool, part):
    name, _, make, rules, row = part
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(os.path.realpath(folder))
        (folder / "work").mkdir()
        root, below, theirs = make(folder / "work")
        document = one_layer.inventory(tool, folder / "image", root, below=below)
    ours = [row(p) for p in document["packages"] if p["how"] in rules]
    problems = [f"{name}: missing {x}" for x in sorted(set(theirs) - set(ours))]
    problems += [f"{name}: not there {x}" for x in sorted(set(ours) - set(theirs))]
    problems += [f"{name}: {note['where']}: {note['text']}" for note in document["notes"] if note["code"].startswith("db-")]
    if len(ours) != len(theirs) or not theirs:
        problems.append(f"{name}: {len(theirs)} rows, but {len(ours)} packages")
    print(f"{name}: {len(theirs)} packages, {len(problems)} problems")
    return problems


def main():
    problems, checked = [], 0
    for part in PARTS:
        if sys.argv[2:] and part[0] not in sys.argv[2:]:
            continue
        missing = [program for program in part[1].split() if not shutil.which(program)]
        if missing:
            print(f"{part[0]}: skipped, there is no {' or '.join(missing)}")
            continue
        problems += check(sys.argv[1], part)
        checked += 1
    for problem in problems[:50]:
        print(problem)
    sys.exit(77 if not checked else 1 if problems else 0)


if __name__ == "__main__":
    main()
