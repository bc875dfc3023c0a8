#!/bin/sh
# SPDX-License-Identifier: MIT
# Validates every line of a record file: test-schema.sh SCHEMA RECORDS. 77: python3 or its jsonschema is missing.
set -eu

if [ $# -ne 2 ]; then
        echo "usage: $0 SCHEMA RECORDS" >&2
        exit 2
fi
if ! python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
        echo "skipped: python3 with jsonschema (4.0 or later) is needed; Debian: python3-jsonschema" >&2
        exit 77
fi
exec python3 - "$1" "$2" <<'END'
import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
lines = problems = 0
with open(sys.argv[2], encoding="utf-8") as file:
    for number, line in enumerate(file, 1):
        lines += 1
        try:
            record = json.loads(line)
        except ValueError as error:
            print(f"{sys.argv[2]}:{number}: {error}", file=sys.stderr)
            problems += 1
            continue
        if number == 1 and (not isinstance(record, dict) or record.get("record") != "run"):
            print(f"{sys.argv[2]}:1: not a run record", file=sys.stderr)
            problems += 1
        for error in validator.iter_errors(record):
            place = "/".join(str(part) for part in error.absolute_path)
            print(f"{sys.argv[2]}:{number}: {place}: {error.message}", file=sys.stderr)
            problems += 1
print(f"{lines} records, {problems} problems")
sys.exit(1 if problems or not lines else 0)
END
