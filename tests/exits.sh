# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# For scripts to read: a command's exit code and words, asserted. $folder is theirs.

# exits CODE COMMAND...: what it says goes to $folder/said
exits() {
        code=$1 status=0
        shift
        "$@" >"$folder/said" 2>&1 || status=$?
        [ "$status" = "$code" ] && return
        cat "$folder/said" >&2
        echo "exit $status instead of $code: $*" >&2
        exit 1
}

said() {
        grep -q -- "$1" "$folder/said" && return
        cat "$folder/said" >&2
        echo "'$1' is missing above" >&2
        exit 1
}
