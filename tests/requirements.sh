#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/requirements.md is what the tables say: requirements.sh PVABI FILE
set -u

unset PVABI_BACKEND_PATH
if "$1" list requirements | diff "$2" -; then
        echo 'docs/requirements.md is what the tables say'
else
        echo "docs/requirements.md is stale; ./run list requirements > docs/requirements.md" >&2
        exit 1
fi
