# SPDX-License-Identifier: Apache-2.0
# Sourced with the arguments NAME BUILD SOURCE SANITIZER: installs the build into BUILD/tests/bindings/NAME/stage, points
# pkg-config and the loader there, and makes the golden inputs and results. Writes nowhere else.
set -eu
name=$1 build=$2 source=$3 sanitizer=${4:-none}
if [ "$sanitizer" != none ]; then
    echo "skipped: a sanitized library cannot be loaded into a plain interpreter"
    exit 77
fi
work=$build/tests/bindings/$name
rm -rf "$work"
mkdir -p "$work/out"
meson install -C "$build" --no-rebuild --quiet --destdir "$work/stage"
pc=$(find "$work/stage" -name imgassure.pc)
[ -n "$pc" ] || { echo "no imgassure.pc was installed" >&2; exit 1; }
export PKG_CONFIG_SYSROOT_DIR="$work/stage" PKG_CONFIG_PATH="${pc%/imgassure.pc}"
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
libfolder=$(dirname "$(find "$work/stage" -name libimgassure.so)")
export LD_LIBRARY_PATH="$libfolder"
/usr/bin/python3 "$source/tests/golden/golden.py" "$build/tests/golden/golden-inputs" "$build/tests/golden/golden-c" \
    "$source/tests/golden" --keep "$work/golden"
export IMGASSURE_INPUTS="$work/golden/inputs" IMGASSURE_GOLDEN="$work/golden/c" IMGASSURE_OUT="$work/out"
export IMGASSURE_CASES="$source/tests/golden/cases.tsv"

# gate COMMAND...: the example must fail the golden image, say why, and refuse what is not there.
gate() {
    status=0
    text=$("$@" "$IMGASSURE_INPUTS/docker.tar" "$IMGASSURE_INPUTS/advisories.db" "$IMGASSURE_INPUTS/policy.yaml") ||
        status=$?
    if [ "$status" -ne 1 ] || [ "$(echo "$text" | tail -n 1)" != "fail: 4 items" ] ||
        ! echo "$text" | grep -q '^fail: CVE-2023-0464 in libssl3 3.0.8-1: upgrade'; then
        echo "the example gate ended with $status and said:" >&2
        echo "$text" >&2
        exit 1
    fi
    if "$@" /nonexistent/image "$IMGASSURE_INPUTS/advisories.db" "$IMGASSURE_INPUTS/policy.yaml" 2>"$work/refusal"; then
        echo "the example gate passed an image that does not exist" >&2
        exit 1
    fi
    grep -q nonexistent "$work/refusal"
}
