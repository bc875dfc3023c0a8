#!/bin/sh
# SPDX-License-Identifier: MIT
# What changed between two runs, and the exit code that it earns: diff.sh PVABI
set -eu

if [ $# -ne 1 ]; then
        echo "usage: $0 PVABI" >&2
        exit 2
fi
pvabi=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# exits CODE ARGUMENTS...: what pvabi diff says goes to $folder/said
exits() {
        code=$1 status=0
        shift
        "$pvabi" diff "$@" >"$folder/said" 2>&1 || status=$?
        [ "$status" = "$code" ] && return
        cat "$folder/said" >&2
        echo "exit $status instead of $code: pvabi diff $*" >&2
        exit 1
}

said() {
        grep -q -e "$1" "$folder/said" && return
        cat "$folder/said" >&2
        echo "'$1' is missing above" >&2
        exit 1
}

# changed NAME SED: the run with another word in it
changed() {
        sed "$2" "$folder/old/records.jsonl" >"$folder/$1"
        if cmp -s "$folder/old/records.jsonl" "$folder/$1"; then
                echo "$1: the records have nothing that could be changed" >&2
                exit 1
        fi
}

"$pvabi" compare -c regblock:qemu-6.0 --target model --max-cpus 64 -o "$folder/old" 'REG-SEL-*' >/dev/null
"$pvabi" compare -c regblock:qemu-6.0 --target model --max-cpus 64 -o "$folder/again" 'REG-SEL-*' >/dev/null
exits 0 "$folder/old" "$folder/again"
said '^verdicts: [1-9][0-9]* compared; [0-9]* same$'
said '^samples: [1-9][0-9]* compared; [0-9]* same$'

changed fails 's/\("check":"REG-SEL-003".*\)"verdict":"pass","failure":"none"/\1"verdict":"fail","failure":"wedged"/'
exits 1 "$folder/old" "$folder/fails"
said '^worse: REG-SEL-003.*, regblock:qemu-6.0 on model: pass -> fail (wedged)'
exits 0 "$folder/fails" "$folder/old"
said '^better: REG-SEL-003'

changed costs 's/\("question":"Q4","n":64,[^{]*"counts":{"reads":\)[0-9]*/\1999/'
exits 1 "$folder/old" "$folder/costs"
said '^worse: Q4 at N=64, .*accesses .*reads [0-9]* -> 999 '
exits 4 --fail-on 'reads>10%' "$folder/old" "$folder/costs"
said '^pvabi: broken: reads>10%: Q4 at N=64'
exits 0 --fail-on 'doorbells>0%' "$folder/old" "$folder/costs"
exits 1 --fail-on 'reads>10%' "$folder/old" "$folder/fails"

changed gone '/"check":"REG-SEL-003"/d'
exits 0 "$folder/old" "$folder/gone"
said '^gone: [0-9]* verdicts*, regblock:qemu-6.0 on model: REG-SEL-003'
exits 4 --fail-on 'gone>0%' "$folder/old" "$folder/gone"

# Times, of which such a run has none, are added: only alike machines may be compared.
timed() {
        sed "$2" "$folder/old/records.jsonl"
        printf '{"record":"speed","name":"step","value":%s,"unit":"ns","bound":0,"floor":1.01,"what":"w","target":"model"}\n' "$1"
}
timed 100 '' >"$folder/fast"
timed 120 '' >"$folder/slow"
timed 120 's/"kernel":"/"kernel":"other /' >"$folder/elsewhere"
exits 0 "$folder/fast" "$folder/slow"
said '^worse: step, on model: ns 100 -> 120 (+20.0 %); noise floor 1.0 %'
exits 4 --fail-on 'time>10%' "$folder/fast" "$folder/slow"
exits 0 --fail-on 'time>20%' "$folder/fast" "$folder/slow"
exits 0 "$folder/fast" "$folder/elsewhere"
said '^unlike environments: machine.kernel: .* -> other '
said '^times: 0 compared; 1 unlike environments'
exits 3 --strict "$folder/fast" "$folder/elsewhere"
exits 3 --fail-on 'time>10%' "$folder/fast" "$folder/elsewhere"
said "'time>10%' found nothing to compare"

# The same thresholds on a run and its baseline.
run() {
        code=$1 status=0
        shift
        "$pvabi" "$@" --target model --max-cpus 64 -c regblock:qemu-6.0 >"$folder/said" 2>&1 || status=$?
        [ "$status" = "$code" ] && return
        tail -n 5 "$folder/said" >&2
        echo "exit $status instead of $code: pvabi $*" >&2
        exit 1
}
changed cheap 's/\("question":"Q4","n":64,[^{]*"counts":{"reads":\)[0-9]*/\11/'
run 0 compare --baseline "$folder/old" --fail-on 'exits>0%' -o "$folder/third" 'REG-SEL-*'
run 4 compare --baseline "$folder/cheap" --fail-on 'exits>0%' -o "$folder/third" 'REG-SEL-*'
said '^pvabi: broken: exits>0%: Q4 at N=64'
run 3 compare --baseline "$folder/old" --fail-on 'time>0%' -o "$folder/third" 'REG-SEL-*'
run 2 compare --fail-on 'exits>0%' -o "$folder/third" 'REG-SEL-*'
said 'with --baseline'

exits 0 --json "$folder/old" "$folder/gone"
said '"sense" : "gone"'
head -n 1 "$folder/old/records.jsonl" >"$folder/empty"
exits 3 "$folder/old" "$folder/empty"
said 'nothing to compare'
exits 2 "$folder/old"
exits 2 "$folder/old" "$folder/nowhere"
exits 2 --fail-on 'speed>1%' "$folder/old" "$folder/again"
said 'no such metric; there are exits, accesses'
exits 2 --fail-on 'exits' "$folder/old" "$folder/again"
echo 'every exit code as it should be'
