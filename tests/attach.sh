#!/bin/sh
# SPDX-License-Identifier: MIT
# Attaches to programs that run already, well and badly: attach.sh GROUP PVABI ROOT
set -u

if [ $# -lt 3 ]; then
        echo "usage: $0 device|served|connects|rust|bad|baseline PVABI ROOT" >&2
        exit 2
fi
group=$1 pvabi=$2 root=$3
folder=$(mktemp -d)
guest=$folder/guest host=$folder/host out=$folder/out err=$folder/err records=$folder/kept/records.jsonl
peer=
trap 'stop; rm -rf "$folder"' EXIT
cases=0 problems=0

stop() {
        [ -z "$peer" ] || kill "$peer" 2>/dev/null
        [ -z "$peer" ] || wait "$peer" 2>/dev/null
        peer=
        rm -f "$guest" "$host"
}

# start COMMAND...: in the background; ready when its sockets are there.
start() {
        stop
        "$@" >"$folder/peer.out" 2>&1 &
        peer=$!
        for _ in $(seq 100); do
                [ -S "$guest" ] && break
                sleep 0.05
        done
}

device() {
        start python3 "$root/tests/attach/device.py" --qtest "$guest" "$@"
}

complain() {
        problems=$((problems + 1))
        printf 'FAILED: %s\n' "$*"
        sed 's/^/  stderr: /' "$err"
        tail -n 5 "$folder/peer.out" | sed 's/^/  peer: /'
}

# check CODE ARGUMENTS...: pvabi check, which must end with this code.
check() {
        cases=$((cases + 1))
        want=$1
        shift
        rm -rf "$folder/kept"
        timeout 200 "$pvabi" check -o "$folder/kept" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "check $*: exit code $code instead of $want"
}

count() {
        grep -c "\"verdict\":\"$1\"" "$records"
}

has() {
        for word; do
                grep -q -e "$word" "$records" || complain "no record has $word"
        done
}

lacks() {
        for word; do
                if grep -q -e "$word" "$records"; then complain "a record has $word"; fi
        done
}

says() {
        [ "$(wc -l <"$err")" = 1 ] || complain 'not exactly one line on standard error'
        for word; do
                grep -q -e "$word" "$err" || complain "the line has no '$word'"
        done
}

# ---- a device in another language ----

group_device() {
        by_port="qtest:unix:$guest,host=unix:$host"
        device --host "$host"
        check 0 -c regblock:qemu-11.0 -t "$by_port" 'DISC-*' 'EVT-*' 'COH-*'
        lacks '"verdict":"\(fail\|error\|blocked\)"'
        [ "$(count pass)" -ge 15 ] || complain 'fewer than 15 cells passed'

        device --host "$host" --space mmio --base 0xfe000000
        check 0 -t "$by_port" --profile "$root/tests/attach/device.ini"
        lacks '"verdict":"\(fail\|error\|blocked\)"'
        has 'profile device.py, run against it' '"not-claimed".*profile device.py does not have: starts in legacy mode'
        [ "$(count pass)" -ge 50 ] || complain 'fewer than 50 cells passed'

        # One seeded bug each: the requirement that it breaks is named, with lines that show it.
        while read -r bug id; do
                device --host "$host" --space mmio --base 0xfe000000 --bug "$bug"
                check 1 -t "$by_port" --profile "$root/tests/attach/device.ini" 'DISC-*' 'EVT-*'
                has "\"check\":\"$id\".*\"verdict\":\"fail\"" '"qtest":.*"write[bl] 0xfe00000'
        done <<END
selector-masked DISC-CNT-001
eject-lost EVT-EJ-001
ids-are-selectors DISC-ID-001
END

        # Without a host socket: as told, and no events.
        device
        check 0 -c regblock:qemu-11.0 -t "qtest:unix:$guest" 'DISC-*' 'EVT-*'
        has '"EVT-ARR-001".*"n/a".*keeps its state' 'CPUs as told' '"DISC-ID-001".*"pass"' '"n/a".*the attached machine has'
        check 1 -c regblock:qemu-11.0 -t "qtest:unix:$guest" --smp 4,maxcpus=8 DISC-CNT-002
}

# ---- our own devices, served ----

group_served() {
        # All of both ABIs, then what a block without legacy mode does otherwise.
        for machine in fwcfg:topology+regblock:qemu-6.0/dma regblock:qemu-11.0; do
                case $machine in *11.0) globs='REG-LEG-* REG-DET-* DISC-*' ;; *) globs= ;; esac
                start "$pvabi" serve -c "${machine%/*}" --qtest "unix:$guest,server=on" --host "unix:$host,server=on"
                # shellcheck disable=SC2086 # words
                check 0 -c "$machine" -t "qtest:unix:$guest,host=unix:$host" $globs
                lacks '"verdict":"\(fail\|error\|blocked\|cannot-tell\)"'
                # What does not apply: another machine in this one's place, encrypted memory, lies.
                if grep '"verdict":"n/a"' "$records" | grep -qv 'exchanged\|no encrypted guest\|made to lie\|can tell this lie'; then
                        complain 'a check does not apply to a machine that can be power-cycled'
                fi
                [ "$(count pass)" -ge 10 ] || complain "$machine: fewer than 10 cells passed"
                [ "$globs" ] || [ "$(count pass)" -ge 250 ] || complain "$machine: fewer than 250 cells passed"
        done
}

