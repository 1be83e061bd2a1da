"""The API on its own: lists that go on, in circles or nowhere; answers of another shape; texts fetched raw."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from scraper.api import Api, Batch, Stuck
from scraper.errors import ApiError, Damaged, Endless, UnexpectedAnswer
from scraper.fetch import Fetcher
from scraper.large_texts import fetch_raw
from scraper.rows import log_event_of, revision_of
from scraper.session import Session
from tests.fault_proxy import Exchange, Fault, FaultProxy
from tests.faults import HTML, LOGIN_PAGE, answered

NOW = "2026-06-01T10:00:00Z"
HISTORY = {"generator": "allrevisions", "prop": "revisions", "rvprop": "ids|content"}

PAGE = {
    "pageid": 1, "ns": 0, "title": "A", "contentmodel": "wikitext", "lastrevid": 5, "length": 2, "protection": [],
}  # fmt: skip
REVISION = {
    "revid": 5, "timestamp": NOW, "user": "Ida", "userid": 1, "comment": "", "size": 2,
    "slots": {"main": {"content": "Ja", "contentmodel": "wikitext"}},
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[FaultProxy]:
    with contextlib.contextmanager(FaultProxy().serve)() as proxy:
        yield proxy


@pytest.fixture
def api(server: FaultProxy) -> Iterator[Api]:
    with contextlib.closing(Session(sleep=lambda seconds: None)) as session:
        yield Api(session, f"{server.url}/api.php")


def saying(*answers: dict[str, Any]) -> Any:
    """A plan: these in turn, the last one for ever."""

    def plan(exchange: Exchange) -> Fault:
        answer = answers[min(exchange.number, len(answers) - 1)]
        return answered(200, json.dumps({"curtimestamp": NOW, **answer}))

    return plan


def page(number: int, *rev_ids: int, **more: Any) -> dict[str, Any]:
    revisions = [{"revid": i, "slots": {"main": {"content": f"Text {i}"}}} for i in rev_ids]
    return {"pageid": number, **({"revisions": revisions} if revisions else {}), **more}


def test_parts_of_a_batch_are_put_together(server: FaultProxy, api: Api) -> None:
    first = {"garvcontinue": "a", "rvcontinue": "3", "continue": "||info"}
    server.plan = saying(
        {"query": {"pages": [page(1, 1, 2, title="A"), page(2, title="B")]}, "continue": first},
        {"query": {"pages": [page(1), page(2, 3)]}, "batchcomplete": True, "continue": {"garvcontinue": "b"}},
        {"query": {"pages": [page(1, 4)]}, "batchcomplete": True},
    )
    assert list(api.query(HISTORY)) == [
        Batch({"pages": [page(1, 1, 2, title="A"), page(2, 3, title="B")]}, {"garvcontinue": "b"}, NOW),
        Batch({"pages": [page(1, 4)]}, None, NOW),
    ]
    asked = [{k: v for k, v in exchange.params.items() if "continue" in k} for exchange in server.exchanges]
    assert asked == [{}, first, {"garvcontinue": "b"}]


def test_a_row_that_does_not_fit(server: FaultProxy, api: Api) -> None:
    again = {"rvcontinue": "2", "continue": "||"}
    server.plan = saying({"query": {"pages": [page(1, 1)]}, "continue": again}, {"query": {}, "continue": again})
    with pytest.raises(Stuck) as fault:
        list(api.query(HISTORY))
    assert fault.value.result == {"pages": [page(1, 1)]}


def test_a_list_in_circles(server: FaultProxy, api: Api) -> None:
    turns = [{"query": {"logevents": []}, "batchcomplete": True, "continue": {"lecontinue": str(n)}} for n in (1, 2, 3)]
    server.plan = saying(*turns, turns[0])
    with pytest.raises(Endless, match="in circles; try again later"):
        list(api.query({"list": "logevents"}))
    assert len(server.exchanges) == 4


def test_a_history_in_circles_whose_batches_change_their_size(server: FaultProxy, api: Api) -> None:
    api.can = replace(api.can, high_limits=True)

    def plan(exchange: Exchange) -> Fault:
        following = {"garvcontinue": str((int(exchange.params.get("garvcontinue", 0)) + 1) % 4)}
        size = 1_000_000 if exchange.number % 2 else 10
        pages = [PAGE | {"revisions": [REVISION | {"revid": i, "size": size} for i in range(1, 60)]}]
        going_on = {"continue": following} if exchange.number < 20 else {}
        return saying({"query": {"pages": pages}, "batchcomplete": True, **going_on})(exchange)  # type: ignore[no-any-return]

    server.plan = plan
    with pytest.raises(Endless):
        list(Fetcher(api).history(None))
    assert len({exchange.params["garvlimit"] for exchange in server.exchanges}) > 1
    assert len(server.exchanges) <= 6


def test_a_history_in_circles_of_texts_that_do_not_fit(server: FaultProxy, api: Api) -> None:
    def plan(exchange: Exchange) -> Fault:
        asked = exchange.params
        if "content" in asked["rvprop"].split("|") and "revids" not in asked:
            latest = {key: asked[key] for key in ("garvcontinue", "continue") if key in asked}
            again = latest or {"garvcontinue": "0"}
            return saying({"query": {"pages": []}, "continue": again})(exchange)  # type: ignore[no-any-return]
        following = {"garvcontinue": str((int(asked.get("garvcontinue", 0)) + 1) % 4)}
        whole = {"query": {"pages": [PAGE | {"revisions": [REVISION]}]}, "batchcomplete": True}
        going_on = {"continue": following} if "revids" not in asked and exchange.number < 40 else {}
        return saying(whole | going_on)(exchange)  # type: ignore[no-any-return]

    server.plan = plan
    with pytest.raises(Endless):
        list(Fetcher(api).history(None))
    assert len(server.exchanges) <= 20


def test_a_batch_without_end(server: FaultProxy, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.api.MOST_PARTS", 20)
    server.plan = lambda exchange: saying({"query": {}, "continue": {"rvcontinue": exchange.number}})(exchange)
    with pytest.raises(Endless):
        list(api.query(HISTORY))
    assert len(server.exchanges) == 20


@pytest.mark.parametrize(
    ("params", "answer", "words"),
    [
        ({"list": "allrevisions|logevents"}, {"query": {"logevents": []}, "batchcomplete": True}, "(allrevisions)"),
        ({"meta": "siteinfo"}, {"query": {"general": {}}, "batchcomplete": True}, "(namespaces)"),
        (HISTORY, {"query": {"pages": []}}, "ends in the middle"),
        (HISTORY, {"batchcomplete": True, "warnings": {"main": {"warnings": "Nein"}}}, "it warns: main: Nein"),
        (HISTORY, {"query": {}, "batchcomplete": True, "continue": {"continue": "-||"}}, "ends in the middle"),
    ],
)
def test_an_answer_that_leaves_out_what_was_asked_for(
    server: FaultProxy, api: Api, params: dict[str, Any], answer: dict[str, Any], words: str
) -> None:
    server.plan = saying(answer)
    with pytest.raises(Damaged) as fault:
        list(api.query(params))
    assert words in str(fault.value)


@pytest.mark.parametrize(
    "query",
    [
        {"pages": {"1": {}}},
        {"pages": [1]},
        {"pages": [{"revisions": [1]}]},
        {"logevents": None},
        {"allrevisions": [{"revisions": {}}]},
        {"pages": [{"pageid": []}]},
        {"badrevids": 3},
        {"general": None},
        {"namespaces": {"0": {"id": "Artikel"}}},
        {"namespacealiases": [{"id": 4}]},
        {"magicwords": 5},
        {"magicwords": [{"name": "redirect", "aliases": [1]}]},
        {"interwikimap": [{"url": "https://de.example.org"}]},
        {"extensiontags": "<ref>"},
    ],
)
def test_lists_of_another_shape(server: FaultProxy, api: Api, query: dict[str, Any]) -> None:
    server.plan = saying({"query": query, "batchcomplete": True})
    with pytest.raises(UnexpectedAnswer, match="data of another shape"):
        list(api.query(HISTORY))
    assert len(server.exchanges) == 3


@pytest.mark.parametrize(
    "now",
    ["20261123210641", "2026-11-23t21:06:41z", "infinity", 1795466801, "-0001-11-30T00:00:00Z", "2026-02-30T00:00:00Z"],
)
def test_a_clock_that_tells_no_time(server: FaultProxy, api: Api, now: object) -> None:
    server.plan = saying({"query": {"pages": []}, "batchcomplete": True, "curtimestamp": now})
    with pytest.raises(UnexpectedAnswer, match="data of another shape"):
        list(api.query(HISTORY))


ROW = {
    "revid": 1, "parentid": 0, "timestamp": NOW, "user": "Ada Berg", "userid": 1, "comment": "", "size": 1,
    "contentmodel": "wikitext", "tags": [], "slots": {"main": {"content": "A"}},
}  # fmt: skip
EVENT = {
    "logid": 1,
    "type": "move",
    "action": "move",
    "timestamp": NOW,
    "user": "Ada Berg",
    "title": "A",
    "comment": "",
}


@pytest.mark.parametrize(
    "part",
    [
        {"user": None}, {"comment": ["a"]}, {"timestamp": "infinity"}, {"timestamp": "2026-02-30T00:00:00Z"},
        {"revid": 2**64}, {"tags": [1]}, {"slots": {"main": {"content": {}}}}, {"contentmodel": None},
    ],
)  # fmt: skip
def test_parts_of_a_revision_of_another_kind(part: dict[str, Any]) -> None:
    assert revision_of(ROW, 1).user == "Ada Berg"
    with pytest.raises(UnexpectedAnswer, match="cannot be read"):
        revision_of({**ROW, **part}, 1)


@pytest.mark.parametrize(
    "part",
    [{"params": "x"}, {"params": [1]}, {"user": 5}, {"title": {}}, {"comment": []}, {"timestamp": "20261123210641"}],
)
def test_parts_of_a_log_entry_of_another_kind(part: dict[str, Any]) -> None:
    assert log_event_of({**EVENT, "params": []}).params == "{}"
    with pytest.raises(UnexpectedAnswer, match="cannot be read"):
        log_event_of({**EVENT, **part})


@pytest.mark.parametrize(
    "row",
    [
        {"pageid": 1, "revisions": [{"revid": "x"}]},
        {"pageid": 1, "revisions": [{"revid": 1, "slots": []}]},
        {"pageid": None, "title": "A", "ns": 0},
        {
            "pageid": 1,
            "title": "A",
            "ns": 0,
            "contentmodel": "wikitext",
            "lastrevid": 1,
            "length": 1,
            "protection": [1],
        },
    ],
)
def test_rows_of_another_shape(server: FaultProxy, api: Api, row: dict[str, Any]) -> None:
    server.plan = saying({"query": {"pages": [row]}, "batchcomplete": True})
    with pytest.raises(UnexpectedAnswer, match=r"cannot be read|without|another shape"):
        list(Fetcher(api).history(None))


def test_ids_that_are_left_out_are_not_taken_for_missing(server: FaultProxy, api: Api) -> None:
    bad = {"badrevids": {"7": {"revid": 7, "missing": True}}}
    server.plan = saying({"query": bad, "batchcomplete": True})
    assert [fetched.missing_revisions for fetched in Fetcher(api).revisions([7])] == [{7}]
    with pytest.raises(Damaged, match=r"left out revisions that it was asked for \(8\)"):
        list(Fetcher(api).revisions([7, 8]))
    server.plan = saying({"query": {"pages": []}, "batchcomplete": True})
    with pytest.raises(Damaged, match=r"left out pages that it was asked for \(3, 4\)"):
        Fetcher(api).pages([4, 3])


def test_an_event_that_is_listed_twice_is_one(server: FaultProxy, api: Api) -> None:
    """A change was announced twice when a list began anew in the middle."""
    event = {"logid": 4, "type": "delete", "action": "delete", "timestamp": NOW, "title": "A", "logpage": 1}
    answer = {
        "query": {
            "general": {}, "namespaces": {}, "allrevisions": [], "logevents": [event],
            "badrevids": {str(i): {"revid": i} for i in range(11, 61)},
        },
        "batchcomplete": True,
    }  # fmt: skip
    server.plan = saying(answer | {"continue": {"lecontinue": "1"}}, answer)
    news = Fetcher(api).news(NOW, NOW, 10)
    assert [found.log_id for found in news.events] == [4]
    assert len(server.exchanges) == 2


def test_a_point_to_go_on_from_that_is_no_longer_good(server: FaultProxy, api: Api) -> None:
    def plan(exchange: Exchange) -> Fault:
        if "garvcontinue" in exchange.params:
            return answered(200, '{"error": {"code": "badcontinue", "info": "Invalid continue param."}}')
        return saying({"query": {"pages": []}, "batchcomplete": True})(exchange)  # type: ignore[no-any-return]

    server.plan = plan
    assert [following for _, following in Fetcher(api).history({"garvcontinue": "?"})] == [None]
    with pytest.raises(ApiError):
        list(api.query(HISTORY, {"garvcontinue": "?"}))


def test_a_raw_text_is_asked_for_again_when_something_else_comes(server: FaultProxy, api: Api) -> None:
    texts = [b"<html>Anmelden</html>", b"\xff", b"Ja"]
    server.plan = lambda exchange: answered(200, texts[exchange.number])
    assert fetch_raw(api, 5, "283c735c8901fb2d4af6e619fe339fab53087ad1") == "Ja"
    server.exchanges = []
    server.plan = lambda exchange: answered(200, b"Nein")
    with pytest.raises(UnexpectedAnswer, match="text of revision 5"):
        fetch_raw(api, 5, "283c735c8901fb2d4af6e619fe339fab53087ad1")
    assert len(server.exchanges) == 3


@pytest.mark.parametrize("digest", ["283c735c8901fb2d4af6e619fe339fab53087ad1", ""], ids=["digest", "none stated"])
def test_a_page_to_log_in_is_no_text_that_is_too_large(server: FaultProxy, api: Api, digest: str) -> None:
    """Nothing but the wiki's own text is taken where the API cannot hold it."""
    row = REVISION | {"slots": {"main": {"sha1": digest, "contentmodel": "wikitext"}}}
    again = {"rvcontinue": "5", "continue": "||"}
    texts = [answered(200, LOGIN_PAGE, HTML), answered(200, b"Ja", {"Content-Type": "text/x-wiki"})]

    def plan(exchange: Exchange) -> Fault:
        if exchange.params["action"] == "raw":
            return texts[0]
        if "content" in exchange.params["rvprop"].split("|"):
            return saying({"query": {"pages": []}, "continue": again})(exchange)  # type: ignore[no-any-return]
        pages = [PAGE | {"revisions": [row]}]
        return saying({"query": {"pages": pages}, "batchcomplete": True})(exchange)  # type: ignore[no-any-return]

    server.plan = plan
    with pytest.raises(UnexpectedAnswer, match="does not give the text of revision 5 with the digest"):
        list(Fetcher(api).history(None))
    api.can = replace(api.can, api_alone=True)
    with pytest.raises(UnexpectedAnswer, match=r"revision 5 .* to a bot password; set .* to the account itself"):
        list(Fetcher(api).history(None))
    texts.pop(0)
    ((fetched, _),) = Fetcher(api).history(None)
    assert [revision.text for revision in fetched.revisions] == ["Ja"]


def test_what_a_wiki_says_is_one_line(server: FaultProxy, api: Api) -> None:
    error = {"code": "unknown_action", "info": "Zeile 1\nZeile 2\x1b[2J" + " und mehr" * 200}
    server.plan = saying({"error": error})
    with pytest.raises(ApiError) as fault:
        api.request({"action": "query"})
    assert str(fault.value).isprintable()
    assert "Zeile 1 Zeile 2 [2J und mehr" in str(fault.value)
    assert len(str(fault.value)) < 350
