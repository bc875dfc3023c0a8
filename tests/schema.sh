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
"$4" bench -c regblock:qemu-6.0 -c fwcfg:map/dma --target model --max-cpus 4 -o "$folder/cost" >/dev/null
grep -q '"record":"modelled-crossover"' "$folder/cost/records.jsonl"
"$4" check --hostile -c fwcfg:map/port 'A2*' 'A34*' -o "$folder/lies" >/dev/null
grep -q '"record":"hostile".*"memory":"aes-xex".*"end":"named"' "$folder/lies/records.jsonl"
"$4" check -c fwcfg:map/port --target model -o "$folder/sev" 'SEV-STA-*' >/dev/null
grep -q '"record":"requirement","id":"SEV-STA-00[1-6]"' "$folder/sev/records.jsonl"
{
        head -n 1 "$folder/real/records.jsonl"
        "$4" check --ledger --json
} >"$folder/ledger.jsonl"
grep -q '"record":"ledger-pages"' "$folder/ledger.jsonl"
for records in "$folder/made-up.jsonl" "$folder/real/records.jsonl" "$folder/cost/records.jsonl" "$folder/lies/records.jsonl" \
        "$folder/sev/records.jsonl" "$folder/ledger.jsonl"; do
        sh "$1" "$2" "$records"
done
