#!/bin/sh
# SPDX-License-Identifier: MIT
# A campaign in parts comes to the same as in one piece; retries hide nothing: campaign.sh PVABI FOLDER
set -eu

if [ $# -ne 2 ]; then
        echo "usage: $0 PVABI FOLDER" >&2
        exit 2
fi
pvabi=$1 flaky=$2/flaky.so
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# shellcheck source=tests/exits.sh
. "$(dirname "$0")/exits.sh"

# The verdicts of record files, without what differs from run to run.
verdicts() {
        cat "$@" | sed -n 's/.*"candidate":"\([^"]*\)".*"check":"\([^"]*\)","cell":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3 \4/p' |
                sort
}

# Shards
exits 0 "$pvabi" check -c regblock:qemu-6.0 -c fwcfg:map 'REG-*' 'FWC-*' -o "$folder/whole"
for k in 1 2 3; do
        exits 0 "$pvabi" check --shard $k/3 -c regblock:qemu-6.0 -c fwcfg:map 'REG-*' 'FWC-*' -o "$folder/$k"
done
verdicts "$folder/whole/records.jsonl" >"$folder/one"
verdicts "$folder"/[123]/records.jsonl >"$folder/three"
[ "$(wc -l <"$folder/one")" -gt 50 ] || { echo 'the whole is hardly anything' >&2; exit 1; }
cmp "$folder/one" "$folder/three"
[ "$(wc -l <"$folder/2/records.jsonl")" -lt "$(wc -l <"$folder/whole/records.jsonl")" ]
exits 0 "$pvabi" report "$folder/1" "$folder/2" "$folder/3" -o "$folder/merged"
[ -s "$folder/merged/junit.xml" ]
exits 3 "$pvabi" report "$folder/1" "$folder/3"
said 'shards 2 of 3 are missing'
exits 0 "$pvabi" check --seed 2 --shard 2/3 -c regblock:qemu-6.0 -c fwcfg:map 'REG-SEL-*' -o "$folder/other"
exits 2 "$pvabi" report "$folder/1" "$folder/other" "$folder/3"
said 'differ in seed: 1 and 2'
exits 2 "$pvabi" check --shard 4/3
exits 2 "$pvabi" check --shard 0/3
exits 2 "$pvabi" check --shard 1

# Levels
exits 0 "$pvabi" check --level must -c fwcfg:topology 'FWC-*' -o "$folder/must"
grep -q '"level":"MUST"' "$folder/must/records.jsonl"
if grep '"record":"verdict".*"level":"\(SHOULD\|MAY\)"' "$folder/must/records.jsonl"; then
        echo 'weaker than what was asked for' >&2
        exit 1
fi
exits 2 "$pvabi" check --level absolutely

# Retries: wrong, then down, then right
export PVABI_FLAKY="$folder/read"
exits 1 "$pvabi" check -c "$flaky" FLK-ONE-001
rm "$PVABI_FLAKY"
exits 1 "$pvabi" check --retries 1 -c "$flaky" FLK-ONE-001
rm "$PVABI_FLAKY"
exits 0 "$pvabi" check --retries 2 -c "$flaky" FLK-ONE-001 -o "$folder/flaky"
said 'Retried'
said 'fail, fail'
[ "$(grep -c '"check":"FLK-ONE-001"' "$folder/flaky/records.jsonl")" = 3 ]
grep -q '"failure":"crashed".*"attempt":2' "$folder/flaky/records.jsonl"
grep -q 'attempts before: fail, fail' "$folder/flaky/junit.xml"
grep -q '"earlier_attempts" : "fail, fail"' "$folder/flaky/results.json"

# What a killed run left behind does not keep a process of the same number from starting, and what is in use stays
if [ -w /dev/shm ]; then
        touch -d '1 hour ago' /dev/shm/bxfi_4194305 "/dev/shm/bxfi_$$"
        exits 0 "$pvabi" check -c regblock:qemu-6.0 DISC-CNT-001
        [ ! -e /dev/shm/bxfi_4194305 ]
        rm "/dev/shm/bxfi_$$"
fi
