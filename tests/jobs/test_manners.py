"""How a wiki is treated, seen from a proxy before a real MediaWiki: who asks, how often, how long it waits."""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench_clients import watched
from tests.fault_proxy import Exchange, Fault, FaultProxy
from tests.fault_runs import Strike, assert_failed, assert_fine, run_here
from tests.faults import busy, gzip_bomb, redirect
from tests.mediawiki import MediaWiki
from tests.wikitrail import assert_exact, command_line, rows, sync, wikitrail

CERTIFICATE = Path(__file__).resolve().parent.parent / "certificates" / "loopback.pem"
MEMORY = 250_000_000  # bytes; a run without faults takes 80,000,000


@pytest.fixture
def proxy(mediawiki: MediaWiki) -> Iterator[FaultProxy]:
    with _before(mediawiki) as found:
        yield found


@contextlib.contextmanager
def _before(wiki: MediaWiki, tls: ssl.SSLContext | None = None) -> Iterator[FaultProxy]:
    with contextlib.contextmanager(FaultProxy(upstream=wiki.url, tls=tls).serve)() as proxy:
        wiki.configure(f"$wgServer = '{proxy.url}';")
        yield proxy


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def test_one_request_at_a_time_on_one_connection_with_a_name(
    mediawiki: MediaWiki, proxy: FaultProxy, db: Path, tmp_path: Path
) -> None:
    config = tmp_path / "wikitrail.toml"
    contact = "Büro für Stadtentwicklung, wiki@stadt.example"
    config.write_text(f'[wiki]\ncontact = "{contact}"\ndelay = 0.1\nmaxlag = 7\n', encoding="utf-8")
    mediawiki.edit("Blatt", "Text")
    result = wikitrail("--config", config, "--db", db, "sync", proxy.url, "--json")
    seen = proxy.exchanges
    assert result.code == 0
    assert len(seen) == result.json["requests"] >= 6
    assert {exchange.connection for exchange in seen} == {1}
    assert all("gzip" in exchange.headers["Accept-Encoding"] for exchange in seen)
    agents = {exchange.headers["User-Agent"].encode("latin-1").decode() for exchange in seen}
    assert len(agents) == 1
    assert f"wikitrail/0.1.0 ({contact})" in agents.pop()
    asked = [exchange for exchange in seen if exchange.path.endswith("api.php")]
    assert {exchange.params["maxlag"] for exchange in asked} == {"7"}
    assert all(later.at - earlier.until >= 0.09 for earlier, later in pairwise(seen))
    assert 0 < result.json["waited"] <= 0.1 * len(seen)


def test_answers_are_sent_compressed(mediawiki: MediaWiki, proxy: FaultProxy, db: Path) -> None:
    for n in range(20):
        mediawiki.edit(f"Blatt {n}", f"Ein Satz, der sich wiederholt. {n} " * 200)
    received = sync(db, proxy.url)["bytes"]
    assert received < rows(db, "SELECT sum(size) FROM revisions")[0][0] / 4


def test_waiting_is_honoured_told_and_counted(mediawiki: MediaWiki, proxy: FaultProxy, db: Path) -> None:
    sync(db, proxy.url)
    proxy.exchanges = []
    proxy.plan = Strike(busy(503, Retry_After="1"), {0})
    result = wikitrail("-v", "--db", db, "sync", "--json")
    assert "HTTP 503) and asks to wait 1 s; waiting 1.0 s." in result.err
    first, second = proxy.exchanges
    assert second.at - first.until >= 1
    assert result.json["requests"] == 2
    assert 1 <= result.json["waited"] < 2
    status = wikitrail("--db", db, "status", "--json").json
    assert (status["requests"], status["waited"]) == (2, result.json["waited"])
    assert status["bytes"] == result.json["bytes"] > 0
    assert f"requests 2, bytes {status['bytes']}, seconds of waiting 1" in wikitrail("--db", db, "status").out
    proxy.exchanges = []
    quiet = wikitrail("--db", db, "sync")
    assert "waiting 1" not in quiet.err.replace("s of them waiting", "")
    assert re.match(r"Nothing new since \S+ \(2 requests, ", quiet.err)
    assert "1.0 s of them waiting" in quiet.err


