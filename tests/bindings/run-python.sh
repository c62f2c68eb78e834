#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run-python.sh BUILD SOURCE [SANITIZER]: builds the Python binding beside the build and runs its tests and example.
here=$(dirname "$0")
set -- python "$@"
. "$here/stage.sh"
export PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 -c 'import cffi, setuptools' || { echo "python3-cffi and python3-setuptools are needed" >&2; exit 1; }
cp -r "$source/bindings/python" "$work/source"
cd "$work/source"
/usr/bin/python3 setup.py --quiet build --build-lib "$work/lib" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
grep -i 'warning: .*_cffi' "$work/build.log" && exit 1
export PYTHONPATH="$work/lib"
cd tests
/usr/bin/python3 -W error -m unittest --buffer 2>"$work/tests.log" || { cat "$work/tests.log"; exit 1; }
tail -n 3 "$work/tests.log"
gate /usr/bin/python3 "$source/examples/gate.py"
echo "python: tests and example passed"
