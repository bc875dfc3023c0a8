#!/bin/sh
# SPDX-License-Identifier: MIT
# A backend that is not in the tree becomes a column: plugin.sh PVABI FOLDER CC ROOT
set -eu

if [ $# -ne 4 ]; then
        echo "usage: $0 PVABI FOLDER CC ROOT" >&2
        exit 2
fi
pvabi=$1 good=$2/good.so cc=$3 root=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Every line of standard input but the last arguments' words: must have them all.
must_have() {
        text=$(cat)
        for word; do
                printf '%s\n' "$text" | grep -q -- "$word" && continue
                printf '%s\n' "$text" >&2
                echo "'$word' is missing above" >&2
                exit 1
        done
}

# By path: all that it claims passes, and what it never claimed is no failure.
"$pvabi" check -c "$good" --target model -o "$folder/check" >"$folder/out"
must_have "$good" <"$folder/out"
must_have '"check":"CNT-BYT-001"' '"check":"DISC-CNT-001"' '"check":"DISC-ABS-003"' '"verdict":"not-claimed"' \
        <"$folder/check/records.jsonl"
must_have '"record":"unspecified"' '{"access":"R 0x701 2","value":"0x10c"}' <"$folder/check/records.jsonl"
if grep '"verdict":"\(fail\|xfail\|cannot-tell\|error\)"' "$folder/check/records.jsonl"; then
        echo 'a check of the example does not pass' >&2
        exit 1
fi

# Beside others, and with its rule's mutant.
"$pvabi" check -c regblock:qemu-6.0 -c "$good:draft/firmware" --target model DISC-CNT-001 | must_have regblock "$good"

# By name, when its folder is on the search path; compiled by the very command of the guide.
mkdir "$folder/backends"
sanitize=
nm -D "$good" | grep -q __asan_init && sanitize=-fsanitize=address,undefined
options=$(sed -n "s|^    cc \(.*\) -o count.so tests/plugins/good.c\$|\1|p" "$root/docs/writing-a-backend.md")
[ -n "$options" ] || {
        echo 'docs/writing-a-backend.md no longer says how to compile tests/plugins/good.c' >&2
        exit 1
}
# shellcheck disable=SC2086 # options are words
(cd "$root" && "$cc" $sanitize $options -o "$folder/backends/count.so" tests/plugins/good.c)
PVABI_BACKEND_PATH=$folder/backends "$pvabi" list backends | must_have count draft regblock fwcfg
PVABI_BACKEND_PATH=$folder/backends "$pvabi" check -c count+regblock:qemu-6.0 --target model 'DISC-*' 'CNT-*' |
        must_have count+regblock
