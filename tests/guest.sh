#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest image in real VMMs, and in programs that are none: guest.sh boots|host|bad PVABI
set -u

if [ $# -ne 2 ]; then
        echo "usage: $0 boots|host|bad PVABI" >&2
        exit 2
fi
group=$1 pvabi=$2
folder=$(mktemp -d)
out=$folder/out err=$folder/err records=$folder/kept/records.jsonl
trap 'rm -rf "$folder"' EXIT
cases=0 problems=0

complain() {
        problems=$((problems + 1))
        printf 'FAILED: %s\n' "$*"
        tail -n 20 "$out" | sed 's/^/  stdout: /'
        sed 's/^/  stderr: /' "$err"
}

# check CODE ARGUMENTS...: pvabi check, which must end with this code, and leave no process behind.
check() {
        cases=$((cases + 1))
        want=$1
        shift
        rm -rf "$folder/kept"
        timeout 300 "$pvabi" check -o "$folder/kept" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "check $*: exit code $code instead of $want"
}

count() {
        grep -c "\"verdict\":\"$1\"" "$records"
}

# counts PASSED NOT-APPLICABLE NOT-CLAIMED: of the last check; nothing else may have come out of it.
counts() {
        seen="$(count pass) $(count n/a) $(count not-claimed)"
        [ "$seen of $(grep -c '"record":"verdict"' "$records")" = "$* of $(($1 + $2 + $3))" ] ||
                complain "passed, n/a and not claimed are $seen instead of $*"
}

records_say() {
        grep -q -e "$1" "$records" || complain "records do not say: $1"
}

need_qemu() {
        "$pvabi" doctor | grep -q '^target guest *ok' && return
        echo 'no QEMU on this machine, or no guest image: install qemu-system-x86'
        exit 77
}

# Consumers by port and by DMA, single accesses, host events and a migration, in the guest.
boots() {
        need_qemu
        checks='DISC-DET-001 DISC-ID-001 EVT-ARR-001 EVT-RST-001 EVT-MIG-001 REG-SEL-001 FWC-DMA-001 COH-EJ-001'
        for machine in guest 'guest:qemu-system-x86_64 -M pc' 'guest:qemu-system-x86_64 -M pc-q35-4.2'; do
                # shellcheck disable=SC2086 # words
                check 0 -t "$machine" -c regblock:qemu-6.0 -c fwcfg:topology+regblock:qemu-2.7/dma $checks
                counts 21 6 0
        done
        check 0 -t 'guest:qemu-system-x86_64 -M microvm' FWC-ID-002 FWC-DMA-001 DISC-ABS-001
        counts 2 1 1
}

case $group in
boots) boots ;;
esac
echo "$cases cases, $problems problems"
[ $problems = 0 ]
