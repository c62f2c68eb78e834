# SPDX-License-Identifier: Apache-2.0
"""executables.py LINES: what the analyser of executables finds (LINES prints it) against the native tools of this
machine: readelf over the programs and libraries that are installed, "go version -m" over Go programs built here, the
JSON that objcopy put into a program. A part whose tool is absent is left out and said so; exit 77 without readelf."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import zlib

LIBRARY, STATIC, PIE, RELRO, NOW, NX, CANARY, FORTIFY, CET, STRIPPED = (1 << n for n in range(10))
MACHINES = {"Advanced Micro Devices X86-64": "amd64", "Intel 80386": "386", "AArch64": "arm64", "ARM": "arm"}
FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec"]
MOST = 1500
BATCH = 40


def lines_of(tool, paths):
    """{path: [line, ...]} as the analyser has it."""
    text = "".join(f"{p}\n" for p in paths)
    done = subprocess.run([tool], input=text, capture_output=True, text=True, check=True)
    found, here = {}, []
    for line in done.stdout.splitlines():
        if line.startswith("# "):
            here = found.setdefault(line[2:], [])
        else:
            here.append(line)
    return found


def words(line):
    return [urllib.parse.unquote(w) for w in line.split(" ")]


def fields(line):
    return dict(w.split("=", 1) for w in words(line) if "=" in w)


# ---- readelf ----

def installed():
    found = []
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            try:
                if path.is_symlink() or not path.is_file() or "/go" in str(path) or "\n" in str(path):
                    continue
                with path.open("rb") as file:
                    if file.read(4) == b"\x7fELF":
                        found.append(str(path))
            except OSError:
                continue
    step = max(1, len(found) // MOST)
    return found[::step]


def readelf(paths):
    """{path: text}"""
    texts = {}
    for at in range(0, len(paths), BATCH):
        batch = paths[at:at + BATCH]
        command = ["readelf", "-W", "-h", "-l", "-n", "-d", "-S", "--dyn-syms", *batch]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"})
        if len(batch) == 1:
            texts[batch[0]] = done.stdout
            continue
        for part in re.split(r"^\n?File: ", done.stdout, flags=re.M)[1:]:
            path, text = part.split("\n", 1)
            texts[path] = text
    return texts


def undefined(text):
    """Names of the symbols that the file asks for."""
    return {m[1].split("@")[0] for m in re.finditer(r"^ *\d+: [0-9a-f]+ +\S+ \S+ +\S+ +\S+ +UND (\S+)", text, re.M)}


def expected_flags(path, text, kind, interpreter):
    needed, soname = "(NEEDED)" in text, "(SONAME)" in text
    pie = re.search(r"\(FLAGS_1\).*PIE", text) is not None
    flags = 0
    if kind == "DYN" and not pie and (soname or not interpreter):
        flags |= LIBRARY
    elif not interpreter and not needed:
        flags |= STATIC
    if kind == "DYN" and not flags & LIBRARY:
        flags |= PIE
    flags |= RELRO if re.search(r"^  GNU_RELRO ", text, re.M) else 0
    flags |= NOW if re.search(r"\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW", text) else 0
    stack = re.search(r"^  GNU_STACK .*? (R?W?E?) +0x\d+$", text, re.M)
    flags |= NX if stack and "E" not in stack[1] else 0
    names = undefined(text)
    flags |= CANARY if names & {"__stack_chk_fail", "__stack_chk_guard"} else 0
    flags |= FORTIFY if any(re.fullmatch(r"__.+_chk", n) for n in names) else 0
    flags |= CET if re.search(r"x86 feature: IBT, SHSTK|AArch64 feature: BTI, PAC", text) else 0
    table = re.search(r"^  \[ *\d+\] \S+ +SYMTAB ", text, re.M)
    return flags | (0 if table else STRIPPED)


def symbols_of_static(path):
    done = subprocess.run(["readelf", "-W", "--syms", path], capture_output=True, text=True, errors="replace")
    return {m[1] for m in re.finditer(r"^ *\d+: [0-9a-f]+ +\S+ \S+ +\S+ +\S+ +\S+ (\S+)", done.stdout, re.M)}


def expected_executable(path, text):
    """The line, or None where there must be none."""
    kind = re.search(r"^  Type: +(\w+)", text, re.M)[1]
    if kind not in ("DYN", "EXEC"):
        return None
    machine = re.search(r"^  Machine: +(.*\S)", text, re.M)[1]
    x32 = machine.endswith("X86-64") and re.search(r"^  Class: +ELF32", text, re.M)
    interpreter = re.search(r"Requesting program interpreter: (.*)\]", text)
    flags = expected_flags(path, text, kind, interpreter is not None)
    if flags & STATIC:
        names = symbols_of_static(path)
        flags |= CANARY if names & {"__stack_chk_fail", "__stack_chk_guard"} else 0
        flags |= FORTIFY if any(re.fullmatch(r"__.+_chk", n) for n in names) else 0
    build = re.search(r"Build ID: ([0-9a-f]+)", text)
    parts = ["executable", "elf", "amd64p32" if x32 else MACHINES.get(machine, machine)]
    parts += [f"build-id={build[1]}"] if build else []
    parts += [f"interpreter={interpreter[1]}"] if interpreter else []
    return " ".join([*parts, f"flags={flags}"])


def is_detached(text):
    code = re.findall(r"^  \[ *\d+\] \S+ +(\w+) +[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ \w+ +\w*X\w* ", text, re.M)
    return bool(code) and all(kind == "NOBITS" for kind in code)


def check_elf(tool, problems):
    paths = installed()
    found, texts = lines_of(tool, paths), readelf(paths)
    compared = 0
    for path in paths:
        text = texts.get(path, "")
        if not re.search(r"^  Type: ", text, re.M):
            problems.append(f"{path}: readelf says nothing")
            continue
        right = None if is_detached(text) else expected_executable(path, text)
        here = [line for line in found.get(path, []) if line.startswith("executable ")]
        compared += 1
        if here != ([right] if right else []):
            problems.append(f"{path}: {here} instead of {right}")
        problems += [f"{path}: {line}" for line in found.get(path, []) if line.startswith("note ")]
    print(f"readelf: {compared} files compared")
    return compared


# ---- Go ----

FILES = {
    "go.mod": "module example.com/main\n\ngo 1.19\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/c v0.0.0-20230102030405-0123456789ab\n"
              "\texample.com/d v1.1.0+incompatible\n)\n\nreplace example.com/a => example.com/b v1.2.0\n\nreplace example.com/c => ./c\n",
    "main.go": "package main\n\nimport (\n\t\"example.com/a\"\n\t\"example.com/c\"\n\t\"example.com/d\"\n)\n\nvar version string\n\n"
               "func main() { println(a.A, c.C, d.D, version) }\n",
    "c/go.mod": "module example.com/c\n",
    "c/c.go": "package c\n\nconst C = 3\n",
    "vendor/modules.txt": "# example.com/a v1.0.0 => example.com/b v1.2.0\n## explicit\nexample.com/a\n"
                          "# example.com/c v0.0.0-20230102030405-0123456789ab => ./c\n## explicit\nexample.com/c\n"
                          "# example.com/d v1.1.0+incompatible\n## explicit\nexample.com/d\n"
                          "# example.com/a => example.com/b v1.2.0\n# example.com/c => ./c\n",
    "vendor/example.com/a/a.go": "package a\n\nconst A = 1\n",
    "vendor/example.com/c/c.go": "package c\n\nconst C = 3\n",
    "vendor/example.com/d/d.go": "package d\n\nconst D = 4\n",
}
TARGETS = [("linux", "amd64", ""), ("linux", "amd64", "-X main.version=v4.5.6"), ("linux", "386", ""), ("linux", "mips", ""),
           ("linux", "s390x", ""), ("windows", "amd64", ""), ("darwin", "arm64", "")]


def toolchains():
    places = [shutil.which("go"), "/usr/local/go/bin/go", *map(str, pathlib.Path("/usr/lib").glob("go-*/bin/go"))]
    return sorted({os.path.realpath(p) for p in places if p and os.path.exists(p)})


def build(go, folder, work):
    """Programs of this toolchain for the targets it has."""
    built = []
    for system, machine, flags in TARGETS:
        out = work / f"{len(built)}-{system}-{machine}-{pathlib.Path(go).parent.parent.name}"
        env = {"PATH": os.environ["PATH"], "HOME": str(work), "GOCACHE": str(work / "cache"), "GOFLAGS": "-mod=vendor",
               "GOOS": system, "GOARCH": machine, "CGO_ENABLED": "0", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
        done = subprocess.run([go, "build", "-o", str(out), f"-ldflags={flags}", "."], cwd=folder, env=env, capture_output=True,
                              text=True)
        if done.returncode == 0:
            built.append(out)
        else:
            print(f"{go} {system} {machine}: not built: {done.stderr.strip()[:200]}")
    return built


def expected_go(text):
    """[(name, version, replaces)] from what go version -m prints for one file."""
    head, *rest = text.splitlines()
    right, package, program = [], "", False
    version = head.rsplit(": ", 1)[1]
    right.append(("stdlib", version[2:].split(" ")[0] if version.startswith("go") else version, ""))
    for line in rest:
        kind, *parts = line.strip("\t").split("\t")
        if kind == "path":
            package = parts[0]
        if kind in ("mod", "dep"):
            program |= kind == "mod"
            right.append((parts[0], parts[1] if len(parts) > 1 else "", ""))
        if kind == "=>":
            old = right.pop()
            local = parts[0].startswith(("./", "../", "/"))
            replaces = f"{old[0]}@{old[1]}" if old[1] else old[0]
            right.append((old[0] if local else parts[0], (parts[1] if len(parts) > 1 else "") or ("(devel)" if local else ""), replaces))
        flag = re.search(r'-X main.version=(v?[0-9][^" ]*)', line) if kind == "build" else None
        if flag:
            right = [(n, flag[1] if v == "(devel)" and n == "example.com/main" else v, r) for n, v, r in right]
    if not program and package and package != "command-line-arguments":
        right.append(("toolchain", right[0][1], "") if package.startswith("cmd/") else (package, "", ""))
    return sorted(right)


def found_go(lines):
    right = []
    for line in lines:
        if line.startswith("package golang ") and fields(line).get("how") == "go-buildinfo":
            _, _, name, version = words(line)[:4]
            right.append((name, "" if version == "-" else version, fields(line).get("replaces", "")))
    return sorted(right)


def go_programs(chains):
    for go in chains:
        root = pathlib.Path(go).parent.parent
        yield from (p for p in [*root.glob("bin/*"), *root.glob("pkg/tool/*/*")] if p.is_file())


def check_go(tool, problems):
    chains = toolchains()
    if not chains:
        print("go: absent, left out")
        return 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        for name, text in FILES.items():
            (work / "main" / name).parent.mkdir(parents=True, exist_ok=True)
            (work / "main" / name).write_text(text)
        paths = [p for go in chains for p in build(go, work / "main", work)] + list(go_programs(chains))
        found = lines_of(tool, paths)
        for path in map(str, paths):
            done = subprocess.run([chains[-1], "version", "-m", path], capture_output=True, text=True)
            right, here = expected_go(done.stdout), found_go(found[path])
            if right != here:
                problems.append(f"{path}: {here} instead of {right}")
            if not any(line.startswith("executable ") for line in found[path]):
                problems.append(f"{path}: no executable")
            problems += [f"{path}: {line}" for line in found[path] if line.startswith("note ")]
        subprocess.run(["chmod", "-R", "u+w", str(work)], check=True)
    print(f"go version -m: {len(paths)} programs compared, {len(chains)} toolchains")
    return len(paths)


# ---- sections that objcopy adds ----

CRATES = {"packages": [
    {"name": "adler", "version": "1.0.2", "source": "registry"},
    {"name": "app", "version": "0.1.0-rc.1+b", "source": "local", "dependencies": [0, 2], "root": True},
    {"name": "cc", "version": "1.0.83", "source": "crates.io", "kind": "build"},
    {"name": "tool", "version": "2.0.0", "source": "git"},
]}
NOTE = {"type": "deb", "os": "debian", "osVersion": "12", "name": "hello", "version": "2.10-3", "architecture": "amd64",
        "osCpe": "cpe:/o:debian:debian_linux:12", "purl": "pkg:deb/debian/hello@2.10-3"}


def add_section(work, name, content, extra=()):
    (work / "content").write_bytes(content)
    out = work / f"with{name}"
    program = os.path.realpath("/usr/bin/true")
    subprocess.run(["objcopy", f"--add-section={name}={work / 'content'}", *extra, program, str(out)], check=True)
    return str(out)


def note_of(text):
    desc = json.dumps(text).encode() + b"\0"
    head = (4).to_bytes(4, "little") + len(desc).to_bytes(4, "little") + (0xCAFE1A7E).to_bytes(4, "little")
    return head + b"FDO\0" + desc + bytes(-len(desc) % 4)


def check_sections(tool, problems):
    if not shutil.which("objcopy"):
        print("objcopy: absent, left out")
        return 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        rust = add_section(work, ".dep-v0", zlib.compress(json.dumps(CRATES).encode(), 9))
        note = add_section(work, ".note.package", note_of(NOTE))
        found = lines_of(tool, [rust, note])
    right = ["package cargo {name} {version} how=cargo-auditable".format(**c) + (" cargo-root=1" if c.get("root") else "") +
             (f" cargo-kind={c['kind']}" if "kind" in c else "") + f" cargo-source={c['source']}" for c in CRATES["packages"]]
    here = [line for line in found[rust] if line.startswith(("package cargo", "note "))]
    if here != right:
        problems.append(f".dep-v0: {here} instead of {right}")
    right = ["package deb hello 2.10-3 arch=amd64 how=note-package purl=pkg:deb/debian/hello@2.10-3 "
             "os-cpe=cpe:/o:debian:debian_linux:12 os=debian os-version=12"]
    here = [line for line in found[note] if line.startswith(("package deb", "note "))]
    if here != right:
        problems.append(f".note.package: {here} instead of {right}")
    print("objcopy: 2 programs compared")
    return 2


def main():
    tool, problems = sys.argv[1], []
    if not shutil.which("readelf"):
        print("no readelf")
        sys.exit(77)
    checked = check_elf(tool, problems) + check_go(tool, problems) + check_sections(tool, problems)
    for problem in problems[:40]:
        print(problem)
    print(f"executables: {checked} checked, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
