#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""parity.py SOURCE: each binding uses every exported function, constant and limit, but for exceptions.txt; every member
of every row is among the golden cases, which both bindings repeat; the examples in the READMEs are those that the tests
run."""
import pathlib
import re
import sys


def exported(source):
    return set(re.findall(r"^\s*(imga_\w+);", (source / "libimgassure/imgassure.map").read_text(), re.MULTILINE))


def headers(source):
    return "\n".join(path.read_text() for path in sorted((source / "include/imgassure").glob("*.h")))


def constants(text):
    return set(re.findall(r"\b(IMGA_[A-Z0-9_]+) = ", text))


def limits(text):
    body = re.search(r"typedef struct imga_limits \{(.*?)\}", text, re.DOTALL).group(1)
    return set(re.findall(r"uint64_t (\w+);", body))


def row_members(text):
    """Members with content: lengths go with the bytes that they measure."""
    for struct, body in re.findall(r"typedef struct (imga_\w+_row) \{(.*?)\} \1;", text, re.DOTALL):
        names = {name for declared in re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL).split(";")
                 for name in re.findall(r"(\w+)(?:\[\w+\])?\s*(?:,|$)", declared.strip())}
        for name in names - {"struct_size"}:
            if not name.startswith("reserved") and not (name.endswith("_size") and name[:-5] in names):
                yield struct, name


def used(binding, source):
    if binding == "python":
        files, pattern = (source / "bindings/python/imgassure").glob("*.py"), r"\blib\.((?:imga|IMGA)_\w+)"
    else:
        folder = source / "bindings/go"
        files = [path for path in [*folder.glob("*.go"), folder / "callbacks.c"] if not path.name.endswith("_test.go")]
        pattern = r"(?:\bC\.|\b(?=imga_\w+\())((?:imga|IMGA)_\w+)"
    return {name for path in files for name in re.findall(pattern, path.read_text())}


def exceptions(source):
    rows = [line.split(None, 2) for line in (source / "tests/bindings/exceptions.txt").read_text().splitlines()
            if line and not line.startswith("#")]
    return {(row[0], row[1]) for row in rows if len(row) == 3}


def check(source):
    text = headers(source)
    wanted, excused = exported(source) | constants(text), exceptions(source)
    assert len(exported(source)) > 90 and len(constants(text)) > 50 and len(limits(text)) > 20
    for binding in ("python", "go"):
        have = used(binding, source)
        for name in sorted(wanted - have):
            if (binding, name) not in excused:
                yield f"{binding}: {name} is not used and not on the list of exceptions"
        for name in sorted(name for who, name in excused if who == binding):
            if name in have or name not in wanted:
                yield f"{binding}: {name} is no exception"
    places = set(re.findall(r"&c\.(\w+)", (source / "bindings/go/context.go").read_text()))
    for name in sorted(places ^ limits(text)):
        yield f"go: the limit {name} is on one side only"
    members = set(row_members(text))
    golden = set(re.findall(r"\bM\((imga_\w+_row), (\w+), ", (source / "tests/golden/rows.c").read_text()))
    assert len(members) > 100
    for struct, name in sorted(members ^ golden):
        yield f"golden: {struct}.{name} is in one of the headers and tests/golden/rows.c only"
    for binding, example in (("python", "gate.py"), ("go", "gate.go")):
        shown = (source / "bindings" / binding / "README.md").read_text()
        code = (source / "examples" / example).read_text()
        if code not in shown:
            yield f"{binding}: the README does not show examples/{example} as it is"


def main(source):
    problems = list(check(pathlib.Path(source)))
    print("\n".join(problems) or "parity: both bindings cover the whole API")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
