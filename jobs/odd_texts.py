"""Sentences on texts that a wiki does not show as it should: what was done, and what there is to do."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.wording import counted, few
from storage import lookup
from storage.database import Database

# Kind: the verb for one text and for several, then the rest; the kind ``model`` names the model behind a blank.
_SAID = {
    "digest": (
        ("text has", "texts have"),
        "another SHA-1 than the wiki states ({revisions}): what it shows was taken, as somebody changed its database.",
    ),
    "encoding": (
        ("text is", "texts are"),
        "not UTF-8 on the wiki ({revisions}); held as missing. Tell its operator.",
    ),
    "fault": (
        ("text makes", "texts make"),
        "the wiki fail ({revisions}); held as missing. Tell its operator, whose log says why; “audit” asks again.",
    ),
    "model": (
        ("text has", "texts have"),
        "a content model that the wiki does not know, “{model}” ({revisions}); held as missing. “audit” asks again.",
    ),
}


def news_of(db: Database, odd: Mapping[int, str]) -> dict[int, str]:
    """What is to be told, before the revisions are written: what was told of one before is no news."""
    if not odd:
        return {}
    accepted = lookup.known_ids(db, "other_digests", "rev_id", odd)
    known = lookup.known_ids(db, "revision_rows", "rev_id", odd)
    return {i: reason for i, reason in odd.items() if i not in (accepted if reason == "digest" else known)}


def odd_sentences(odd: Mapping[int, str]) -> list[str]:
    """One sentence for each reason (as ``scraper.fetch.Fetched.odd`` has them), with the number of texts."""
    by_reason: dict[str, list[int]] = {}
    for rev_id in sorted(odd):
        by_reason.setdefault(odd[rev_id], []).append(rev_id)
    sentences = []
    for reason, rev_ids in sorted(by_reason.items()):
        kind, _, model = reason.partition(" ")
        verbs, rest = _SAID[kind]
        revisions = f"revision{'s' * (len(rev_ids) > 1)} {few(rev_ids)}"
        sentences.append(f"{counted(len(rev_ids), *verbs)} {rest.format(revisions=revisions, model=model)}")
    return sentences