def test_a_failed_run_counts_what_it_spent(proxy: FaultProxy, db: Path, tmp_path: Path) -> None:
    """The waiting stays below the bound, whatever the server asks for."""
    config = tmp_path / "wikitrail.toml"
    config.write_text("[wiki]\nmax_wait = 12\n", encoding="utf-8")
    assert_fine(run_here("--db", db, "sync", proxy.url), "first")
    for command in ("sync", "audit"):
        proxy.exchanges = []
        proxy.plan = Strike(busy(503, Retry_After="5"))
        result = run_here("--config", config, "--db", db, command)
        assert "asks to wait 5 s; try again later" in assert_failed(result, db)
        counted = rows(db, "SELECT requests, json_extract(counts, '$.waited') FROM runs ORDER BY run_id DESC LIMIT 1")
        assert counted == [(len(proxy.exchanges), 10.0)]


def test_a_body_that_unpacks_to_gigabytes_takes_no_memory(proxy: FaultProxy, db: Path, tmp_path: Path) -> None:
    sync(db, proxy.url)
    proxy.plan = Strike(gzip_bomb())
    code, _, _, memory, said = watched(command_line("--db", db, "sync"), tmp_path)
    assert "more than 64 MB in one answer" in said
    assert code == 1
    assert memory < MEMORY


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_a_certificate_that_nobody_vouches_for(mediawiki: MediaWiki, db: Path) -> None:
    with _before(mediawiki, tls()) as proxy:
        result = run_here("--db", db, "sync", proxy.url)
    sentence = assert_failed(result, db)
    assert result.code == 1
    assert "certificate of 127.0.0.1 was not accepted (self" in sentence
    assert "REQUESTS_CA_BUNDLE" in sentence


def test_a_wiki_that_moves_to_https(mediawiki: MediaWiki, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first request of a run is made twice."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with _before(mediawiki) as plain:
        assert_fine(run_here("--db", db, "sync", plain.url), "first")
        mediawiki.edit("Neu", "Text")
        mediawiki.move("Neu", "Umbenannt")
        with _before(mediawiki, tls()) as secure:
            plain.exchanges = []
            plain.plan = to_https(secure)
            assert_fine(run_here("--db", db, "sync"), "delta")
            assert_exact(db, mediawiki)
            assert [exchange.method for exchange in plain.exchanges] == ["GET"]
            assert len(secure.exchanges) > 1


def to_https(secure: FaultProxy) -> Callable[[Exchange], Fault]:
    return lambda exchange: lambda call: redirect(f"{secure.url}{call.handler.path}", 301)(call)


def test_the_address_after_redirects_is_kept(mediawiki: MediaWiki, proxy: FaultProxy, db: Path) -> None:
    """The first address leads elsewhere, as with and without www; later runs ask the wiki at once."""
    with contextlib.contextmanager(FaultProxy(upstream=mediawiki.url).serve)() as old:
        old.plan = lambda exchange: lambda call: redirect(f"{proxy.url}{call.handler.path}")(call)
        assert_fine(run_here("--db", db, "sync", f"{old.url}/api.php"), "first")
        assert_exact(db, mediawiki)
        assert rows(db, "SELECT api_url FROM site") == [(f"{proxy.url}/api.php",)]
        asked = len(old.exchanges)
        assert_fine(run_here("--db", db, "sync"), "delta")
        assert len(old.exchanges) == asked


def test_a_wiki_that_moves_to_another_host_is_not_followed(mediawiki: MediaWiki, proxy: FaultProxy, db: Path) -> None:
    assert_fine(run_here("--db", db, "sync", proxy.url), "first")
    with contextlib.contextmanager(FaultProxy(upstream=mediawiki.url).serve)() as other:
        proxy.plan = lambda exchange: lambda call: redirect(f"{other.url}{call.handler.path}")(call)
        sentence = assert_failed(run_here("--db", db, "sync"), db)
        assert f"redirects to {other.url}" in sentence
        assert not other.exchanges
