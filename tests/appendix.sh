#!/bin/sh
# SPDX-License-Identifier: MIT
# Experimental ABIs stand in the appendix of a report and in nothing of its answer: appendix.sh PVABI
set -eu

if [ $# -ne 1 ]; then
        echo "usage: $0 PVABI" >&2
        exit 2
fi
pvabi=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
        cat "$folder/out" >&2
        echo "$*" >&2
        exit 1
}

# The lines of FILE from one that matches on, up to the next that matches.
between() {
        sed -n "/$2/,/$3/p" "$1"
}

"$pvabi" compare --target model --max-cpus 4 -o "$folder/all" DISC-CNT-001 SEV-STA-005 >"$folder/out" 2>&1 ||
        fail 'a plain compare found something that was not expected'
run=$(head -n 1 "$folder/all/records.jsonl")
case $run in
*'"experimental":["fwcfg:live/dma","fwcfg:live/port"]'*) ;;
*) fail 'the run record does not name what is experimental' ;;
esac
case $run in
*'"headline":['*live*'],"experimental"'*) fail 'what is experimental stands in the headline' ;;
esac
between "$folder/all/report.md" '^## 1[.]' '^| column' | grep -q 'live' && fail 'it stands in the answer'
between "$folder/all/report.md" '^## Appendix' '^never' | grep -q '^| .*fwcfg:live/dma.*fwcfg:live/port' ||
        fail 'it does not stand in the appendix'
grep -q '<h2>Appendix: experimental ABIs</h2>' "$folder/all/report.html" || fail 'the HTML page has no appendix'
between "$folder/out" '^Appendix: experimental' '^never' | grep -q '^[A-Z]: fwcfg:live/port on model' ||
        fail 'it does not stand in the appendix on a terminal'
grep -q '"record":"sample","candidate":"fwcfg:live/dma","target":"model"' "$folder/all/records.jsonl" ||
        fail 'it is not counted'

# By the argument of the thread: what is read by DMA answers back under an OS, and neither in SMM nor from AML.
for cell in 'phase=os:pass' 'phase=smm:xfail' 'phase=aml:xfail'; do
        grep -q "\"candidate\":\"fwcfg:live/dma\".*\"check\":\"SEV-STA-005\",\"cell\":\"[^\"]*${cell%:*}\".*\"verdict\":\"${cell#*:}\"" \
                "$folder/all/records.jsonl" || fail "SEV-STA-005 in ${cell%:*} is not ${cell#*:}"
done

# With nothing beside it, it is no answer either.
"$pvabi" check -c fwcfg:live/dma --target model DISC-CNT-001 >"$folder/out" 2>&1 || fail 'alone it does not pass'
grep -q '^Nothing but experimental ABIs was run' "$folder/out" || fail 'the answer does not say that it has nothing'
between "$folder/out" '^Answer' '^Appendix' | grep -q '^discovery' && fail 'alone, it stands in the answer'
exit 0