# As QEMU does it: the program connects to us, once, and ends when we hang up.
group_connects() {
        for _ in 1 2; do
                stop
                target="qtest:unix:$guest,server=on,host=unix:$host"
                PVABI_QTEST_TIMEOUT=20 "$pvabi" check -c regblock:qemu-6.0 -t "$target" -o "$folder/kept" 'DISC-*' 'EVT-*' \
                        >"$out" 2>"$err" &
                checker=$!
                for _ in $(seq 200); do
                        [ -S "$guest" ] && break
                        sleep 0.05
                done
                "$pvabi" serve -c regblock:qemu-6.0 --qtest "unix:$guest" --host "unix:$host,server=on" &
                peer=$!
                wait $checker || complain "check -t $target: exit code $?"
                cases=$((cases + 1))
                lacks '"verdict":"\(fail\|error\|blocked\|cannot-tell\)"'
                [ "$(count pass)" -ge 15 ] || complain 'fewer than 15 cells passed'
                for _ in $(seq 100); do # who holds the connection ends a moment after the run
                        ls "$guest"* >/dev/null 2>&1 || break
                        sleep 0.05
                done
                if ls "$guest"* 2>/dev/null; then complain 'a socket is left behind'; fi
        done
        PVABI_QTEST_TIMEOUT=0.3 check 3 -c regblock:qemu-6.0 -t "qtest:unix:$guest,server=on" DISC-DET-001
        says 'nobody connected' start
}

# ---- the example of docs/attach.md ----

group_rust() {
        command -v rustc >/dev/null || {
                echo 'no rustc here: apt-get install rustc' >&2
                exit 77
        }
        rustc -O -o "$folder/qtest-device" "$root/docs/examples/qtest-device.rs" || complain 'does not compile'
        start "$folder/qtest-device" "$guest"
        check 0 -t "qtest:unix:$guest,fresh=on" --profile "$root/docs/examples/qtest-device.ini"
        lacks '"verdict":"\(fail\|error\|blocked\)"'
        has 'host events need a host socket' 'profile qtest-device, run against it'
        [ "$(count pass)" -ge 20 ] || complain 'fewer than 20 cells passed'
}

# ---- what can be wrong ----

group_bad() {
        target="qtest:unix:$guest"
        quick="-c regblock:qemu-11.0 DISC-DET-001"
        # shellcheck disable=SC2086 # words
        {
                check 3 -t "$target" $quick
                says blocked "$guest" 'No such file' start
                has '"verdict":"blocked"'
                check 2 -t "$target,colour=red" $quick
                says colour=red host=unix:PATH
                check 2 -t qtest:unix: $quick
                says 'name one of 1 to 107 bytes'
                check 2 -t "$target,host=/tmp/x" $quick
                says 'host= takes unix:PATH'
                check 2 -t "$target" DISC-DET-001
                grep -q 'name it with -c' "$err" || complain 'does not ask for -c'
                check 2 --profile qemu -c regblock DISC-DET-001
                says '--profile is about a program'
        }
        # Those that are shipped fit our backends: only the program is missing.
        "$pvabi" list profiles | grep -q '^qemu  *profile qemu, run against it' || complain 'no profile qemu'
        for name in $("$pvabi" list profiles | sed 's/ .*//'); do
                check 3 -t "$target" --profile "$name"
                says blocked
        done
        bad_profiles
        bad_peers
}

# profile TEXT WORD...: a file that is wrong, and what is said of it.
profile() {
        printf %b "$1" >"$folder/bad.ini"
        shift
        device
        check 2 -t "$target" --profile "$folder/bad.ini" DISC-DET-001
        says "$@"
}

bad_profiles() {
        good='[profile]\nname = x\n'
        profile 'nonsense' 'bad.ini' 'correct the file'
        profile '[regblock]\nclaims = qemu-5.0\n' 'does not say its name'
        profile "${good}colour = red\n" "no key 'colour'" summary
        profile "${good}status = perhaps\n" 'run or untested'
        profile "${good}chipset = z80\n" 'q35 or pc'
        profile "${good}[regblock]\nbase = here\n" 'a number'
        profile "${good}[regblock]\nspace = outer\n" 'pio or mmio'
        profile "${good}[regblock]\nclaims = qemu-0.1\n" "no revision 'qemu-0.1'" qemu-6.0
        profile "${good}[regblock]\nlacks = wings\n" "no feature 'wings'" GET_CPU_ID
        profile "${good}[nobody]\nbase = 1\n" nobody 'list backends'
        profile "${good}[regblock]\nclaims = qemu-5.0\n[not-claimed]\nNOPE-* = why\n" 'NOPE-' 'list checks'
        check 2 -t "$target" --profile "$folder/nowhere.ini" DISC-DET-001
        says nowhere.ini 'name a file, or one of'
}

