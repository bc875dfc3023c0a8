#!/bin/sh
# SPDX-License-Identifier: MIT
# Errata: the shipped file speaks of checks that there are; on a real QEMU a known failure is expected, and a stale one is not.
set -u

if [ $# -ne 2 ]; then
        echo "usage: $0 PVABI ERRATA" >&2
        exit 2
fi
pvabi=$1 errata=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
problems=0

complain() {
        problems=$((problems + 1))
        printf 'FAILED: %s\n' "$*"
}

# run CODE ERRATA CHECK: on a machine type of the real QEMU
run() {
        "$pvabi" check --errata "$2" -t qtest::microvm -c fwcfg:topology -o "$folder/out" "$3" >"$folder/text" 2>&1
        code=$?
        [ $code = "$1" ] || complain "$3 with $2: exit code $code instead of $1: $(tail -n 3 "$folder/text")"
}

records() {
        grep -q -e "$1" "$folder/out/records.jsonl" || complain "no record of $1"
}

"$pvabi" list checks >"$folder/checks"
sed -n 's/^\[\([^ ]*\) .*/\1/p' "$errata" >"$folder/named"
while read -r check; do
        grep -q "^$check " "$folder/checks" || complain "there is no check $check"
done <"$folder/named"

printf '[FWC-SIG-001 QEMU *]\nreason=made up\nsource=here\n' >"$folder/stale.ini"
printf '[FWC-SIG-001 QEMU 0.1-0.2]\nreason=made up\nsource=here\n' >"$folder/other.ini"
printf '[FWC-SIG-001 QEMU]\nsource=here\n' >"$folder/wrong.ini"
run 2 "$folder/wrong.ini" FWC-SIG-001
run 2 "$folder/none.ini" FWC-SIG-001
if "$pvabi" doctor | grep -q '^target qtest *ok'; then
        run 1 "$folder/stale.ini" FWC-SIG-001
        records '"FWC-SIG-001".*"xpass".*made up'
        run 0 "$folder/other.ini" FWC-SIG-001
        run 0 "$folder/other.ini" FWC-CPU-003
        records '"FWC-CPU-003".*"xfail".*microvm.c'
        run 0 "$folder/other.ini" FWC-DMA-026
        records '"FWC-DMA-026".*"n/a".*is RAM there'
fi
[ $problems = 0 ]
