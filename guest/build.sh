#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the guest image: build.sh CC ROOT OUTPUT SOURCE... No C library, no SSE, no x87, whatever the program is built with.
set -eu

if [ $# -lt 4 ]; then
        echo "usage: $0 CC ROOT OUTPUT SOURCE..." >&2
        exit 2
fi
cc=$1 root=$2 output=$3
shift 3
# -nostdinc drops the compiler's own folder, which has what a freestanding program may use: it is named again.
exec "$cc" -m32 -march=i386 -O2 -g -std=gnu11 -Wall -Wextra -ffreestanding -nostdinc \
        -isystem "$("$cc" -print-file-name=include)" -I "$root" -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables \
        -mno-sse -mno-mmx -msoft-float -nostdlib -static -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
        -Wl,-T,"$root/guest/guest.ld" -o "$output" "$@"
