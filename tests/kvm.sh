#!/bin/sh
# SPDX-License-Identifier: MIT
# Target kvm: consumers in a guest, devices behind real exits; and what is said where that cannot be had. kvm.sh PVABI PLUGIN
set -eu

if [ $# -ne 2 ]; then
        echo "usage: $0 PVABI PLUGIN" >&2
        exit 2
fi
pvabi=$1 plugin=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# refused CODE WORDS COMMAND...: it ends with this code, and says so.
refused() {
        code=$1 words=$2
        shift 2
        got=0
        "$@" >"$folder/out" 2>&1 || got=$?
        [ "$got" = "$code" ] && grep -q -e "$words" "$folder/out" && return
        cat "$folder/out"
        echo "$*: ended with $got, expected $code and: $words"
        exit 1
}

refused 2 'unknown target .kvm:q35.; write model, kvm' "$pvabi" check --target kvm:q35

if "$pvabi" doctor | grep '^target kvm *missing' >"$folder/why"; then
        refused 3 'kvm' "$pvabi" check --target kvm DISC-DET-001
        cat "$folder/why"
        exit 77
fi

refused 3 'no guest image /nonexistent' env PVABI_GUEST_IMAGE=/nonexistent "$pvabi" check --target kvm DISC-DET-001
refused 5 'guest image is no 32-bit ELF' env PVABI_GUEST_IMAGE=/bin/sh "$pvabi" check --target kvm -c regblock DISC-DET-001
if [ "$(id -u)" = 0 ] && setpriv --reuid=65534 --clear-groups "$pvabi" list targets >/dev/null 2>&1 &&
        ! setpriv --reuid=65534 --clear-groups test -w /dev/kvm; then
        refused 3 'join the group kvm' setpriv --reuid=65534 --clear-groups env TMPDIR=/tmp "$pvabi" check --target kvm DISC-DET-001
fi

# Its consumer is not in the image: it runs out here, and access by access goes in.
"$pvabi" check --target kvm -c "$plugin" >/dev/null

# The same verdicts as in the process, and the same counts: an access is an access. But KVM hands out a long string in
# several exits, so how many strings there were is left out; and what is too large for KVM is on the model alone.
same() {
        for target in model kvm; do
                "$pvabi" check --target "$target" -c regblock:qemu-6.0 -c fwcfg:topology+regblock:qemu-2.7/dma \
                        -c fwcfg:map+regblock:qemu-2.7/port --json 'DISC-*' 'EVT-*' 'REG-CON-*' 'FWC-USE-*' |
                        sed -n 's/^{"record":"verdict","candidate":\("[^"]*"\),"target":"[^"]*","check":\("[^"]*"\),"cell":\("[^"]*"\).*"verdict":\("[^"]*"\).*\("counts":{[^}]*}\).*/\1 \2 \3 \4 \5/p' |
                        sed 's/"strings":[0-9]*,//' | sort >"$folder/$target"
        done
        grep -v '"n/a"' "$folder/kvm" >"$folder/decided"
        sed 's/ "[a-z/-]*" "counts.*//' "$folder/decided" | grep -F -f - "$folder/model" >"$folder/asked"
        lines=$(wc -l <"$folder/asked")
        if [ "$lines" -lt 150 ] || ! diff "$folder/asked" "$folder/decided"; then
                echo "$lines verdicts on the model; kvm differs in the above"
                exit 1
        fi
        echo "$lines verdicts, the same on model and kvm"
}
same
