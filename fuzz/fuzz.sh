#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one harness: fuzz.sh BUILD-FOLDER NAME [LIBFUZZER-OPTION...]. Seeds are what the build made and what is kept beside
# this file. What is found lies in the build folder: inputs that reach new code in found-NAME/, one that failed in
# NAME-crash-..., NAME-timeout-..., NAME-leak-...
set -eu

if [ $# -lt 2 ]; then
        echo "usage: $0 BUILD-FOLDER NAME [LIBFUZZER-OPTION...]" >&2
        exit 2
fi
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$1 name=$2
shift 2
mkdir -p "$build/found-$name"
for seeds in "$build/seeds-${name#*-}/$name" "$here/corpus/$name" "$here/../docs/${name}s" "$here/../${name}s"; do
        [ ! -d "$seeds" ] || set -- "$@" "$seeds"
done
export PVABI_BACKEND_PATH="$build/../backends"
# What the program says on stderr about each input is dropped, not what the fuzzer says.
exec "$build/fuzz-$name" -timeout=10 -rss_limit_mb=2048 -close_fd_mask=2 -error_exitcode=1 -timeout_exitcode=1 \
        -verbosity=0 -artifact_prefix="$build/$name-" "$build/found-$name" "$@"
