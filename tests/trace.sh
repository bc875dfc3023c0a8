#!/bin/sh
# SPDX-License-Identifier: MIT
# pvabi trace on real firmware: trace.sh boot|tells|attach PVABI VALIDATOR SCHEMA. 77: what it takes is not here.
set -u

if [ $# -ne 4 ]; then
        echo "usage: $0 boot|tells|attach PVABI VALIDATOR SCHEMA" >&2
        exit 2
fi
group=$1 pvabi=$2 validator=$3 schema=$4
folder=$(mktemp -d)
machine=
trap '[ -z "$machine" ] || kill "$machine" 2>/dev/null; rm -rf "$folder"' EXIT
problems=0

complain() {
        problems=$((problems + 1))
        echo "FAILED: $*"
}

needs() {
        for row; do
                line=$("$pvabi" doctor | grep "^$row ")
                case $line in
                *" ok "*) ;;
                *)
                        echo "skipped: ${line:-no $row}"
                        exit 77
                        ;;
                esac
        done
}

# SeaBIOS finds nothing to boot, and asks for a reset, which ends this QEMU.
boot() {
        qemu-system-x86_64 -M q35 -display none -nodefaults -boot reboot-timeout=1 -no-reboot "$@" </dev/null
}

# The accesses of a trace file; and those of QEMU's own log on fw_cfg's ports, in the same words. QEMU logs the
# DMA register as the device sees it, byte-swapped.
accesses() {
        grep '^[RW]' "$1"
}

logged() {
        sed -n "s/^memory_region_ops_\([rw]\).* addr 0x\([0-9a-f]*\) value 0x\([0-9a-f]*\) size \([124]\) .*/\1 \2 \4 \3/p" "$1" |
                awk '$2 ~ /^51[014-9ab]$/ {
                        value = $4
                        while (length(value) < 2 * $3)
                                value = "0" value
                        if ($2 !~ /^51[01]$/)
                                value = substr(value, 7, 2) substr(value, 5, 2) substr(value, 3, 2) substr(value, 1, 2)
                        print toupper($1), "0x0" $2, $3, "0x" value
                }'
}

# number KIND PORT WIDTH: how many accesses the records have that left the kernel, units of a string counted apart.
number() {
        sed -n "s/.*\"kind\":\"$1\",\"address\":$(($2)),\"width\":$3,\"units\":\([0-9]*\),.*\"user\":\([0-9]*\).*/\1 \2/p" \
                "$folder/records" | awk '{n += $1 * $2} END {print n + 0}'
}

# Three that know nothing of each other: BPF's counts, BPF's values, and QEMU's own log of the same boot.
group_boot() {
        needs 'target kvm' 'target qtest' 'VM exits'
        "$pvabi" trace --json --record "$folder/trace" -- qemu-system-x86_64 -M q35 -accel kvm -display none -nodefaults \
                -boot reboot-timeout=1 -no-reboot -trace 'memory_region_ops_*' -D "$folder/log" \
                >"$folder/records" </dev/null || complain "exit code $?"
        sh "$validator" "$schema" "$folder/records"
        case $? in 0 | 77) ;; *) complain 'records are not as the schema says' ;; esac
        accesses "$folder/trace" >"$folder/ours"
        logged "$folder/log" >"$folder/theirs"
        cmp "$folder/ours" "$folder/theirs" || complain 'the recording and the log of QEMU differ'
        for access in 'out 0x510 2 W' 'in 0x511 1 R' 'out 0x518 4 W'; do
                # shellcheck disable=SC2086 # words
                set -- $access
                counted=$(number "$1" "$2" "$3")
                seen=$(grep -c "^$4 0x0${2#0x} $3" "$folder/theirs")
                if [ "$seen" = 0 ] || [ "$counted" != "$seen" ]; then
                        complain "$access: $counted counted, QEMU saw $seen"
                fi
        done
        "$pvabi" replay "$folder/trace" -c fwcfg:topology || complain 'the recording does not replay'
        grep -q '"record":"exits-end".*"end":"exit code 0","threads":1,.*"lost":0' "$folder/records" ||
                complain 'no end, or something was lost'
}

# Without KVM QEMU tells by itself, and nobody needs BPF.
group_tells() {
        needs 'target qtest'
        "$pvabi" trace --record "$folder/trace" -- qemu-system-x86_64 -M q35 -smp 2,maxcpus=6 -display none -nodefaults \
                -boot reboot-timeout=1 -no-reboot </dev/null >"$folder/out" || complain "exit code $?"
        grep -q "^[1-9][0-9]* accesses recorded" "$folder/out" || complain 'it does not say what it recorded'
        grep -q '^# smp: 2,maxcpus=6$' "$folder/trace" || complain 'the topology is not in the trace'
        boot -smp 2,maxcpus=6 -trace 'memory_region_ops_*' -D "$folder/log"
        accesses "$folder/trace" >"$folder/ours"
        logged "$folder/log" >"$folder/theirs"
        cmp "$folder/ours" "$folder/theirs" || complain 'two boots differ'
        "$pvabi" replay "$folder/trace" -c fwcfg:topology || complain 'the recording does not replay'
}

# interrupt ARGUMENTS: SIGINT after a while, to us alone.
interrupt() {
        timeout --foreground --preserve-status -s INT -k 20 4 "$pvabi" trace --json "$@" >"$folder/records" </dev/null
        code=$?
        [ $code = 130 ] || complain "exit code $code instead of 130"
        grep -q '"record":"exits-end".*"end":"running".*"userspace_exits":[1-9]' "$folder/records" ||
                complain 'it does not show what it counted'
}

# A machine of somebody else's goes on without us; a command of ours ends with us. This one resets for ever.
group_attach() {
        needs 'target kvm' 'target qtest' 'VM exits'
        qemu-system-x86_64 -accel kvm -display none -nodefaults -boot reboot-timeout=1 </dev/null &
        machine=$!
        sleep 1
        interrupt --pid "$machine"
        kill -0 "$machine" || complain 'the machine did not go on'
        interrupt -- qemu-system-x86_64 -accel kvm -display none -nodefaults -boot reboot-timeout=1 -pidfile "$folder/pid"
        [ ! -e "$folder/pid" ] || complain "the command did not end: process $(cat "$folder/pid")"
}

"group_$group"
echo "$problems problems"
[ $problems = 0 ]
