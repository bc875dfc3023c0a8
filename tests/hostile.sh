#!/bin/sh
# SPDX-License-Identifier: MIT
# What is recorded of lies, and of predictions, and what the other verbs make of it: hostile.sh PVABI
set -eu

if [ $# -ne 1 ]; then
        echo "usage: $0 PVABI" >&2
        exit 2
fi
pvabi=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
problems=0

complain()
{
        echo "$*" >&2
        problems=$((problems + 1))
}

# run CODE ARGUMENTS...: the exit code, and what was printed in $folder/out.
run()
{
        expected=$1
        shift
        code=0
        "$pvabi" "$@" >"$folder/out" 2>&1 || code=$?
        [ "$code" -eq "$expected" ] ||
                complain "exit $code, expected $expected: pvabi $*: $(tail -n 3 "$folder/out")"
}

# must_have FILE PATTERN
must_have()
{
        grep -q "$2" "$1" || complain "no '$2' in $1"
}

# ---- records of lies ----

run 0 check --hostile -c regblock:qemu-6.0 'A0*' -o "$folder/careful"
must_have "$folder/out" '^Files in .*records.jsonl, report.md'
must_have "$folder/careful/report.md" '^| A06 | regblock | two CPUs .* | APIC ID twice | APIC ID twice |'
run 0 report "$folder/careful"
must_have "$folder/out" '^A host that lies'
run 0 diff "$folder/careful" "$folder/careful"
must_have "$folder/out" '^lies: [0-9]* compared; [0-9]* same$'

# What one takes for true counts for whoever reads it, unless the consumer is there to be caught.
run 1 check --hostile -c regblock:qemu-6.0/ospm A05 -o "$folder/careless"
run 1 report "$folder/careless"
must_have "$folder/out" '^A05  *BELIEVED'
sed 's/"named"/"BELIEVED"/' "$folder/careful/records.jsonl" >"$folder/worse.jsonl"
run 1 diff "$folder/careful" "$folder/worse.jsonl"
must_have "$folder/out" 'A06 of regblock in sev, aes-xex, regblock:qemu-6.0 on model: named -> BELIEVED'
run 0 check --hostile -c regblock:qemu-6.0/unchecked-id A06 -o "$folder/contrast"
run 0 report "$folder/contrast"
must_have "$folder/out" '^regblock:qemu-6.0/unchecked-id: .*BELIEVED: A06'

run 2 check --hostile -o /proc/nowhere
must_have "$folder/out" 'name a writable one with -o'
run 2 check --hostile --jobs 2
must_have "$folder/out" '^pvabi: --hostile takes lies, -c, -o and --json'

# ---- compare tells them too ----

run 0 compare -c fwcfg:map/port --target model --max-cpus 2 -o "$folder/all"
must_have "$folder/all/records.jsonl" '"record":"hostile","candidate":"fwcfg:map/port"'

# ---- predictions: where a run says something else, why is said ----

run 0 check --target model -c regblock:qemu-6.0 -c fwcfg:topology+regblock:qemu-2.7/dma \
        -c fwcfg:map+regblock:qemu-2.7/port -c fwcfg:topology+regblock:qemu-2.7/dma-private -c fwcfg:live/dma \
        -c fwcfg:live/port -o "$folder/sev" 'SEV-*'
must_have "$folder/sev/report.md" '^### Other than predicted'
must_have "$folder/sev/report.md" '^| SEV-STA-005 (C05) | FAILS | holds |'
must_have "$folder/sev/report.md" '^| SEV-STA-005 (C05) | by care | FAILS |.*a live file'
! grep 'nobody has said why yet' "$folder/sev/report.md" >&2 ||
        complain "conformance/prediction.c lacks a note on these"
must_have "$folder/sev/report.md" '^| sev-es smm | [0-9]* n/a |'

[ "$problems" -eq 0 ]
