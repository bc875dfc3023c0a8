#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever is wrong is said in one line, ends with the right code, and costs no record: bad-input.sh GROUP PVABI FOLDER
set -u

if [ $# -ne 3 ]; then
        echo "usage: $0 names|plugins|qemu|interrupt|trace PVABI FOLDER" >&2
        exit 2
fi
group=$1 pvabi=$2 built=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
out=$folder/out err=$folder/err records=$folder/kept/records.jsonl
cases=0 problems=0
command=

complain() {
        problems=$((problems + 1))
        printf 'FAILED: pvabi %s\n  %s\n' "$command" "$*"
        sed 's/^/  stderr: /' "$err"
}

# run CODE ARGUMENTS...: runs pvabi, which must end with this code.
run() {
        cases=$((cases + 1))
        want=$1
        shift
        command=$*
        rm -rf "$folder/kept"
        timeout 120 "$pvabi" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "exit code $code instead of $want"
}

# One line: what and why are in the words given, and something to do comes after the last semicolon.
says() {
        [ "$(wc -l <"$err")" = 1 ] || complain 'not exactly one line on standard error'
        grep -q '^pvabi: .*; .' "$err" || complain 'the line does not end with what to do'
        for word; do
                grep -qi -e "$word" "$err" || complain "the line has no '$word'"
        done
}

says_nothing() {
        [ ! -s "$err" ] || complain 'something on standard error'
}

shows() {
        for word; do
                grep -q -e "$word" "$out" || complain "no '$word' on standard output"
        done
}

# The record file is there, begins with its header, and each word is in some record.
kept() {
        if ! head -n 1 "$records" 2>/dev/null | grep -q '"record":"run"'; then
                complain 'no record file, or one without its header'
                return
        fi
        for word; do
                grep -q -e "$word" "$records" || complain "no record has $word"
        done
}

# A check of one cell: the shortest run there is.
quick() {
        want=$1
        shift
        run "$want" check -o "$folder/kept" "$@" DISC-DET-001
}

# ---- names and numbers that cannot be ----

bad_smp() {
        run 2 check --smp "$1" --target model DISC-CNT-001
        shift
        says --smp 'for example' "$@"
}

group_names() {
        bad_smp 4,sockets=3,cores=2,threads=1 'must equal'
        bad_smp 2,maxcpus=12,sockets=2,cores=5,threads=2 'must equal'
        bad_smp 4,maxcpus=2 'below cpus'
        bad_smp 0 'at least 1'
        bad_smp 4,cores=0 'at least 1'
        bad_smp 99999999999999999999 'not a whole number'
        bad_smp 4294967296 'not a whole number'
        bad_smp 1,maxcpus=1048577 'more than 1048576'
        bad_smp 1,sockets=65536,cores=65536,threads=65536 'more than 1048576'
        bad_smp 1,sockets=1048576,dies=1048576,cores=1048576,threads=1048576 'more than 1048576'
        bad_smp -1 'not a whole number'
        bad_smp 2,rings=4 rings
        for verb in check bench compare; do
                run 2 $verb -c nowhere -o "$folder/kept"
                says nowhere 'list backends'
                run 2 $verb -c regblock:qemu-1.0 -o "$folder/kept"
                says qemu-1.0 qemu-6.0
                run 2 $verb -c regblock/nobody -o "$folder/kept"
                says nobody 'list backends'
                run 2 $verb --target nowhere -o "$folder/kept"
                says nowhere qtest
                run 2 $verb -c regblock --target model -o /proc/pvabi-cannot-be
                says /proc/pvabi-cannot-be -o
                run 2 $verb --no-such-option
                says no-such-option
        done
        : >"$folder/file"
        run 2 check -c regblock -o "$folder/file/below" DISC-DET-001
        says "$folder/file" -o
        run 2 check -c none:maybe/regblock.firmware DISC-DET-001
        says none:ones
        run 2 check -c "$folder/nowhere.so" DISC-DET-001
        says nowhere.so path
        run 2 check --target model --force
        says --force 'target native'
        run 2 check --target native,force=off
        says native,force=off native,force=on
        run 2 check --differential --target native
        says 'no random accesses' qtest
        run 2 check --ledger --target model
        says --ledger -c --json
        run 2 check --ledger 'DISC-*'
        says --ledger
        run 2 check --ledger --hostile
        says --ledger
        run 2 check --ledger -c nowhere
        says nowhere 'list backends'
        run 0 check --ledger -c none:ones/regblock.firmware
        says_nothing
        shows '^not declared' 'detect() ended with: absent'
        run 3 check -c regblock --target model NOPE-001 'NOPE-*'
        says 'list checks'
        group_verbs
}

group_verbs() {
        run 2 juggle
        says juggle
        run 2
        says verb
        run 2 report "$folder/nowhere.jsonl"
        says nowhere.jsonl
        printf '{"record":"run"}\nnonsense\n{}\n' >"$folder/bad.jsonl"
        run 2 report "$folder/bad.jsonl"
        says bad.jsonl 2
        run 2 bench -c regblock --cost-model "$folder/nowhere.ini"
        says 'cost model' 'nowhere.ini'
        printf '[parameter pio]\nlow=high\n' >"$folder/bad.ini"
        run 2 compare -c regblock --cost-model "$folder/bad.ini"
        says "bad.ini:2: \[parameter pio\] low: 'high' is no number"
        run 2 explain NOPE-001
        says NOPE-001 'list checks'
        group_serve
}

bad_serve() {
        run "$1" serve -c regblock --qtest "$2"
        shift 2
        says "$@"
}

group_serve() {
        for arguments in '' '-c regblock' "--qtest unix:$folder/q" "-c regblock -c fwcfg --qtest unix:$folder/q"; do
                # shellcheck disable=SC2086 # several arguments
                run 2 serve $arguments
                says 'one machine' server=on
        done
        bad_serve 2 tcp:localhost:1 tcp --qtest
        bad_serve 2 unix: path
        bad_serve 2 "unix:$folder/q,server=maybe" server=maybe
        bad_serve 2 "unix:$folder/no/q,server=on" no/q
        bad_serve 2 "unix:$folder/file,server=on" "$folder/file"
        [ -f "$folder/file" ] || complain 'the file in the place of a socket is gone'
        bad_serve 3 "unix:$folder/nobody" nobody start
        run 3 serve -c regblock --qtest "unix:$folder/q,server=on" --host "unix:$folder/nobody"
        says nobody
        [ ! -e "$folder/q" ] || complain 'a socket was left behind'
        run 2 serve -c regblock --qtest "unix:$folder/q,server=on" --smp 0
        says --smp
        run 2 serve -c regblock --qtest "unix:$folder/q,server=on" --chipset q36
        says q36
        run 2 serve -c nowhere --qtest "unix:$folder/q,server=on"
        says nowhere
}

# ---- plug-ins ----

bad_load() {
        plugin=$1
        shift
        run 5 check -c "$plugin" -o "$folder/kept" DISC-DET-001
        says "$plugin" "$@"
}

bad_run() {
        quick 1 -c "$built/$1.so" --target model --timeout 3
        says_nothing
        kept '"verdict":"fail"' "\"failure\":\"$2\""
}

group_plugins() {
        seq 100 >"$folder/text.so"
        bad_load "$folder/text.so" ELF
        bad_load "$built/no-symbol.so" pv_backend_entry
        bad_load "$built/wrong-magic.so" stamp
        bad_load "$built/wrong-major.so" 'major version' 'build it'
        bad_load "$built/newer-minor.so" 'minor version' update
        bad_load "$built/no-name.so" name
        bad_load "$built/incomplete.so" read
        bad_load "$built/crash-load.so" crashed Aborted
        bad_load "$built/exit-load.so" 'ended the process'
        bad_load "$built/hang-load.so" 'within 5 s'
        bad_run crash-create crashed
        bad_run crash-access crashed
        bad_run hang-access wedged
        run 0 check -c "$built/mutants.so" -o "$folder/kept" --timeout 1 'MUT-PRB-*'
        says_nothing
        kept 'MUT-PRB-001.*"reason":"the process went down".*"answers":..' 'MUT-PRB-002.*did not end within 1 s' \
                'MUT-PRB-003.*"value":"0x1"'
        group_plugins_beside
}

# What is bad takes nothing away from what is good.
group_plugins_beside() {
        quick 1 -c "$built/good.so" -c "$built/crash-access.so" -c regblock --target model
        kept '"candidate":"regblock".*"verdict":"pass"' 'good.so".*"verdict":"pass"'
        run 5 bench -c "$built/good.so" -c "$built/crash-access.so" --target model --max-cpus 4 -o "$folder/kept"
        kept 'good.so".*"answer":"ok"' 'crash-access.so".*"answer":"error"'
        export PVABI_BACKEND_PATH="$built"
        run 5 list backends
        unset PVABI_BACKEND_PATH
        shows count regblock fwcfg
}

# ---- a QEMU that is not there, or not well ----

bad_qemu() {
        mode=$1
        code=$2
        shift 2
        export PVABI_FAKE_QEMU="$mode" PVABI_QTEST_TIMEOUT=0.5
        quick "$code" -c regblock:qemu-6.0 --target "qtest:$built/fake-qemu"
        kept "$@"
}

group_qemu() {
        quick 3 -c regblock:qemu-6.0 --target qtest:/nonexistent/qemu
        says /nonexistent/qemu 'apt-get install qemu-system-x86'
        kept '"verdict":"blocked"'
        for mode in exit garbage garbage-later close-later die-later mute fail-later wide-later babble-later \
                qmp-garbage qmp-garbage-later qmp-mute-later qmp-short-list; do
                bad_qemu $mode 5 '"verdict":"error"'
                shows 'fake-qemu'
                [ "$(wc -l <"$err")" -le 1 ] || complain 'more than one line on standard error'
        done
        bad_qemu exit 5 'no such board'
        bad_qemu silent 3 '"verdict":"blocked"'
}

# ---- an interrupt ----

# Whoever still carries the mark of this run.
survivors() {
        grep -lsxz "PVABI_TEST_MARK=$folder" /proc/[0-9]*/environ
}

# interrupt WORD ARGUMENTS...: sends SIGINT once a record has the word; the last candidate hangs for ever.
interrupt() {
        cases=$((cases + 1))
        awaited=$1
        shift
        command="$* (interrupted)"
        rm -rf "$folder/kept"
        PVABI_TEST_MARK=$folder "$pvabi" "$@" -c regblock -c "$built/hang-access.so" --target model --timeout 60 \
                -o "$folder/kept" >"$out" 2>"$err" </dev/null &
        child=$!
        for _ in $(seq 300); do
                grep -qs -e "$awaited" "$records" && break
                sleep 0.1
        done
        sleep 1
        kill -INT $child
        wait $child
        code=$?
        [ $code = 130 ] || complain "exit code $code instead of 130"
        says interrupted kept "$records"
        kept "$awaited"
        [ -z "$(survivors)" ] || complain "processes are left: $(survivors | tr '\n' ' ')"
}

group_interrupt() {
        interrupt '"verdict":"pass"' check --jobs 1
        interrupt '"answer":"ok"' bench --max-cpus 4
        interrupt '"verdict":"pass"' compare
}

# ---- what pvabi trace cannot trace ----

# without_rights CODE ARGUMENTS...: the same without any capability, whoever we are.
without_rights() {
        cases=$((cases + 1))
        want=$1
        shift
        command=$*
        setpriv --bounding-set=-all --inh-caps=-all "$pvabi" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "exit code $code instead of $want"
}

group_trace() {
        run 2 trace
        says 'either --pid PID or a command'
        run 2 trace --pid 1 -- true
        says 'either --pid PID or a command'
        for word in 0 x 1x -1 '' 99999999999; do
                run 2 trace --pid "$word"
                says 'number of a process' "'$word'"
        done
        true &
        wait $!
        run 2 trace --pid $!
        says 'no process'
        run 2 trace --pid $$
        says "$$" 'no vCPU of KVM'
        run 2 trace --record "$folder/none/file" -- true
        says 'cannot write'
        run 2 trace true --nonsense
        says nonsense
        if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
                without_rights 3 trace -- true
                says 'VM exits cannot be counted'
        fi
        if ! "$pvabi" doctor | grep -q '^VM exits *ok'; then
                run 3 trace -- true
                says 'VM exits cannot be counted'
                return
        fi
        run 2 trace -- "$folder/none"
        says 'cannot execute' 'No such file'
        run 2 trace -- "$folder"
        says 'cannot execute' 'Permission denied'
        run 3 trace -- true
        says 'ran no vCPU' 'exit code 0'
        run 3 trace --json -- sh -c 'kill -9 $$'
        says 'ran no vCPU' 'signal 9'
        shows '"end":"signal 9"'
        run 3 trace --record "$folder/trace" -- true
        says 'ran no vCPU'
}

"group_$group"
echo "$cases cases, $problems problems"
[ $problems = 0 ]
