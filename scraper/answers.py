"""Reads the body of an API answer: JSON of the documented shape, or a fault with a name.

Manual: API:Data formats (formatversion=2). What the rows hold is read in ``scraper.rows``.
"""

from __future__ import annotations

from typing import Any

from scraper.errors import LATER, Damaged, UnexpectedAnswer
from scraper.session import Answer
from scraper.timestamps import is_time

LISTS = ("pages", "allrevisions", "logevents")  # of a query's answer, each a list of objects
REVISIONS = ("revisions", "deletedrevisions")  # of a page, each a list of objects
OBJECTS = ("query", "continue", "error", "warnings")  # of an answer


def read_answer(answer: Answer, url: str) -> dict[str, Any]:
    """The API's answer as a dict: one that reports an error, or a whole one.

    Raises Damaged for a body that is empty or broke off, UnexpectedAnswer for everything that is no API answer.
    """
    body, fine = answer.content.strip(), answer.status_code < 300
    if not body and fine:
        raise Damaged(f"{url} answered with nothing; {LATER}")
    try:
        data = answer.json()
    except ValueError as error:
        if fine and body.startswith((b"{", b"[")):
            raise Damaged(f"{url} answered with damaged data; {LATER}") from error
        data = None
    if not isinstance(data, dict) or not (_is_error(data) or (fine and _is_whole(data))):
        raise UnexpectedAnswer(
            f"{url} answered with {_describe(body, data)} instead of API data; "
            "open the address in a browser to see what stands in the way."
        )
    return data


def _is_error(data: dict[str, Any]) -> bool:
    return isinstance(data.get("error"), dict)


def _is_whole(data: dict[str, Any]) -> bool:
    """Whether this is what the API sends, on the levels that are read without further care."""
    if not is_time(data.get("curtimestamp")) or not all(isinstance(data.get(key, {}), dict) for key in OBJECTS):
        return False
    query = data.get("query", {})
    if not _is_siteinfo(query) or not _are_named(query.get("badrevids", {})):
        return False
    rows = [query.get(name, []) for name in LISTS]
    return (
        all(map(_are_objects, rows))
        and all(_are_objects(row.get(key, [])) for key in REVISIONS for part in rows for row in part)
        and all(isinstance(row.get(key, ""), str | int) for key in ("pageid", "title") for part in rows for row in part)
        and all(isinstance(value, str | int) for value in data.get("continue", {}).values())
        and ("query" in data or "batchcomplete" in data or "continue" in data or "login" in data)
    )


def _is_siteinfo(query: dict[str, Any]) -> bool:
    """Whether those parts of it that are there, if any, have the shape that API:Siteinfo describes."""
    namespaces, magic = query.get("namespaces", {}), query.get("magicwords", [])
    return (
        isinstance(query.get("general", {}), dict)
        and isinstance(namespaces, dict)
        and _are_objects(list(namespaces.values()), id=int)
        and _are_objects(query.get("namespacealiases", []), id=int, alias=str)
        and _are_objects(magic, name=str, aliases=list)
        and all(_are_texts(word["aliases"]) for word in magic)
        and _are_objects(query.get("interwikimap", []), prefix=str)
        and _are_texts(query.get("extensiontags", []))
    )


def _are_named(rows: Any) -> bool:
    """Whether this is an object of objects; PHP writes one without keys as a list."""
    return rows == [] or (isinstance(rows, dict) and _are_objects(list(rows.values())))


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _are_objects(rows: Any, **parts: type) -> bool:
    """Whether this is a list of objects, each with these parts."""
    return isinstance(rows, list) and all(
        isinstance(row, dict) and all(isinstance(row.get(name), kind) for name, kind in parts.items()) for row in rows
    )


def _describe(body: bytes, data: Any) -> str:
    if body.startswith(b"<"):
        return "an HTML page"
    return "something else" if data is None else "data of another shape"
