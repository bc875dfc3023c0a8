#!/bin/sh
# SPDX-License-Identifier: MIT
# What a benchmark records: its structure, and counts that are exact; never how long anything took. bench.sh PVABI
set -eu

if [ $# -ne 1 ]; then
        echo "usage: $0 PVABI" >&2
        exit 2
fi
pvabi=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# shellcheck source=tests/exits.sh
. "$(dirname "$0")/exits.sh"

# has N RUN PATTERN: so many records of this run match all of them
has() {
        found=$(grep -c -- "$3" "$folder/$2/records.jsonl" || :)
        [ "$found" = "$1" ] && return
        echo "$found records instead of $1 match $3" >&2
        exit 1
}

# The model: both candidates are timed for the four questions that both answer; the block alone for the events.
exits 0 "$pvabi" bench -c regblock:qemu-6.0 -c fwcfg:topology/port-bytes -c fwcfg:topology/port-fields --max-cpus 4 \
        -o "$folder/model"
said '^Ladder'
has 14 model '"record":"time".*"n":4,"answer":"ok".*"times":{"unit":"ns","samples":[0-9]*,"median":'
has 1 model '"record":"access","target":"model","operation":"read",.*"answer":"ok"'
has 8 model '"record":"crossover".*"measure":"exits"'

# Crossovers are found by asking, and exact. Held against the first that is named; nothing is timed for them.
exits 0 "$pvabi" compare -c regblock:qemu-6.0 -c fwcfg:topology/port-bytes -c fwcfg:topology/port-fields \
        --target model -o "$folder/exits" REG-SEL-001
said 'Held against regblock:qemu-6.0, by exits on model'
has 1 exits '"Q1".*"regblock:qemu-6.0","second":"fwcfg:topology/port-bytes".*"below":489,"n":490,"first_cost":988.0,"second_cost":987.0'
has 1 exits '"Q4".*"regblock:qemu-6.0","second":"fwcfg:topology/port-bytes".*"below":324,"n":325,"first_cost":989.0,"second_cost":987.0'
has 1 exits '"Q4".*"regblock:qemu-6.0","second":"fwcfg:topology/port-fields".*"below":17,"n":18,'
has 0 exits '"record":"time"'

# KVM, or what is missing for it
if ! [ -r /dev/kvm ] || ! [ -w /dev/kvm ]; then
        exits 3 "$pvabi" bench -c regblock:qemu-6.0 --target kvm --max-cpus 4
        said 'target kvm: blocked: /dev/kvm'
        echo 'skipped: what is timed on KVM, for there is no /dev/kvm here' >&2
        exit 77
fi
exits 0 "$pvabi" bench -c regblock:qemu-6.0 --target kvm --max-cpus 4 -o "$folder/kvm"
for operation in read write byte string-byte; do
        has 1 kvm "\"record\":\"access\",\"target\":\"kvm\",\"operation\":\"$operation\",.*\"answer\":\"ok\""
done
for operation in coalesced ioeventfd; do
        has 1 kvm "\"operation\":\"write-$operation\".*\(\"answer\":\"ok\"\|\"answer\":\"n/a\",\"reason\":\"KVM_CAP_[A-Z_]* is missing\)"
done
has 6 kvm '"record":"time".*"target":"kvm"'
has 1 kvm '"record":"speed","name":"one access by our VMM / by a bare KVM_RUN loop".*"bound":1.1[0,]'
