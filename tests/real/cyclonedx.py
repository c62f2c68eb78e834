# SPDX-License-Identifier: Apache-2.0
"""cyclonedx.py TOOL IMAGES SHARED: the CycloneDX document of every real image in the folder IMAGES is valid by the
schema of CycloneDX 1.6, made twice it is the same, and read back it is the same inventory but for files and
executables, with the same findings. Documents of other tools in SHARED are read, too. Exit 77 without images or schema."""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SCHEMAS = "schemas/cyclonedx"
TRACKER, SECDB = "data/debian/debian-tracker-derived.json.zst", "data/secdb/alpine-secdb.tar.zst"
DONE = (0, 3)  # complete, incomplete


def run(tool, *arguments):
    done = subprocess.run([tool, *map(str, arguments), "-q"], capture_output=True)
    if done.returncode not in DONE:
        print(" ".join(map(str, arguments)), done.stderr.decode(errors="replace"))
    return done


def validator(shared):
    folder = shared / SCHEMAS
    store = {}
    for path in folder.glob("*.schema.json"):
        schema = json.loads(path.read_text())
        store[schema["$id"]] = schema
    schema = json.loads((folder / "bom-1.6.schema.json").read_text())
    resolver = jsonschema.RefResolver(schema["$id"], schema, store)
    return jsonschema.Draft7Validator(schema, resolver=resolver, format_checker=jsonschema.FormatChecker())


def invalid(schema, name, document):
    return [f"{name}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in schema.iter_errors(document)]


def references(name, document):
    """What is referred to by bom-ref is there, once."""
    parts = [document["metadata"]["component"]] + document["components"]
    known = [p["bom-ref"] for p in parts]
    used = [r for c in document["compositions"] for r in c["assemblies"]]
    used += [p["value"] for c in document["components"] for p in c.get("properties", [])
             if p["name"] == "imgassure:owner"]
    used += [a["ref"] for v in document.get("vulnerabilities", []) for a in v["affects"]]
    problems = [f"{name}: {len(known) - len(set(known))} references are not unique"] if len(set(known)) < len(known) else []
    return problems + [f"{name}: there is no {ref}" for ref in set(used) - set(known)]


def without_lists(text):
    """An inventory document without what CycloneDX has no place for."""
    document = json.loads(text)
    document["executables"] = []
    for package in document["packages"]:
        package["files"] = []
    return document


def databases(tool, shared, work):
    """A database for Debian and one for Alpine."""
    feeds = pathlib.Path(work) / "feeds"
    feeds.mkdir()
    tracker = pathlib.Path(work) / "tracker.json"
    tracker.write_bytes(subprocess.run(["zstd", "-dc", str(shared / TRACKER)], capture_output=True, check=True).stdout)
    subprocess.run(["tar", "--zstd", "-C", feeds, "-xf", str(shared / SECDB)], check=True)
    database = f"{work}/all.db"
    arguments = [f"{i}={path}" for i, path in enumerate(sorted(feeds.rglob("*.json")))]
    subprocess.run([tool, "db", "build", "-q", "-o", database, f"debian={tracker}", *arguments], check=True)
    return database


def findings(tool, database, *image):
    """(exit status, findings and notes, the CycloneDX document of the scan)."""
    scan = ("scan", *image, "--db", database)
    done, listed = run(tool, *scan, "-o", "json"), run(tool, *scan, "-o", "cyclonedx")
    if done.returncode not in DONE or listed.returncode != done.returncode:
        return done.returncode, None, None
    document = json.loads(done.stdout)
    return done.returncode, [document[k] for k in ("summary", "findings", "notes")], json.loads(listed.stdout)


def check_scan(tool, schema, database, image, kept):
    problems = []
    status, wanted, document = findings(tool, database, image)
    again, got, _ = findings(tool, database, "--inventory", kept)
    if wanted is None or (status, wanted) != (again, got):
        return [f"{image.name}: the findings are others"], 0
    count = len(document["vulnerabilities"])
    if count != len(wanted[1]):
        problems.append(f"{image.name}: {count} vulnerabilities for {len(wanted[1])} findings")
    document["vulnerabilities"] = document["vulnerabilities"][:200]  # the validator compares each with each
    return problems + invalid(schema, image.name, document) + references(image.name, document), count


def check(tool, schema, database, image, work):
    json_file, kept = pathlib.Path(work) / "inventory.json", pathlib.Path(work) / "inventory.cdx.json"
    first = run(tool, "inventory", image, "-o", f"json={json_file}", "-o", f"cyclonedx={kept}")
    if first.returncode not in DONE:
        return [f"{image.name}: no inventory"]
    problems, name, document = [], image.name, json.loads(kept.read_bytes())
    if run(tool, "inventory", "--inventory", json_file, "-o", "cyclonedx").stdout != kept.read_bytes():
        problems.append(f"{name}: the document of the kept inventory is another one")
    back = run(tool, "inventory", "--inventory", kept, "-o", "json")
    if back.returncode != first.returncode or json.loads(back.stdout) != without_lists(json_file.read_bytes()):
        problems.append(f"{name}: the inventory that is read back is another one")
    problems += invalid(schema, name, document) + references(name, document)
    more, count = check_scan(tool, schema, database, image, kept)
    print(f"{name}: {len(document['components'])} components, {count} findings, {len(problems + more)} problems")
    return problems + more


def check_others(tool, shared):
    """Documents that other tools made end as an inventory, with notes where they say too little."""
    problems = []
    for path in sorted(shared.rglob("*.cyclonedx.json")):
        done = run(tool, "inventory", "--inventory", path, "-o", "json")
        document = json.loads(done.stdout) if done.returncode in DONE else None
        if not document or (not document["packages"] and document["complete"]):
            problems.append(f"{path.name}: not read, or empty and called complete")
        else:
            print(f"{path.name}: {len(document['packages'])} packages, notes {[n['code'] for n in document['notes']]}")
    return problems


def main():
    tool, images, shared = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    found = [images / truth.name[: -len(".expected.tsv")] for truth in sorted(images.glob("*.expected.tsv"))]
    found = [image for image in found if image.exists()]
    if not found or not (shared / SCHEMAS).is_dir():
        print("no images or no schema")
        sys.exit(77)
    schema, problems = validator(shared), check_others(tool, shared)
    with tempfile.TemporaryDirectory() as work:
        database = databases(tool, shared, work)
        for image in found:
            problems += check(tool, schema, database, image, work)
    for problem in problems[:50]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
