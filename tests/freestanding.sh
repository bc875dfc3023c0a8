#!/bin/sh
# SPDX-License-Identifier: MIT
# Consumers need no C library, at 64 and at 32 bits: freestanding.sh CC ROOT SOURCE...
set -eu

if [ $# -lt 3 ]; then
        echo "usage: $0 CC ROOT SOURCE..." >&2
        exit 2
fi
cc=$1 root=$2
shift 2
include=$("$cc" -print-file-name=include)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# compile BITS SOURCE...: leaves the objects in a folder of that name.
compile() {
        bits=$1
        shift
        mkdir -p "$folder/$bits"
        for source; do
                "$cc" -m"$bits" -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdinc -isystem "$include" \
                        -fno-pic -fno-stack-protector -I"$root" -c "$source" \
                        -o "$folder/$bits/$(echo "${source#"$root"/}" | tr / -).o"
        done
}

# What joining all objects leaves undefined, but for the four functions that any firmware has.
undefined() {
        if [ "$1" = 32 ]; then emulation=elf_i386; else emulation=elf_x86_64; fi
        ld -m $emulation -r -o "$folder/$1/all" "$folder/$1"/*.o
        nm -u "$folder/$1/all" | awk '{ print $2 }' | grep -v -x -e memcpy -e memmove -e memset -e memcmp || :
}

must_be_alone() {
        left=$(undefined "$1" | tr '\n' ' ')
        [ -z "$left" ] && return
        echo "at $1 bits the consumers need what firmware does not have: $left" >&2
        exit 1
}

# One that needs malloc, and a 64-bit division at 32 bits, must be noticed.
self_test() {
        printf '%s\n' 'unsigned long long divide(unsigned long long a, unsigned long long b);' \
                'unsigned long long divide(unsigned long long a, unsigned long long b) { return a / b; }' \
                >"$folder/divide.c"
        compile 32 "$folder/divide.c"
        if [ -z "$(undefined 32)" ]; then
                echo 'a 64-bit division at 32 bits went unnoticed' >&2
                exit 1
        fi
        rm -r "$folder/32"
        echo 'void *malloc(unsigned long n); void *get(void); void *get(void) { return malloc(1); }' >"$folder/heap.c"
        compile 64 "$folder/heap.c"
        if [ "$(undefined 64)" != malloc ]; then
                echo 'a call of malloc went unnoticed' >&2
                exit 1
        fi
        rm -r "$folder/64"
}

self_test
for bits in 64 32; do
        compile "$bits" "$@"
        must_be_alone "$bits"
        echo "$# sources stand alone at $bits bits"
done
