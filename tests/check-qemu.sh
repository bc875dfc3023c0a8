#!/bin/sh
# SPDX-License-Identifier: MIT
# The suite on a real QEMU: green at the profile its version has, and what is newer than claimed is said as such.
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

"$pvabi" check --target qtest::pc-q35-7.2 --target qtest::pc-i440fx-7.2
"$pvabi" check -c regblock:qemu-5.0 --target qtest -o "$folder/newer" >"$folder/out"
grep -q 'newer than claimed: it has firmware removal (control bit 4)' "$folder/out"
grep -q '"check":"REG-FWR-002".*"verdict":"n/a"' "$folder/newer/records.jsonl"
