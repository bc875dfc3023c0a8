#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may include whom: fails on an include line that crosses the folders' rules. includes.sh ROOT
set -eu

# Prints each crossing of the files named on standard input, which are paths below the root.
crossings() {
        while read -r file; do
                grep -n '^[[:space:]]*#[[:space:]]*include' "$1/$file" | sed "s|^|$file:|" || :
        done | awk -F: '
        BEGIN {
                public = "common/(types|topology|device|bus|host|view|consumer|verdict|check|differential|field|backend)[.]h"
                foreign = "^(glib|gio|gmodule|json-glib|criterion|libsmartcols|bpf|nettle)[./-]"
        }

        # The quoted headers that a file may include, as a pattern.
        function quoted(file, folder) {
                test = file ~ /(^|\/)test-[^\/]*[.]c$/
                if (file == "pvabi.c" || folder == "cli")
                        return "^(common|conformance|bench|reports|cli)/|^commit[.]h$"
                if (folder ~ /^backend-/)
                        return test ? "^(common|" folder ")/" : "^(" public "$|" folder "/)"
                if (folder == "fuzz")
                        return "^(common|conformance|fuzz)/"
                if (folder == "guest") # it is made of consumers
                        return "^(common|guest)/|^backend-[a-z]+/(fwcfg-consumer|consumers)[.]h$"
                if (folder == "tests")
                        return "^(" public "$|tests/)"
                if (folder == "docs") # examples: what is installed, and what lies beside them
                        return "^(" public "$|[^/]+[.]h$)"
                if (folder == "reports" && !test)
                        return "^(common/(record|verdict|error)[.]h$|reports/)"
                if (folder == "common")
                        return "^common/"
                if (folder == "bench")
                        return "^(common|bench)/|^exits[.]skel[.]h$"
                return "^(common|" folder ")/"
        }

        # The angled headers that a file may not include: what is foreign to its part.
        function angled(file, folder) {
                if (file ~ /(^|\/)test-[^\/]*[.]c$/)
                        return "^$"
                if (folder ~ /^backend-/ || folder == "guest" || folder == "tests" || folder == "docs")
                        return foreign
                if (folder == "common")
                        return "^(criterion|libsmartcols)/"
                if (folder != "conformance" && folder != "cli" && file != "pvabi.c")
                        return "^criterion/"
                return "^$"
        }

        {
                file = $1
                folder = file ~ /\// ? file : ""
                sub("/.*", "", folder)
                header = $0
                sub(/^[^<"]*/, "", header)
                quote = substr(header, 1, 1)
                header = substr(header, 2)
                sub(/[>"].*/, "", header)
                if (quote == "\"" ? header !~ quoted(file, folder) : header ~ angled(file, folder))
                        printf "%s:%s: may not include %s\n", file, $2, header
        }'
}

# Every C file of the tree at $1; build folders are left out.
files() {
        (cd "$1" && find . \( -name 'build*' -o -name '.git' \) -prune -o -name '*.[ch]' -print | sed 's|^\./||' | sort)
}

# ---- a bad tree, to see that each rule can fail ----

plant() {
        mkdir -p "$bad/$(dirname "$1")"
        printf '%s\n' "#include $2" >"$bad/$1"
}

must_report() {
        files "$bad" | crossings "$bad" | grep -q "^$1:1: may not include" && return
        echo "$1: a crossing went unnoticed" >&2
        exit 1
}

self_test() {
        bad=$(mktemp -d)
        trap 'rm -rf "$bad"' EXIT
        plant common/a.c '"conformance/suite.h"'
        plant common/b.h '"backend-fwcfg/fwcfg.h"'
        plant common/c.c '<criterion/criterion.h>'
        plant backend-x/a.c '"common/loader.h"'
        plant backend-x/b.c '"backend-y/y.h"'
        plant backend-x/c.c '<glib.h>'
        plant backend-x/d.c '"common/types.hpp"'
        plant backend-x/test-e.c '"backend-y/y.h"'
        plant conformance/a.c '"bench/bench.h"'
        plant conformance/b.c '"backend-x/x.h"'
        plant bench/a.c '"conformance/suite.h"'
        plant bench/b.c '"backend-x/x.h"'
        plant reports/a.c '"common/loader.h"'
        plant reports/b.c '"conformance/suite.h"'
        plant guest/a.c '"backend-x/device.h"'
        plant guest/b.c '<glib.h>'
        plant cli/a.c '"backend-x/x.h"'
        plant cli/b.c '"error.h"'
        plant pvabi.c '"backend-x/x.h"'
        plant tests/plugins/a.c '"common/machine.h"'
        plant docs/examples/x/a.c '"common/machine.h"'
        plant docs/examples/x/b.c '<glib.h>'
        for file in $(files "$bad"); do
                must_report "$file"
        done
        plant backend-x/good.c '"common/backend.h"'
        plant backend-x/test-good.c '"common/loader.h"'
        plant bench/good.c '  <glib.h> /* as it may */'
        plant docs/examples/x/good.c '"x.h"'
        planted=$(files "$bad" | wc -l)
        reported=$(files "$bad" | crossings "$bad" | wc -l)
        if [ "$reported" != $((planted - 4)) ]; then
                echo "the checker reports what is allowed: $reported of $planted files" >&2
                exit 1
        fi
}

if [ $# -ne 1 ] || [ ! -f "$1/common/types.h" ]; then
        echo "usage: $0 ROOT" >&2
        exit 2
fi
self_test
found=$(files "$1" | crossings "$1")
if [ -n "$found" ]; then
        echo "$found" >&2
        exit 1
fi
echo "$(files "$1" | wc -l) files, no crossing"
