#!/bin/sh
# SPDX-License-Identifier: MIT
# Each public header compiles alone, as C11 and as C++17, from the tree and as installed. headers.sh CC HEADER...
set -eu

if [ $# -lt 2 ]; then
        echo "usage: $0 CC HEADER..." >&2
        exit 2
fi
cc=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/common"
cp "$@" "$folder/common/"

cxx=
for compiler in g++ clang++; do
        command -v $compiler >/dev/null 2>&1 && cxx=$compiler && break
done
[ -n "$cxx" ] || echo 'note: there is neither g++ nor clang++, so nothing is compiled as C++'

# An include path with the public headers only: one that leans on an internal header fails here.
for header in "$folder"/common/*.h; do
        name=common/${header##*/}
        echo "#include \"$name\"" | tee "$folder/alone.c" >"$folder/alone.cc"
        "$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$folder" "$folder/alone.c"
        [ -z "$cxx" ] || "$cxx" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$folder" "$folder/alone.cc"
        echo "$name"
done
