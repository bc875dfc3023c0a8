#!/bin/sh
# SPDX-License-Identifier: MIT
# The guest image in real VMMs, and in programs that are none: guest.sh GROUP PVABI ROOT
set -u

if [ $# -ne 3 ]; then
        echo "usage: $0 boots|host|strict|bad PVABI ROOT" >&2
        exit 2
fi
group=$1 pvabi=$2 root=$3
folder=$(mktemp -d)
out=$folder/out err=$folder/err records=$folder/kept/records.jsonl
trap 'rm -rf "$folder"' EXIT
cases=0 problems=0

complain() {
        problems=$((problems + 1))
        printf 'FAILED: %s\n' "$*"
        grep -A 12 '^Failures' "$out" | sed 's/^/  stdout: /'
        sed 's/^/  stderr: /' "$err"
}

# check CODE ARGUMENTS...: pvabi check, which must end with this code.
check() {
        cases=$((cases + 1))
        want=$1
        shift
        rm -rf "$folder/kept"
        timeout 300 "$pvabi" check -o "$folder/kept" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "check $*: exit code $code instead of $want"
}

count() {
        grep -c "\"verdict\":\"$1\"" "$records"
}

# counts PASSED NOT-APPLICABLE NOT-CLAIMED: of the last check; nothing else may have come out of it.
counts() {
        seen="$(count pass) $(count n/a) $(count not-claimed)"
        [ "$seen of $(grep -c '"record":"verdict"' "$records")" = "$* of $(($1 + $2 + $3))" ] ||
                complain "passed, n/a and not claimed are $seen instead of $*"
}

records_say() {
        grep -q -e "$1" "$records" || complain "records do not say: $1"
}

need_qemu() {
        "$pvabi" doctor | grep -q '^target guest *ok' && return
        echo 'no QEMU on this machine, or no guest image: install qemu-system-x86'
        exit 77
}

# Consumers by port and by DMA, single accesses, host events and a migration, in the guest.
boots() {
        need_qemu
        checks='DISC-DET-001 DISC-ID-001 EVT-ARR-001 EVT-RST-001 EVT-MIG-001 REG-SEL-001 FWC-DMA-001 COH-EJ-001'
        for machine in guest 'guest:qemu-system-x86_64 -M pc' 'guest:qemu-system-x86_64 -M pc-q35-4.2'; do
                # shellcheck disable=SC2086 # words
                check 0 -t "$machine" -c regblock:qemu-6.0 -c fwcfg:topology+regblock:qemu-2.7/dma $checks
                counts 21 6 0
        done
        check 0 -t 'guest:qemu-system-x86_64 -M microvm' FWC-ID-002 FWC-DMA-001 DISC-ABS-001
        counts 2 1 1
}

# A VMM without QMP: QEMU's other monitor plays the user's own tool.
host() {
        need_qemu
        command -v python3 >/dev/null || { echo 'no python3'; exit 77; }
        qemu='qemu-system-x86_64 -M {machine} -nodefaults -display none -smp {smp} -kernel {image}'
        monitor='-monitor unix:{folder}/monitor,server=on,wait=off'
        hmp="python3 $root/tests/guest-hmp.py {folder}/monitor"
        events="'plug=$hmp plug {selector}' 'reset=$hmp reset'"
        checks='DISC-SET-001 EVT-ARR-001 EVT-RST-001 EVT-EJ-001 EVT-MIG-001'

        # shellcheck disable=SC2086 # words
        check 0 -t "guest:$qemu -serial stdio" -c regblock:qemu-6.0 $checks
        counts 2 7 0
        records_say "no host events here; add --host-cmd 'plug=COMMAND'"
        for serial in '{serial}' '{serial-listen},server=on,wait=off'; do
                # shellcheck disable=SC2086 # words
                check 0 -t "guest:$qemu $monitor -serial unix:$serial" -c regblock:qemu-6.0 --host-cmd "$events" $checks
                counts 4 5 0
        done
        # What fails says why, and is a limit of the target.
        check 0 -t "guest:$qemu -serial stdio" -c regblock:qemu-6.0 --host-cmd "'plug=sh -c \"echo no slot >&2; exit 4\"'" EVT-ARR-001
        records_say '--host-cmd plug=: sh ended with status 4: no slot'
        check 3 -t "guest:$qemu -serial stdio" -c regblock:qemu-6.0 --strict --host-cmd 'plug=/nonexistent' EVT-ARR-001
        # A machine that is as it is, and files that cannot be placed.
        check 0 -t "guest:qemu-system-x86_64 -M q35 -smp 4 -nodefaults -display none -kernel {image} -serial stdio" \
                --smp 4 -c regblock:qemu-6.0 -c fwcfg:topology DISC-CNT-001
        records_say 'of which 0-3 are present'
        records_say 'a file of ours cannot be placed in this VMM'
}

# The detection false positive of QEMU 5.1 to 7.2.0: a guest under TCG sees it, qtest does not, and 7.2 has it no more.
strict() {
        need_qemu
        sh "$root/conformance/fetch-qemu" -o "$(dirname "$pvabi")/qemu" bullseye >"$out" 2>"$err" ||
                { echo "skipped: $(tail -n 1 "$err")"; exit 77; }
        old=$(dirname "$pvabi")/qemu/qemu-5.2/qemu-system-x86_64
        check 0 -t "guest:$old" -c regblock:qemu-5.1-tcg/doc-5.0 -c regblock:qemu-5.1-tcg/firmware REG-DET-003
        records_say 'qemu-5.1-tcg/doc-5.0".*"verdict":"xfail".*detection answers 0, the data register 0x0'
        records_say 'qemu-5.1-tcg/firmware".*"verdict":"pass"'
        for blind in "qtest:$old" guest; do
                check 1 -t "$blind" -c regblock:qemu-5.1-tcg/doc-5.0 REG-DET-003
                records_say '"verdict":"xpass"'
        done
        check 0 -t "guest:$old" DISC-DET-001 DISC-CNT-001
        records_say '"candidates":\["regblock:qemu-5.1-tcg"'
}

# Ctrl-C while a VMM is waited for.
interrupted() {
        cases=$((cases + 1))
        "$pvabi" check -t 'guest:sleep 321' -c regblock:qemu-6.0 -o "$folder/cut" >"$out" 2>"$err" </dev/null &
        pid=$!
        for _ in $(seq 100); do
                pgrep -fx 'sleep 321' >/dev/null && break # the VMM, not who waits for it
                sleep 0.05
        done
        kill -INT $pid
        wait $pid
        code=$?
        [ $code = 130 ] || complain "interrupted: exit code $code instead of 130"
}

# Programs that start no guest: one finding, within the time, and no process is left.
bad() {
        PVABI_QTEST_TIMEOUT=3
        export PVABI_QTEST_TIMEOUT
        one='-c regblock:qemu-6.0 REG-SEL-001'
        # shellcheck disable=SC2086 # words
        {
                check 5 -t guest:/bin/false $one
                records_say 'the guest is gone: its serial port was closed; /bin/false ended with status 1'
                check 5 -t 'guest:sleep 321' $one
                records_say 'the guest did not come up within 3 s'
                check 5 -t 'guest:sh -c "echo no board; echo no kvm >&2; exit 3"' $one
                records_say 'sh ended with status 3: no kvm; the last that was printed: no board'
                check 5 -t 'guest:sh -c "kill -9 \$\$"' $one
                records_say 'sh was killed by signal 9'
                check 5 -t 'guest:yes' $one
                records_say 'did not come up within 3 s; the last that was printed: y'
                check 5 -t 'guest:cat' $one
                check 5 -t 'guest:sleep 321 {serial}' $one
                records_say 'sleep did not connect in time\|sleep ended at start'
                check 3 -t guest:/nonexistent $one
                check 2 -t "guest:qemu 'x" $one
                check 2 -t guest --host-cmd plug=true $one
                check 2 -t guest:cat --host-cmd pull=true $one
                check 2 -t guest:qemu-system-x86_64 --host-cmd plug=true $one
                check 2 -t guest:cat
        }
        grep -q 'what the machine at guest:cat has is not known' "$err" || complain 'no word of -c'
        interrupted
        ! pgrep -f 'sleep 32[1]' >/dev/null || complain 'a process is left'
}

case $group in
boots | host | strict | bad) $group ;;
*) exit 2 ;;
esac
echo "$cases cases, $problems problems"
[ $problems = 0 ]
