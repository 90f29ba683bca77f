"""Checks each line of stdin against a JSON Schema: argv has the folder of the schemas, and the name of one."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

folder, name = Path(sys.argv[1]), sys.argv[2]
schemas = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.schema.json")]
registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
schema = registry.contents(f"{name}.schema.json")
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, registry=registry)


def constant(text):
    raise ValueError(f"{text} is no JSON")


failed = False
for number, line in enumerate(open(0, encoding="utf-8"), 1):
    if not line.strip():
        continue
    try:
        # Python's integers are exact: an id beyond 2^53 stays what it is.
        record = json.loads(line, parse_constant=constant)
        flaws = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]
    except ValueError as error:
        flaws = [f"not JSON: {error}"]
    for flaw in flaws:
        print(f"check-stream: stdin:{number}: {name}: {flaw}", file=sys.stderr)
    failed = failed or bool(flaws)
sys.exit(1 if failed else 0)
