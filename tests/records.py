"""Records as tests read them: each is checked against the published JSON Schema on its way."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from parsers.reader import Reader
from parsers.record import Record
from parsers.record_json import record_to_json
from parsers.site import Site
from tests.conftest import ROOT

SCHEMA = json.loads((ROOT / "docs" / "record.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)


def assert_obeys(record: Any) -> None:
    """Fail with the first place at which the JSON of a record differs from the schema."""
    fault = next(_VALIDATOR.iter_errors(record), None)
    assert fault is None, f"{fault.json_path}: {fault.message}"


def checked_json(record: Record) -> dict[str, Any]:
    """The JSON of a record, as it comes back from a file."""
    found: dict[str, Any] = json.loads(json.dumps(record_to_json(record)))
    assert_obeys(found)
    return found


def read_json(text: str, title: str = "Seite", site: Site | None = None) -> dict[str, Any]:
    """What ``wikitrail parse`` prints of a text."""
    return checked_json(Reader(site or Site.default()).read(text, title))
