#!/bin/sh
# SPDX-License-Identifier: MIT
# Each fate of a mutant is told from the others, and what is no evidence is none: mutation-score.sh PVABI FOLDER
set -u

pvabi=$1 plugin=$2/mutants.so
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
problems=0

complain() {
        problems=$((problems + 1))
        echo "FAILED: $*"
        cat "$folder/out"
}

# score CODE ARGUMENTS...
score() {
        want=$1
        shift
        "$pvabi" check --mutation-score -c "$plugin" --timeout 1 "$@" >"$folder/out" 2>&1
        code=$?
        [ $code = "$want" ] || complain "exit code $code instead of $want: $*"
}

shows() {
        for line; do
                grep -q -e "$line" "$folder/out" || complain "no line '$line'"
        done
}

score 1 'MUT-ONE-*' 'MUT-TWO-*' 'MUT-BARE-*'
shows '^  survives, MUT-ONE-001 on stub' '^    crashed: its check takes the process down' \
        '^    timed out: its check does not end in time' '^  is-no-hang, ' '^    unsound: ' '^  MUT-BARE-001 ' \
        '^2 of 7 mutants killed, 1 of 1 blind ones among them; 2 of 3 checks have a mutant' \
        '^  is-killed  .* MUT-ONE-001 .* 1  MUT-BARE-001$'
score 5 'MUT-NIL-*'
shows 'unknown: stub has no check MUT-NIL-001' "unknown: candidate stub:never: no revision 'never'"
score 3 'NOPE-*'
score 2 --target model 'MUT-*'
score 2 --level MUST 'MUT-*'
score 2 -o "$plugin" 'MUT-*'
score 1 --json -o "$folder/files" 'MUT-ONE-*'
cmp -s "$folder/out" "$folder/files/mutation-score.json" || complain 'what is printed is not what is written'
shows '"killed_blind" : 1,' '"fate" : "crashed",'
grep -q '^| is-killed-blind | yes | `stub` |.*| killed |' "$folder/files/mutation-score.md" || complain 'no row in Markdown'
[ $problems = 0 ] && echo 'every fate of a mutant is told'
