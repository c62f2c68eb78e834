#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run-go.sh BUILD SOURCE [SANITIZER]: builds the Go binding beside the build; runs vet, its tests and the example with
# every Go that is installed (at least one must be), the last one under the race detector where that works.
here=$(dirname "$0")
set -- go "$@"
. "$here/stage.sh"
export GOTOOLCHAIN=local GOFLAGS=-mod=mod GOPROXY=off GOPATH="$work/path" GOCACHE="$build/tests/bindings/go-cache"
cp -r "$source/bindings/go" "$work/source"
mkdir "$work/gate"
cp "$source/examples/gate.go" "$work/gate"
cat >"$work/gate/go.mod" <<END
module gate
go 1.19
require imgassure.dev/imgassure v0.0.0
replace imgassure.dev/imgassure => ../source
END

test_with() { # GO OPTION...: vet, tests, example
    tool=$1
    shift
    cd "$work/source"
    "$tool" vet ./...
    "$tool" test "$@" -count=1 ./...
    cd "$work/gate"
    "$tool" build -o gate .
    gate ./gate
    echo "$("$tool" env GOVERSION) $*: vet, tests and example passed"
}

seen='' last=''
for go in /usr/lib/go-1.19/bin/go /usr/local/go/bin/go "$(command -v go || true)"; do
    [ -x "$go" ] || continue
    version=$("$go" env GOVERSION)
    case " $seen " in *" $version "*) continue ;; esac
    seen="$seen $version"
    [ -z "$last" ] || test_with "$last"
    last=$go
done
[ -n "$last" ] || { echo "no Go was found: golang-go is needed" >&2; exit 1; }
# Building the standard library again for the race detector takes a minute: once is enough.
cd "$work/source"
if "$last" test -race -run '^$' . >"$work/race.log" 2>&1; then
    test_with "$last" -race
else
    echo "the race detector does not work here:" && tail -n 1 "$work/race.log"
    test_with "$last"
fi
