#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the guest image: build.sh CC ROOT OUTPUT DEPFILE SOURCE...
# No C library, no SSE, no x87, for a CPU of 1985: an emulator may know no more.
set -eu

if [ $# -lt 5 ]; then
        echo "usage: $0 CC ROOT OUTPUT DEPFILE SOURCE..." >&2
        exit 2
fi
cc=$1 root=$2 output=$3 depfile=$4
shift 4
# -nostdinc drops the compiler's own folder too, which has what a freestanding program may use: it is named again.
set -- -m32 -march=i386 -mno-sse -mno-mmx -msoft-float -std=gnu11 -O2 -g -Wall -Wextra -Werror \
        -ffreestanding -nostdinc -isystem "$("$cc" -print-file-name=include)" -I "$root" \
        -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables "$@"
"$cc" -MM -MT "$output" "$@" >"$depfile"
exec "$cc" "$@" -nostdlib -static -Wl,--build-id=none -Wl,--no-warn-rwx-segments -Wl,-T,"$root/guest/guest.ld" -o "$output"
