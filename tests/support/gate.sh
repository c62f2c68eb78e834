#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gate.sh PROGRAM [ARG...]: runs a test program and fails also when a sanitizer wrote a log. Criterion reports success
# before its children's leak check runs, so the exit code alone proves nothing.
set -u
logs=$(mktemp -d) || exit 99
trap 'rm -rf "$logs"' EXIT
export ASAN_OPTIONS="log_path=$logs/asan:detect_leaks=1:abort_on_error=0:allocator_may_return_null=1:detect_stack_use_after_return=1"
export UBSAN_OPTIONS="log_path=$logs/ubsan:print_stacktrace=1:halt_on_error=1"
export TSAN_OPTIONS="log_path=$logs/tsan:halt_on_error=1"
"$@"
status=$?
for log in "$logs"/*; do
    [ -s "$log" ] || continue
    echo "sanitizer log of $1:" >&2
    cat "$log" >&2
    status=1
done
exit $status
