# SPDX-License-Identifier: Apache-2.0
"""hostile.py TOOL ADAPTER SHARED: the generated hostile inputs that concern what this library reads: each gives one of its
stated outcomes within its time and memory. Exit 77 when the generator is absent."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# By letter: T tar, C compression, O and K manifests and archives, P package databases, Z zip and jar, E executables,
# L language packages; by name: our two feeds.
AREAS = "TCOKPZEL"
NAMES = ("F46", "F47")


def concerns(identity):
    return identity[0] in AREAS or identity.startswith(NAMES)


def over_memory(peaks, cases):
    limits = {os.path.basename(c["file"]): c["expect"]["rss_mib"] for c in cases}
    lines = [line.split() for line in peaks.read_text().splitlines()]
    return [f"{name}: {mib} MiB, {limits[name]} allowed" for name, mib in lines if int(mib) > limits[name]]


def main():
    tool, adapter, shared = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    generator, judge = shared / "hostile/gen.py", shared / "hostile/judge.py"
    if not generator.exists():
        print("no generator")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([sys.executable, generator, "-o", work], check=True, stdout=subprocess.DEVNULL)
        manifest, peaks = pathlib.Path(work) / "manifest.json", pathlib.Path(work) / "peaks"
        cases = [c for c in json.loads(manifest.read_text())["cases"] if concerns(c["id"])]
        environment = dict(os.environ, IMGASSURE=os.path.abspath(tool), IMGASSURE_PEAKS=str(peaks))
        done = subprocess.run([sys.executable, judge, manifest, adapter, "--only", ",".join(c["id"] for c in cases)],
                              env=environment, capture_output=True, text=True)
        heavy = over_memory(peaks, cases)
    print("\n".join(line for line in done.stdout.splitlines() if not line.startswith("ok ")))
    print("\n".join(heavy) if heavy else "every case within its memory")
    sys.exit(1 if done.returncode or heavy else 0)


if __name__ == "__main__":
    main()