# peer CODE: python that serves one connection after another as its standard input says.
peer() {
        want=$1
        cat >"$folder/peer.py"
        start python3 "$folder/peer.py" "$guest" "$host"
        PVABI_QTEST_TIMEOUT=0.5 check "$want" -c regblock:qemu-11.0 -t "$target" DISC-DET-001
        lacks '"verdict":"\(pass\|fail\)"'
}

listening='
import os, socket, sys
def listen(path):
    s = socket.socket(socket.AF_UNIX); s.bind(path); s.listen(); return s
host = listen(sys.argv[2]); guest = listen(sys.argv[1])
kept = []
def say(c, text):
    kept.append(c)
    try:
        c.sendall(text)
    except OSError:
        pass  # a client that only looked whether we are here
'

bad_peers() {
        peer 5 <<END
$listening
while True:
    kept.append(guest.accept())
END
        has 'did not answer in time'
        peer 5 <<END
$listening
while True:
    say(guest.accept()[0], b"hello, this is not qtest\\n" * 3)
END
        has babbling
        peer 5 <<END
$listening
while True:
    c, _ = guest.accept(); c.recv(99); c.close()
END
        has 'closed its socket'
        peer 5 <<END
$listening
guest.accept()
END
        has 'the program is gone'
        target="qtest:unix:$guest,host=unix:$host"
        qtest='
def answer(c):
    for line in c.makefile("rb"):
        say(c, b"OK little\n" if line == b"endianness\n" else b"OK 0x0\n" if line[:2] == b"in" else b"OK\n")
'
        for say in 'who?' 'OK' 'OK max=0 present= apic-ids=' 'OK max=4 present=0-9 apic-ids=0-3' \
                'OK max=4 present=0 apic-ids=0-2' 'OK max=4 present=0 apic-ids=0-3 ejected=1' 'FAIL no'; do
                peer 5 <<END
$listening
import threading
$qtest
def hosts():
    while True:
        c, _ = host.accept(); c.recv(99); say(c, b"$say\\n")
threading.Thread(target=hosts, daemon=True).start()
while True:
    c, _ = guest.accept(); threading.Thread(target=answer, args=(c,), daemon=True).start()
END
                has 'the program at the host socket'
        done
        device
        # shellcheck disable=SC2086 # words
        check 3 -t "$target" $quick
        says "$host" blocked
        # Half way: what was recorded before stays.
        device --host "$host" --bug dies-later
        check 5 -c regblock:qemu-11.0 -t "$target" 'DISC-*'
        has '"verdict":"pass"' '"verdict":"error"'
}

# ---- what is new since ----

group_baseline() {
        target="qtest:unix:$guest,host=unix:$host"
        ids='EVT-ARR-* EVT-EJ-001 DISC-*'
        # shellcheck disable=SC2086 # words
        {
                device --host "$host" --bug eject-lost
                check 1 -c regblock:qemu-11.0 -t "$target" $ids
                cp "$records" "$folder/old.jsonl"
                guest=$guest-2
                target="qtest:unix:$guest,host=unix:$host"
                device --host "$host" --bug eject-lost
                check 0 -c regblock:qemu-11.0 -t "$target" --baseline "$folder/old.jsonl" $ids
                has '"EVT-EJ-001".*"verdict":"xfail".*"known":true' 'known failures still there: [1-9][0-9]*; new ones: 0'
                cp "$records" "$folder/older.jsonl"
                device --host "$host"
                check 0 -c regblock:qemu-11.0 -t "$target" --baseline "$folder/older.jsonl" $ids
                has 'no longer failing: [1-9].*EVT-EJ-001'
                device --host "$host" --bug ids-are-selectors
                check 1 -c regblock:qemu-11.0 -t "$target" --baseline "$folder/old.jsonl" $ids
                has '"DISC-ID-001".*"verdict":"fail"'
                check 2 -c regblock:qemu-11.0 -t "$target" --baseline "$folder/nowhere.jsonl" $ids
                says nowhere.jsonl
        }
}

case $group in served | connects | rust) ;; *) command -v python3 >/dev/null ;; esac || {
        echo 'no python3 here: apt-get install python3' >&2
        exit 77
}
"group_$group"
echo "$cases cases, $problems problems"
[ $problems = 0 ]
