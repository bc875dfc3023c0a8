#!/bin/sh
# SPDX-License-Identifier: MIT
# conformance/fetch-qemu without a network: what it refuses, and, with a made-up apt-get, what it makes of packages.
set -u

if [ $# -ne 1 ]; then
        echo "usage: $0 FETCH-QEMU" >&2
        exit 2
fi
fetch=$1
for tool in apt-get dpkg-deb gpgv; do
        command -v $tool >/dev/null || exit 77
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
out=$folder/out err=$folder/err
problems=0

complain() {
        problems=$((problems + 1))
        printf 'FAILED: %s\n' "$*"
        sed 's/^/  stderr: /' "$err"
}

# run CODE ARGUMENTS...
run() {
        want=$1
        shift
        timeout 60 sh "$fetch" -o "$folder/qemus" "$@" >"$out" 2>"$err" </dev/null
        code=$?
        [ $code = "$want" ] || complain "$*: exit code $code instead of $want"
}

says() {
        grep -q -e "$1" "$err" || complain "no '$1' on standard error"
}

nothing_there() {
        for entry in "$folder"/qemus/*; do
                [ ! -e "$entry" ] || complain "left behind: $entry"
        done
}

# ---- the real apt: nobody listens, nothing is signed, no such name ----

run 3 -m http://127.0.0.1:9/debian trixie
says '^fetch-qemu: blocked: .*trixie.*127.0.0.1:9'
nothing_there

mkdir -p "$folder/mirror/dists/trixie"
printf 'Origin: Debian\nSuite: trixie\nCodename: trixie\nArchitectures: amd64\nComponents: main\nDate: %s\n' \
        "$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')" >"$folder/mirror/dists/trixie/Release"
chmod -R a+rX "$folder"
run 3 -m "file:$folder/mirror" trixie
says '^fetch-qemu: blocked: .*not signed'
nothing_there

run 2 'no such'
run 2 -o /proc/nowhere trixie
run 2 -x

# ---- a made-up apt-get, which has one package: what must come out is what is in it ----

mkdir -p "$folder/bin" "$folder/deb/DEBIAN" "$folder/deb/usr/bin" "$folder/deb/usr/lib/x86_64-linux-gnu"
printf 'Package: qemu-system-x86\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: made up\n' \
        >"$folder/deb/DEBIAN/control"
printf '#!/bin/sh\necho "QEMU emulator version 9.8.7 (made up)"\necho "$@"\n' \
        >"$folder/deb/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
chmod 755 "$folder/deb/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
dpkg-deb -b "$folder/deb" "$folder/package.deb" >/dev/null
cat >"$folder/bin/apt-get" <<END
#!/bin/sh
case "\$*" in
*install*) cp "$folder/package.deb" "\$(sed -n 's/^Dir::Cache "\(.*\)";/\1/p' "\$APT_CONFIG")/archives/" ;;
esac
END
chmod 755 "$folder/bin/apt-get"
PATH=$folder/bin:$PATH

# Ctrl-C while it unpacks: nothing half-made may be taken for whole, nor stay.
cat >"$folder/bin/dpkg-deb" <<END
#!/bin/sh
touch "$folder/unpacking"
exec sleep 30
END
chmod 755 "$folder/bin/dpkg-deb"
setsid sh "$fetch" -o "$folder/qemus" -m file:/x madeup >"$out" 2>"$err" </dev/null &
fetching=$!
waited=0
while [ ! -e "$folder/unpacking" ] && [ $waited -lt 100 ]; do
        sleep 0.1
        waited=$((waited + 1))
done
kill -TERM -$fetching
wait $fetching
code=$?
[ $code = 130 ] || complain "exit code $code instead of 130 when interrupted"
nothing_there
[ -z "$(find "$folder/qemus" -name '.half-*')" ] || complain 'a half-made folder stayed'
rm "$folder/bin/dpkg-deb"

run 0 -m file:/x madeup
grep -q "^madeup *9.8.7 *$folder/qemus/qemu-9.8/qemu-system-x86_64$" "$out" || complain "printed: $(cat "$out")"
[ "$("$folder/qemus/madeup/qemu-system-x86_64" a 'b c' | tail -n 1 | grep -c 'qemu-system-x86_64 .*a b c$')" = 1 ] ||
        complain 'the wrapper does not pass its arguments on'

rm "$folder/package.deb" # once there, it is not fetched again
run 0 -m file:/x madeup
[ ! -s "$err" ] || complain 'it was fetched twice'

[ $problems = 0 ]
