# SPDX-License-Identifier: Apache-2.0
"""A file includes its own folder and strictly lower floors; each dependency is known to one folder only."""
import re

from common import ROOT, finish, library_files

ALLOWED = {
    "base": "",
    "crypto": "base",
    "syntax": "base",
    "model": "base",
    "io": "base crypto",
    "version": "base model",
    "image": "base crypto syntax model io",
    "rootfs": "base crypto model io",
    "catalog": "base syntax model io version rootfs",
    "advisory": "base syntax model io version",
    "db": "base crypto model io version",
    "match": "base model version db",
    "policy": "base syntax model",
    "scan": "base crypto syntax model io version image rootfs catalog advisory db match policy",
    "report": "base syntax model",
    "api": "base crypto syntax model io version image rootfs catalog advisory db match policy scan report",
}
OWNERS = {
    "openssl": "crypto", "cpuid.h": "crypto", "immintrin.h": "crypto", "zlib.h": "io", "zstd": "io", "lzma.h": "io",
    "bzlib.h": "io", "isa-l": "io", "archive": "io", "yaml.h": "syntax", "sqlite3.h": "catalog",
}
# The rest of the angle-bracket world: C, POSIX and our own public headers.
LIBC = re.compile(r"^(std\w+|string|inttypes|limits|errno|fcntl|unistd|pthread|signal|dirent|imgassure/\w+|sys/(stat|mman|random|types))\.h$")


def main():
    problems, checked = [], 0
    for path in library_files(".c", ".h"):
        folder = path.relative_to(ROOT / "libimgassure").parts[0]
        checked += 1
        for number, line in enumerate(path.read_text().splitlines(), 1):
            m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not m:
                continue
            place = f"{path.relative_to(ROOT)}:{number}: {m[2]}"
            if m[1] == '"':
                room = m[2].split("/")[0]
                if "/" not in m[2] or (room != folder and room not in ALLOWED.get(folder, "").split()):
                    problems.append(f"{place}: {folder} may not include it")
                continue
            owner = next((o for key, o in OWNERS.items() if m[2].startswith(key) or m[2].split("/")[0] == key), None)
            if owner and owner != folder:
                problems.append(f"{place}: only {owner} may include it")
            if not owner and not LIBC.match(m[2]):
                problems.append(f"{place}: not on the list of libc headers")
    for path in sorted((ROOT / "tools").glob("*.[ch]")) + sorted((ROOT / "examples").glob("*.c")):
        checked += 1
        for line in path.read_text().splitlines():
            m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if m and "/" in m[1]:
                problems.append(f"{path.relative_to(ROOT)}: {m[1]}: only public headers")
    finish("floors", problems, checked)


main()
