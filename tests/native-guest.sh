#!/bin/sh
# SPDX-License-Identifier: MIT
# The native target where there is one: inside Debian's kernel, in guests of QEMU under TCG: native-guest.sh PVABI CACHE
# Nothing is installed: the packages are unpacked in CACHE. 77: what it takes is not here.
set -u

if [ $# != 2 ]; then
        echo "usage: $0 PVABI CACHE" >&2
        exit 2
fi
pvabi=$1 cache=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root problems=0
smp='-smp 2,maxcpus=12,sockets=2,dies=1,cores=3,threads=2'

skip() {
        echo "skipped: $*"
        exit 77
}

# ---- packages ----

# unpack NAME FILE: this package, in a folder of its name, once; FILE shows that it is whole.
unpack() {
        [ -e "$cache/$1/$2" ] && return
        mkdir -p "$cache/$1"
        (cd "$cache/$1" && timeout 300 apt-get -q download "$1" && dpkg-deb -x ./*.deb . && rm ./*.deb) \
                >"$work/apt.out" 2>&1 || skip "apt-get download $1: $(grep -v '^W:' "$work/apt.out" | tail -n 1)"
}

command -v qemu-system-x86_64 >/dev/null || skip 'no qemu-system-x86_64; apt-get install qemu-system-x86'
command -v setpriv >/dev/null || skip 'no setpriv; apt-get install util-linux'
command -v apt-get >/dev/null || skip 'no apt-get, which fetches a kernel for the guest'
kernel=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[ -n "$kernel" ] || kernel=$(ls "$cache" 2>/dev/null | grep '^linux-image-[0-9]' | tail -n 1)
[ -n "$kernel" ] || skip 'apt knows no linux-image-cloud-amd64; apt-get update'
unpack "$kernel" "boot/vmlinuz-${kernel#linux-image-}"
unpack busybox-static bin/busybox
vmlinuz=$cache/$kernel/boot/vmlinuz-${kernel#linux-image-} busybox=$cache/busybox-static/bin/busybox

# ---- the guest: this program, what it links to, and a script ----

libraries() {
        ldd "$@" 2>/dev/null | sed -n 's|^[^/]*\(/[^ ]*\) (0x.*|\1|p' | sort -u
}

mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" "$root/pvabi"
cp "$busybox" "$root/bin/busybox"
cp "$(command -v setpriv)" "$root/pvabi/setpriv"
cp "$pvabi" "$root/pvabi/pvabi"
cp -r "$(dirname "$pvabi")/backends" "$root/pvabi/"
rm -rf "$root"/pvabi/backends/*.p
cp "$(dirname "$pvabi")"/*.ini "$root/pvabi/"
for library in $(libraries "$pvabi" "$root/pvabi/setpriv" "$root"/pvabi/backends/*.so); do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
done

cat >"$root/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t securityfs security /sys/kernel/security
mkdir -p /dev/shm
mount -t tmpfs shm /dev/shm
chmod 1777 /tmp
cd /tmp
for word in $(cat /proc/cmdline); do
        case $word in run=*) run=${word#run=} ;; esac
done
# said NAME COMMAND...: what it prints, and its exit code, each line with its name before it.
said() {
        name=$1
        shift
        "$@" >/tmp/said 2>&1 </dev/null
        code=$?
        sed "s/^/$name: /" /tmp/said
        echo "$name: exit $code"
}
pvabi=/pvabi/pvabi
check() {
        said check $pvabi check --target native -o /tmp/kept "$@"
        sed 's/^/record: /' /tmp/kept/records.jsonl
}
{
        . "/$run.sh"
} >/dev/ttyS1 2>&1
poweroff -f
END
chmod +x "$root/init"

cat >"$root/plain.sh" <<'END'
said doctor $pvabi doctor
said nobody /pvabi/setpriv --reuid 65534 --clear-groups --inh-caps=-all $pvabi doctor
said incapable /pvabi/setpriv --bounding-set=-sys_rawio --inh-caps=-sys_rawio $pvabi doctor
check 'DISC-DET-*' 'DISC-CNT-*' 'DISC-SET-*' 'DISC-ID-*' 'REG-PLC-*' 'REG-SEL-*' 'REG-OST-00?' 'FWC-DATA-00?' \
        'FWC-DMA-001'
echo 'plug: now'
for _ in $(seq 200); do
        [ -e /sys/devices/system/cpu/cpu2 ] && break
        sleep 0.1
done
said present cat /sys/devices/system/cpu/present
said offline $pvabi doctor
echo 1 >/sys/devices/system/cpu/cpu2/online
said online $pvabi doctor
END
cat >"$root/pc.sh" <<'END'
check 'DISC-DET-*' 'DISC-ID-*' 'FWC-CPU-*'
said bench $pvabi bench --target native --max-cpus 64 -c regblock:qemu-6.0 -c regblock:qemu-5.0/ospm -o /tmp/kept
sed 's/^/record: /' /tmp/kept/records.jsonl
END
cat >"$root/named.sh" <<'END'
said doctor $pvabi doctor
END
cat >"$root/legacy.sh" <<'END'
check 'REG-SEL-*'
said doctor $pvabi doctor
check 'REG-SEL-*' --force
said after $pvabi doctor
END
(cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) | gzip -1 >"$work/initrd"

# boot RUN OPTIONS...: its lines are in $out. More words for the kernel are in $append.
append=
mkfifo "$work/monitor.in" "$work/monitor.out"
boot() {
        run=$1 out=$work/out shown=no
        shift
        timeout 200 qemu-system-x86_64 -accel tcg -m 512 -nodefaults -display none -no-reboot -kernel "$vmlinuz" \
                -initrd "$work/initrd" -append "console=ttyS0 quiet panic=-1 run=$run $append" \
                -serial "file:$work/console" -serial "file:$work/serial" -monitor "pipe:$work/monitor" "$@" >"$work/qemu" 2>&1 </dev/null
        tr -d '\r' <"$work/serial" >"$out"
        append=
}

# The guest's lines once a boot, with its first problem.
complain() {
        problems=$((problems + 1))
        echo "FAILED: $run: $*"
        [ "$shown" = yes ] && return
        shown=yes
        grep -v '^record: ' "$out" | head -n 60 | sed 's/^/  guest: /'
        tail -n 5 "$work/console" | sed 's/^/  console: /'
}

has() {
        for line; do
                grep -q -e "$line" "$out" || complain "no line has $line"
        done
}

# How many verdicts are this one.
count() {
        grep -c "^record: .*\"verdict\":\"$1\"" "$out"
}

# passed CHECK...
passed() {
        for id; do
                grep -q "^record: .*\"check\":\"$id\".*\"verdict\":\"pass\"" "$out" || complain "$id did not pass"
        done
}

# As many passes as that at least, and nothing unexpected.
expect_passes() {
        [ "$(count pass)" -ge "$1" ] || complain "$(count pass) passes instead of $1"
        for verdict in fail xpass error blocked xfail; do
                [ "$(count $verdict)" = 0 ] || complain "$(count $verdict) times $verdict"
        done
        echo "$run: $(count pass) pass, $(count n/a) n/a, $(count not-claimed) not claimed"
}

# ---- q35: what a running system stands, what it does not, and two kinds of EPERM ----

# An operator, who plugs the last CPU when he is told to.
plug() {
        for _ in $(seq 2000); do
                if grep -q '^plug: now' "$work/serial" 2>/dev/null; then
                        echo 'device_add qemu64-x86_64-cpu,socket-id=1,die-id=0,core-id=2,thread-id=1,id=last' >"$work/monitor.in"
                        return
                fi
                sleep 0.1
        done
}

plug &
boot plain -M pc-q35-7.2 $smp
wait
has '^doctor: target native *ok *type pc-q35-7.2, TCG' '^check: exit 0' \
        '^nobody: target native *missing.*EPERM.*CAP_SYS_RAWIO; run it as root' \
        '^incapable: target native *missing.*EPERM.*CAP_SYS_RAWIO; run it as root' \
        '"REG-OST-003".*"n/a".*_OST report' '"FWC-DATA-002".*"n/a".*change an item'
# CPU hotplug works as ever. One that is not online has told nobody its APIC ID yet.
has '^present: 0-2' '^offline: target native *missing.*not every CPU that is present is online' '^online: target native *ok'
passed DISC-DET-001 DISC-CNT-001 DISC-CNT-002 DISC-SET-001 DISC-ID-001 REG-PLC-001 REG-SEL-001 FWC-DATA-001 \
        FWC-DMA-001
expect_passes 20

# ---- pc: other ports, other CPUs; what needs a certain shape does not apply ----

boot pc -M pc -smp 1,maxcpus=64,sockets=1,dies=1,cores=64,threads=1
has '^check: exit 0' '"FWC-CPU-00.*this machine has 64 possible CPUs, of which 0 are present'
passed DISC-DET-001 DISC-ID-001
expect_passes 3

# What questions cost is counted as on any other target, and takes a time of its own.
has '^bench: exit 0' '^bench: Q1 possible  *134 ' '^bench: Q2 present  *197 ' '^bench: Q4 all IDs  *204 ' \
        '^record: {"record":"time".*"question":"Q4","n":64,"answer":"ok"' \
        '^record: {"record":"access","target":"native","operation":"read".*"answer":"ok"'
sed -n 's/^record: {"record":"time","candidate":"regblock:qemu-6.0".*"question":"Q4".*"median":\([0-9.]*\).*/\1/p' "$out" |
        awk '{printf "pc: Q4 in %.0f ns, %.0f ns for each of its 204 accesses\n", $1, $1 / 204}'

# ---- refusals: lockdown, and a machine that does not say what it is ----

append=lockdown=integrity
boot named -M q35
has '^doctor: target native *missing.*EPERM.*lockdown.*lockdown=none'
boot named -M q35 -cpu qemu64,-hypervisor
has '^doctor: target native *missing.*not a machine whose ports are known (hypervisor none'

# ---- legacy: refused, and left as it is; switched only by force ----

boot legacy -M pc-q35-2.6 $smp
has '^check: .*target native: blocked:.*legacy mode.*--force' '^check: exit 3' '^doctor: target native *missing.*legacy mode' \
        '^check: exit 0' '^after: target native *ok'
[ "$(count blocked)" -gt 0 ] || complain 'nothing is blocked without --force'
passed REG-SEL-001

[ $problems = 0 ] && echo ok
exit $((problems > 0))
