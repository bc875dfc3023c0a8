#!/bin/sh
# SPDX-License-Identifier: MIT
# Our models against the real QEMU. walks: no difference, and everything was tried. finds: a difference that is there
# is found, made short, and can be replayed.
set -eu

if [ $# -ne 2 ]; then
        echo "usage: $0 PVABI walks|finds" >&2
        exit 2
fi
pvabi=$1 what=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if ! "$pvabi" doctor | grep -q '^target qtest *ok'; then
        echo 'no QEMU on this machine: install qemu-system-x86'
        exit 77
fi

fail() {
        echo "$*" >&2
        cat "$folder/out" "$folder/err" >&2
        exit 1
}

# expect CODE ARGUMENTS...
expect() {
        want=$1
        shift
        "$pvabi" "$@" >"$folder/out" 2>"$folder/err" && code=0 || code=$?
        [ "$code" = "$want" ] || fail "pvabi $*: exit code $code instead of $want"
}

walks() {
        expect 0 check --differential
        cat "$folder/out"
        grep -q ' 0 mismatches' "$folder/out" || fail 'it does not say that there is no mismatch'
}

finds() {
        # QEMU 7.2 has firmware removal, and the model of 5.0 does not.
        found=$folder/found
        expect 1 check --differential -c regblock:qemu-5.0 --target qtest::pc-q35-7.2 -o "$found"
        grep -q '^MISMATCH in walk' "$folder/out" || fail 'no mismatch is shown'
        [ "$(grep -vc '^#' "$found/mismatch.trace")" -le 8 ] || fail 'a long trace where 3 to 6 lines do'
        grep -q '^out[bwl] 0xcdc 0x' "$found/mismatch.qtest" || fail 'no write to control among the lines'
        expect 1 replay "$found/mismatch.trace" -c regblock:qemu-5.0
        expect 0 replay "$found/mismatch.trace" -c regblock:qemu-6.0
        expect 0 replay "$found/mismatch.trace" -c regblock:qemu-6.0 --target qtest::pc-q35-7.2

        # The same seed makes the same accesses.
        expect 0 check --differential -c regblock:qemu-6.0 --target model --accesses 3000 --seed 7
        grep -v 'accesses a second' "$folder/out" >"$folder/first"
        expect 0 check --differential -c regblock:qemu-6.0 --target model --accesses 3000 --seed 7
        grep -v 'accesses a second' "$folder/out" | cmp - "$folder/first" || fail 'the same seed, other accesses'

        # What cannot be.
        expect 2 check --differential REG-SEL-001
        expect 2 check --differential --json
        expect 2 check --differential --shard 1/2
        expect 2 check --differential --smp 3,maxcpus=2 -c regblock
        expect 2 check --differential --accesses 0
        expect 2 check --differential -c none:ones
        expect 2 check --differential -o /dev/null/x
        expect 3 check --differential --target qtest:/nonexistent
}

"$what"
