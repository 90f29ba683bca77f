"""Checks each line of stdin against a JSON Schema: argv has the folder of the schemas, and the name of one."""

import json
import re
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry, Resource

folder, name = Path(sys.argv[1]), sys.argv[2]
schemas = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.schema.json")]
registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
schema = registry.contents(f"{name}.schema.json")
Draft202012Validator.check_schema(schema)


def whole(checker, value):
    """1.0 and 1e3 are none: what reads ids digit by digit does not read these."""
    return isinstance(value, int) and not isinstance(value, bool)


def pattern(validator, wanted, text, schema):
    """With $ at the end of the text alone, as in JSON Schema; Python's finds it before a last newline too."""
    if isinstance(text, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), text):
        yield ValidationError(f"{text!r} does not match {wanted!r}")


def constant(text):
    raise ValueError(f"{text} is no JSON")


def each_once(pairs):
    """Of a doubled key Python keeps the last, and others the first."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)}: twice in one object")
    return record


types = Draft202012Validator.TYPE_CHECKER.redefine("integer", whole)
Validator = extend(Draft202012Validator, {"pattern": pattern}, type_checker=types)
validator = Validator(schema, registry=registry)

failed = False
# As bytes: a line ends at a newline alone, and one that is not UTF-8 is named as any other.
for number, line in enumerate(open(0, "rb"), 1):
    if not line.strip():
        continue
    try:
        # Python's integers are exact: an id beyond 2^53 stays what it is.
        record = json.loads(line.decode(), parse_constant=constant, object_pairs_hook=each_once)
        flaws = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]
    except (ValueError, RecursionError) as error:
        flaws = [f"not JSON: {error}"]
    for flaw in flaws:
        print(f"check-stream: stdin:{number}: {name}: {flaw}", file=sys.stderr)
    failed = failed or bool(flaws)
sys.exit(1 if failed else 0)
