#!/bin/sh
# SPDX-License-Identifier: MIT
# The example backend, built outside the tree against an installed pvabi.
# example-plugin.sh PVABI BUILD ROOT CC SANITIZERS
set -eu

if [ $# -ne 5 ]; then
        echo "usage: $0 PVABI BUILD ROOT CC SANITIZERS" >&2
        exit 2
fi
pvabi=$1 build=$2 root=$3
export CC="$4"
sanitizers=$5

for tool in meson:meson ninja:ninja-build pkg-config:pkg-config; do
        command -v "${tool%:*}" >/dev/null 2>&1 && continue
        echo "skipped: there is no ${tool%:*}; it is in the package ${tool#*:}"
        exit 77
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
        echo "$*" >&2
        exit 1
}

# run STATUS COMMAND...: standard output to $folder/out.
run() {
        expected=$1
        shift
        status=0
        "$@" >"$folder/out" 2>"$folder/err" || status=$?
        [ $status = "$expected" ] && return
        cat "$folder/out" "$folder/err" >&2
        fail "exit code $status instead of $expected: $*"
}

# Words that must stand together in a line of FILE.
must_have() {
        file=$1
        shift
        for words; do
                grep -q -e "$words" "$file" && continue
                cat "$file" >&2
                fail "'$words' is missing above"
        done
}

# The verdict of a check in a scene, of records in $folder/DIR.
verdict() {
        must_have "$folder/$1/records.jsonl" "\"check\":\"$2\",\"cell\":\"[^\"]*$3[^\"]*\".*\"verdict\":\"$4\""
}

# ---- installed, copied away from the tree, and built with what pkg-config says alone ----

run 0 meson install -C "$build" --no-rebuild --destdir "$folder/installed"
PKG_CONFIG_PATH=$(dirname "$(find "$folder/installed" -name pvabi.pc)")
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR="$folder/installed"
cp -r "$root/docs/examples/ghcb-apic-ids" "$folder/source"
run 0 meson setup "$folder/example" "$folder/source" -Dwerror=true "-Db_sanitize=$sanitizers"
run 0 ninja -C "$folder/example"
if grep -q -F -e "$root" "$folder/example/compile_commands.json"; then
        fail 'the example is compiled with something of the tree'
fi
plugin=$folder/example/ghcb-apic-ids.so

# ---- a column, in the appendix: discovers, says nothing of events, and fails as a bounce-page ABI must ----

run 0 "$pvabi" check -c "$plugin" --target model -o "$folder/careful"
must_have "$folder/out" '^Appendix: experimental ABIs' "^A: $plugin on model" '^discovery  *\([0-9]*\)/\1$' '^events  *not claimed'
for check in DISC-DET-001 DISC-CNT-001 DISC-ID-001 DISC-ALL-001 DISC-ABS-001 DISC-ABS-002 DISC-ABS-003 DISC-GSS-001 \
        GAI-REG-001 GAI-PGS-001 GAI-PGS-002 GAI-ARG-001 GAI-ARG-002 GAI-ARG-003 GAI-LST-001 GAI-LST-002; do
        verdict careful $check '' pass
done
verdict careful GAI-SHR-001 'hostile=never enough' pass
verdict careful SEV-VAL-002 'hostile=A06' pass
verdict careful SEV-DMA-006 'hostile=A28n' pass
for scene in 'SEV-MEM-001 guest=sev;phase=smm' 'SEV-MEM-001 guest=sev-snp;phase=pei' \
        'SEV-MEM-002 guest=sev;phase=os' 'SEV-STA-004 guest=sev;phase=aml'; do
        verdict careful "${scene% *}" "${scene#* }" xfail
done
if grep '"verdict":"\(fail\|xpass\|error\|cannot-tell\)"' "$folder/careful/records.jsonl"; then
        fail 'these verdicts of the example were not expected'
fi

# Beside another, with events from the register block, and as the consumer that is here for contrast.
run 0 "$pvabi" check -c regblock:qemu-6.0 -c "$plugin+regblock:qemu-2.7" --target model 'DISC-*' 'SEV-*' 'EVT-*'
must_have "$folder/out" '^A: regblock:qemu-6.0' "^B: $plugin+regblock:qemu-2.7"
run 0 "$pvabi" check -c "$plugin:ghcb-2.03/kept-shared" --target model -o "$folder/kept"
verdict kept GAI-SHR-001 'guest=sev-snp' xfail

# What it cannot do is admitted, not overlooked.
: >"$folder/example/ghcb-apic-ids.expect.ini"
run 1 "$pvabi" check -c "$plugin" --target model 'SEV-MEM-*'

# ---- its lies and its mutants ----

run 0 "$pvabi" check --hostile -c "$plugin"
must_have "$folder/out" '^G01 .* count A *$' '^G02 .* contradiction A *$' '^G03 .* status A *$' \
        '^A06 .* APIC ID twice A *$' '^A24nd .* count A *$' '^A27 .* refused A *$' '^A28 .* short transfer A *$' \
        '^A28n .* short transfer A *$' '^A29 .*list *$' ' 0 came to another end'
run 0 "$pvabi" check --hostile -c "$plugin" -c "$plugin:ghcb-2.03/kept-shared"
must_have "$folder/out" '^G01 .* taken for something else a *$' "^a: $plugin:ghcb-2.03/kept-shared"
# Every byte that it reads is declared; the list comes in a page, which one of its consumers gives back.
COLUMNS=300 run 0 "$pvabi" check --ledger -c "$plugin" -c "$plugin:ghcb-2.03/kept-shared"
must_have "$folder/out" '^list: APIC IDs .*host, shared page  *48  *once  *APIC ID twice (A06), short transfer (A28)' \
        '^pages that are needed .*host, GHCB  *8  *once  *count (G01)' 'shared at the end: 0[.]' 'shared at the end: 1[.]'
if grep -q 'not declared' "$folder/out"; then
        fail 'the example reads bytes that it does not declare'
fi
run 0 "$pvabi" check --mutation-score -c "$plugin" 'GAI-*'
must_have "$folder/out" '^9 of 9 mutants killed, .*; 9 of 9 checks have a mutant'

# By name, where backends are looked for.
PVABI_BACKEND_PATH=$folder/example run 0 "$pvabi" list backends
must_have "$folder/out" ghcb-apic-ids ghcb-2.03 careful kept-shared
