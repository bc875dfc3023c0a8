#!/bin/sh
# SPDX-License-Identifier: MIT
# The machine types of the installed QEMU, beside each other: each is held to what it has, and the report tells them apart.
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

set --
for type in pc-i440fx-1.5 pc-i440fx-2.6 pc-i440fx-7.2 pc-q35-2.6 pc-q35-4.2 pc-q35-5.2 pc-q35-7.2 microvm isapc; do
        set -- "$@" -t "qtest::$type"
done
"$pvabi" check "$@" -o "$folder" DISC-DET-001 DISC-ABS-001 'FWC-ID-*' FWC-CPU-003 FWC-DMA-001 \
        REG-SEL-001 >"$folder/out"

shows() {
        grep -q -e "$1" "$folder/report.md" || { echo "report.md does not show: $1"; exit 1; }
}
shows '^### Compat settings of one device: QEMU'
shows '| microvm: failed; others: passed | .*FWC-CPU-003'
shows '| pc-i440fx-1.5: does not apply; others: passed | .*FWC-DMA-001'
shows '| pc-i440fx-1.5: passed; others: does not apply | .*FWC-ID-002'
shows '| microvm, isapc: does not apply; others: passed | .*REG-SEL-001'
shows '| microvm, isapc: passed; others: does not apply | .*DISC-ABS-001'
