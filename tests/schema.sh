#!/bin/sh
# SPDX-License-Identifier: MIT
# Records of a made-up run and of a real one are as the schema says: schema.sh VALIDATOR SCHEMA TEST_REPORT PVABI
set -eu

if [ $# -ne 4 ]; then
        echo "usage: $0 VALIDATOR SCHEMA TEST_REPORT PVABI" >&2
        exit 2
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$3" "$folder/made-up.jsonl"
"$4" check -c regblock:qemu-6.0 --target model -o "$folder/real" 'DISC-*' 'REG-PRB-*' >/dev/null
for records in "$folder/made-up.jsonl" "$folder/real/records.jsonl"; do
        sh "$1" "$2" "$records"
done
