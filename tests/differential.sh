#!/bin/sh
# SPDX-License-Identifier: MIT
# A difference between a model and the real QEMU is found, made short, and can be replayed: differential.sh PVABI
set -eu

if [ $# -ne 1 ]; then
        echo "usage: $0 PVABI" >&2
        exit 2
fi
pvabi=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! "$pvabi" doctor | grep -q '^target qtest *ok'; then
        echo 'no QEMU on this machine: install qemu-system-x86'
        exit 77
fi

# expect CODE ARGUMENTS...
expect() {
        want=$1
        shift
        "$pvabi" "$@" >"$folder/out" 2>"$folder/err" && code=0 || code=$?
        [ "$code" = "$want" ] && return
        echo "pvabi $*: exit code $code instead of $want" >&2
        cat "$folder/out" "$folder/err" >&2
        exit 1
}

# QEMU 7.2 has firmware removal, and the model of 5.0 does not.
expect 1 check --differential -c regblock:qemu-5.0 --target qtest::pc-q35-7.2 --accesses 20000 -o "$folder/found"
grep -q '^MISMATCH in walk' "$folder/out"
lines=$(grep -vc '^#' "$folder/found/mismatch.trace")
if [ "$lines" -gt 8 ]; then
        echo "a trace of $lines lines where 3 to 6 do" >&2
        cat "$folder/found/mismatch.trace" >&2
        exit 1
fi
grep -q '^outb 0xcdc 0x' "$folder/found/mismatch.qtest"
expect 1 replay "$folder/found/mismatch.trace" -c regblock:qemu-5.0
expect 0 replay "$folder/found/mismatch.trace" -c regblock:qemu-6.0
expect 0 replay "$folder/found/mismatch.trace" -c regblock:qemu-6.0 --target qtest::pc-q35-7.2

# The same seed makes the same accesses.
expect 0 check --differential -c regblock:qemu-6.0 --target model --accesses 3000 --seed 7
grep -v 'accesses a second' "$folder/out" >"$folder/first"
expect 0 check --differential -c regblock:qemu-6.0 --target model --accesses 3000 --seed 7
grep -v 'accesses a second' "$folder/out" | cmp - "$folder/first"

# What cannot be.
expect 2 check --differential REG-SEL-001
expect 2 check --differential --json
expect 2 check --differential --accesses 0
expect 2 check --differential -c none:ones
expect 2 check --differential -o /dev/null/x
expect 3 check --differential --target qtest:/nonexistent
