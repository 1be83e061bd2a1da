"""Reading a real MediaWiki as one of its accounts: members-only wikis, bot passwords, rights, lost logins."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from scraper.errors import Damaged
from scraper.fetch import Fetcher
from scraper.login import Account, open_api
from scraper.session import Session
from tests.fault_proxy import Call, Exchange, Fault, FaultProxy
from tests.fault_runs import Strike, assert_failed, assert_fine, run_here
from tests.faults import (
    HTML,
    answered,
    api_error,
    closed_without_a_length,
    redirect,
    reset_in_the_middle,
    without_what_was_asked_for,
)
from tests.mediawiki import BOT_PASSWORD, PASSWORD, DumpRevision, MediaWiki, dump_xml
from tests.wikitrail import Result, assert_exact, rows, sync, wikitrail

MEMBERS_ONLY = "$wgGroupPermissions['*']['read'] = false;"
MORE_THAN_EVERYBODY = "basic,highvolume,viewdeleted,viewrestrictedlogs"
# A second step after the password, such as a code that is sent by mail.
WANTS_MORE = r"""
class SecondStep extends MediaWiki\Auth\AbstractSecondaryAuthenticationProvider {
	public function getAuthenticationRequests( $action, array $options ) { return []; }
	public function beginSecondaryAuthentication( $user, array $reqs ) {
		$step = new MediaWiki\Auth\ButtonAuthenticationRequest( 'step', wfMessage( 'ok' ), wfMessage( 'ok' ) );
		return MediaWiki\Auth\AuthenticationResponse::newUI( [ $step ], wfMessage( 'ok' ) );
	}
	public function beginSecondaryAccountCreation( $user, $creator, array $reqs ) {
		return MediaWiki\Auth\AuthenticationResponse::newAbstain();
	}
}
$wgAuthManagerAutoConfig['secondaryauth']['step'] = [ 'class' => SecondStep::class ];
"""
SECRETS = (BOT_PASSWORD, PASSWORD)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


def account(name: str, password: str = BOT_PASSWORD) -> dict[str, str]:
    return {"WIKITRAIL_USER": name, "WIKITRAIL_PASSWORD": password}


def actions(wiki: MediaWiki, mark: int) -> list[str]:
    """What api.php was asked since: ``login``, ``token``, ``rights``, ``query``."""
    kinds = {"tokens": "token", "userinfo": "rights"}
    asked = [r.params for r in wiki.requests(mark) if r.path == "/api.php"]
    return [kinds.get(params.get("meta", ""), params["action"]) for params in asked]


def import_texts(wiki: MediaWiki, folder: Path, texts: list[str], title: str = "Blatt") -> None:
    path = folder / "import.xml"
    pages = {f"{title} {n}": [DumpRevision("2024-03-01T00:00:00Z", "Ida Kern", t)] for n, t in enumerate(texts)}
    path.write_text(dump_xml(pages), encoding="utf-8")
    wiki.import_xml(path)


def assert_no_secret(folder: Path, *results: Result) -> None:
    """No password stands in what was printed, nor in any file but the wiki's own."""
    for result in results:
        assert not any(secret in result.out + result.err for secret in SECRETS)
    for path in folder.glob("wiki.db*"):
        assert not any(secret.encode() in path.read_bytes() for secret in SECRETS), path


def test_a_members_only_wiki_is_mirrored_with_a_bot_password(
    make_mediawiki: Callable[..., MediaWiki], db: Path
) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    wiki.edit("Wohnen", "Nur für Mitglieder")
    name = wiki.bot_password(grants="basic")
    refused = wikitrail("--db", db, "sync", wiki.url)
    assert refused.code == 1
    assert "WIKITRAIL_USER and WIKITRAIL_PASSWORD" in refused.err
    first = sync(db, f"{wiki.url}/index.php/Wohnen", env=account(name))
    assert first["warnings"] == []
    assert_exact(db, wiki)
    wiki.edit("Wohnen", "Auch das")
    sync(db, env=account(name))
    assert_exact(db, wiki)
    refused = wikitrail("--db", db, "sync")
    assert refused.code == 1
    assert "set WIKITRAIL_USER" in refused.err
    audit = wikitrail("--db", db, "audit", env=account(name))
    assert audit.code == 0, audit.out + audit.err
    assert_no_secret(db.parent, refused, audit)


def test_each_request_is_sure_of_its_account_and_a_quiet_run_is_one(mediawiki: MediaWiki, db: Path) -> None:
    name = mediawiki.bot_password()
    mark = mediawiki.mark()
    sync(db, mediawiki.url, env=account(name))
    assert actions(mediawiki, mark)[:4] == ["query", "token", "login", "rights"]
    asked = [r for r in mediawiki.requests(mark) if r.path == "/api.php"]
    assert {r.params.get("assertuser") for r in asked[3:]} == {"Admin"}
    assert [r.method for r in asked if r.params.get("action") == "login"] == ["POST"]
    kept = Path(f"{db}.session")
    assert kept.stat().st_mode & 0o777 == 0o600
    mark = mediawiki.mark()
    sync(db, env=account(name))
    assert len(mediawiki.requests(mark)) == 1


def test_a_login_that_is_lost_is_made_again(mediawiki: MediaWiki, db: Path) -> None:
    name = mediawiki.bot_password()
    sync(db, mediawiki.url, env=account(name))
    kept = Path(f"{db}.session")
    data = json.loads(kept.read_text())
    data["cookies"] = [{**cookie, "value": "0" * 32} for cookie in data["cookies"]]
    kept.write_text(json.dumps(data))
    mediawiki.edit("Wohnen", "Neu")
    mark = mediawiki.mark()
    assert sync(db, env=account(name))["revisions_new"] == 1
    assert actions(mediawiki, mark)[:5] == ["query", "token", "login", "rights", "query"]
    assert_exact(db, mediawiki)


def test_a_login_that_is_lost_half_way_leaves_no_gap(
    make_mediawiki: Callable[..., MediaWiki], db: Path, tmp_path: Path
) -> None:
    # The wiki drops the session at the second batch, once.
    wiki = make_mediawiki(
        MEMBERS_ONLY + "if (isset($_GET['garvcontinue']) && !file_exists($wgSQLiteDataDir . '/lost')) {"
        " touch($wgSQLiteDataDir . '/lost'); $_COOKIE = []; }"
    )
    import_texts(wiki, tmp_path, [f"Text {n}" for n in range(120)])
    name = wiki.bot_password(grants="basic")
    mark = wiki.mark()
    sync(db, wiki.url, env=account(name))
    assert actions(wiki, mark).count("login") == 2
    assert_exact(db, wiki)


def repeat_revision(wiki: MediaWiki, rev_id: int, copies: int) -> None:
    """Give a page so many more revisions like its only one, in the wiki's database: an import takes minutes."""
    wiki.stop()  # what it remembers of the page is no longer true
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})"
    changed = {
        "revision": {"rev_id": "rev_id + i", "rev_parent_id": "rev_id + i - 1"},
        "revision_comment_temp": {"revcomment_rev": "revcomment_rev + i"},
        "slots": {"slot_revision_id": "slot_revision_id + i"},
    }
    with closing(sqlite3.connect(wiki.db_path)) as connection, connection:
        for table, values in changed.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            taken = ", ".join(values.get(column, column) for column in columns)
            key = next(iter(values))
            connection.execute(f"{numbers} INSERT INTO {table} SELECT {taken} FROM {table}, n WHERE {key} = {rev_id}")
        connection.execute("UPDATE page SET page_latest = ? WHERE page_latest = ?", (rev_id + copies, rev_id))
    wiki.start()


def test_high_limits_take_a_tenth_of_the_requests(mediawiki: MediaWiki, db: Path, tmp_path: Path) -> None:
    bots = [mediawiki.bot_password(app=app, grants=grants) for app, grants in
            (("viele", "basic,highvolume"), ("wenige", "basic"))]  # fmt: skip
    repeat_revision(mediawiki, mediawiki.edit("Blatt", "Immer dasselbe"), 998)
    asked = []
    for name, path in zip(bots, (db, tmp_path / "other.db"), strict=True):
        mark = mediawiki.mark()
        assert sync(path, mediawiki.url, env=account(name))["revisions_new"] == 1000
        asked.append([r.params.get("generator") for r in mediawiki.requests(mark)])
        assert_exact(path, mediawiki)
    assert [requests.count("allrevisions") for requests in asked] == [2, 20]
    assert len(asked[1]) - len(asked[0]) >= 18  # what a login and a beginning cost is the same


def test_large_texts_are_asked_for_in_smaller_batches(
    make_mediawiki: Callable[..., MediaWiki], db: Path, tmp_path: Path
) -> None:
    wiki = make_mediawiki("$wgAPIMaxResultSize = 200000;")
    import_texts(wiki, tmp_path, [f"{n} " * (3000 if 60 < n < 120 else 10) for n in range(200)])
    name = wiki.bot_password()
    mark = wiki.mark()
    sync(db, wiki.url, env=account(name))
    sizes = [r.params["garvlimit"] for r in wiki.requests(mark) if "garvlimit" in r.params]
    assert sizes[0] == "500"
    assert "50" in sizes
    assert_exact(db, wiki)


def test_what_the_public_may_not_see_is_hidden_whoever_asks(mediawiki: MediaWiki, db: Path) -> None:
    for number in range(3):
        mediawiki.edit("Wohnen", f"Stand {number}", summary=f"Schritt {number}")
    first = min(r["rev_id"] for r in mediawiki.truth()["revisions"] if r["comment"] == "Schritt 0")
    mediawiki.revision_delete(first, hide=("content", "comment", "user"))
    mediawiki.revision_delete(first + 1, hide=("content",), suppress=True)
    mediawiki.edit("Weg", "Weg damit")
    mediawiki.delete("Weg", reason="geheim")
    entries = mediawiki.api("query", list="logevents", letype="delete", leaction="delete/delete")["query"]["logevents"]
    mediawiki.api("revisiondelete", type="logging", ids=entries[0]["logid"], hide=("content", "comment", "user"))
    name = mediawiki.bot_password(grants=MORE_THAN_EVERYBODY)
    sync(db, mediawiki.url, env=account(name))
    assert_exact(db, mediawiki)
    hidden = rows(db, "SELECT user, user_id, comment, sha1, text_id FROM revisions WHERE rev_id = ?", first)
    assert hidden == [(None, None, None, None, None)]
    assert rows(db, "SELECT count(*) FROM log_events WHERE type = 'suppress' OR comment = 'geheim'") == [(0,)]


def test_what_is_deleted_is_marked_whoever_asks(mediawiki: MediaWiki, db: Path, tmp_path: Path) -> None:
    times = [f"2024-03-0{day}T00:00:00Z" for day in (1, 2, 3)]
    path = tmp_path / "import.xml"
    path.write_text(dump_xml({"Blatt": [DumpRevision(at, "Ida Kern", at) for at in times]}), encoding="utf-8")
    mediawiki.import_xml(path)
    name = mediawiki.bot_password(grants=MORE_THAN_EVERYBODY)
    sync(db, mediawiki.url, env=account(name))
    mediawiki.delete("Blatt")
    mediawiki.undelete("Blatt", timestamps=times[:1])
    mediawiki.edit("Kurz", "Gleich wieder weg")
    mediawiki.delete("Kurz")
    sync(db, env=account(name))
    assert_exact(db, mediawiki)
    archived = {rev_id for (rev_id,) in rows(db, "SELECT rev_id FROM revisions WHERE state = 'archived'")}
    assert len(archived) == 2
    # Who may see what is deleted is told of these by prop=deletedrevisions alone.
    api = open_api(Session(), mediawiki.api_url, Account(name, BOT_PASSWORD))
    (asked,) = Fetcher(api).revisions({*archived, 1_000_000})
    assert asked.missing_revisions == {*archived, 1_000_000}
    with contextmanager(FaultProxy(upstream=mediawiki.url).serve)() as proxy:
        api.url = f"{proxy.url}/api.php"
        proxy.plan = lambda exchange: without_what_was_asked_for
        with pytest.raises(Damaged, match="left out revisions that it was asked for"):
            list(Fetcher(api).revisions(archived))
    assert sync(db, env=account(name))["requests"] == 1


def test_texts_that_the_api_alters_are_exact_on_a_members_only_wiki(
    make_mediawiki: Callable[..., MediaWiki], db: Path, tmp_path: Path
) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    decomposed = unicodedata.normalize("NFD", "Förderung für Ältere")
    import_texts(wiki, tmp_path, [decomposed])
    name = wiki.bot_password(grants="basic")
    sync(db, wiki.url, env=account(name))
    assert_exact(db, wiki)
    import_texts(wiki, tmp_path, [f"{decomposed} – Förderung"], "Beides")
    refused = wikitrail("--db", db, "sync", env=account(name))
    assert refused.code == 1
    assert "to the account itself" in refused.err
    sync(db, env=account("Admin", PASSWORD))
    assert_exact(db, wiki)


@pytest.mark.parametrize(
    ("name", "password", "grants", "code", "words"),
    [
        ("Admin@spiegel", "falsch" * 6, "basic", 2, "does not let Admin@spiegel log in"),
        ("Niemand@spiegel", BOT_PASSWORD, "basic", 2, "does not let Niemand@spiegel log in"),
        ("Admin@spiegel", BOT_PASSWORD, "highvolume", 2, "Basic rights"),
        ("Admin", "", "basic", 2, "WIKITRAIL_PASSWORD is not; set both"),
    ],
)
def test_a_login_that_fails_says_what_to_do(
    make_mediawiki: Callable[..., MediaWiki], db: Path, name: str, password: str, grants: str, code: int, words: str
) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    wiki.bot_password(grants=grants)
    result = wikitrail("--db", db, "sync", wiki.url, env=account(name, password))
    assert (result.code, result.err.count("\n")) == (code, 1), result.err
    assert words in result.err
    assert password == "" or password not in result.err


def test_too_many_logins_are_a_passing_fault(make_mediawiki: Callable[..., MediaWiki], db: Path) -> None:
    wiki = make_mediawiki("$wgPasswordAttemptThrottle = [ [ 'count' => 1, 'seconds' => 300 ] ];")
    wiki.bot_password()
    results = [wikitrail("--db", db, "sync", wiki.url, env=account("Admin@spiegel", "falsch" * 6)) for _ in range(3)]
    assert results[-1].code == 75, results[-1].err
    assert "try again later" in results[-1].err


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("header('Location: https://127.0.0.1/api.php', true, 307); exit;", 1, "redirects a login"),
        ("header('Content-Type: text/html'); echo '<p>Anmeldung'; exit;", 1, "an HTML page instead of API data"),
        ("$_COOKIE = [];", 2, "does not keep the cookies"),
        ("$wgReadOnly = 'Umzug';", 75, "takes no login at the moment"),
    ],
)
def test_a_wiki_that_cannot_take_a_login_is_told(
    make_mediawiki: Callable[..., MediaWiki], db: Path, fault: str, code: int, words: str
) -> None:
    wiki = make_mediawiki(f"if (isset($_POST['lgname'])) {{ {fault} }}")
    name = wiki.bot_password()
    result = wikitrail("--db", db, "sync", wiki.url, env=account(name))
    assert (result.code, result.err.count("\n")) == (code, 1), result.err
    assert words in result.err
    assert_no_secret(db.parent, result)


def test_a_session_that_is_lost_at_any_request_leaves_no_gap(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    import_texts(wiki, tmp_path, [f"Text {n}" for n in range(120)])
    for key, value in account(wiki.bot_password(grants="basic")).items():
        monkeypatch.setenv(key, value)
    with contextmanager(FaultProxy(upstream=wiki.url).serve)() as proxy:
        assert_fine(run_here("--db", tmp_path / "calm.db", "sync", f"{proxy.url}/api.php"), "first")
        sure = [exchange.number for exchange in proxy.exchanges if "assert" in exchange.params]
        assert len(sure) > 3
        for number, code in product(sure, ("assertuserfailed", "assertnameduserfailed")):
            db = tmp_path / f"{number} {code}.db"
            proxy.exchanges = []
            proxy.plan = Strike(api_error(code, "Not logged in."), {number})
            assert_fine(run_here("--db", db, "sync", f"{proxy.url}/api.php"), "first")
            assert [exchange.params["action"] for exchange in proxy.exchanges].count("login") == 2
            assert_exact(db, wiki)


@pytest.mark.parametrize("which", ["tokens", "login", "userinfo"])
def test_a_login_whose_answers_are_damaged_is_tried_again(
    mediawiki: MediaWiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    for key, value in account(mediawiki.bot_password()).items():
        monkeypatch.setenv(key, value)
    shapes: list[dict[str, Any]] = [
        {"query": {}, "login": []},
        {"query": {"tokens": [], "userinfo": []}, "login": {"result": "Success"}},
        {"query": {"tokens": {"logintoken": None}, "userinfo": {"rights": None}}, "login": {}},
    ]
    faults = [
        reset_in_the_middle,
        closed_without_a_length,
        *(answered(200, json.dumps({"curtimestamp": "2026-06-01T10:00:00Z"} | shape)) for shape in shapes),
    ]
    left: list[Fault] = []

    def plan(exchange: Exchange) -> Fault | None:
        here = which in (exchange.params["action"], exchange.params.get("meta"))
        return left.pop() if here and left else None

    with contextmanager(FaultProxy(upstream=mediawiki.url).serve)() as proxy:
        proxy.plan = plan
        for number, fault in enumerate(faults):
            db = tmp_path / f"{number}.db"
            left += [fault] * 100
            lasting = run_here("--db", db, "sync", f"{proxy.url}/api.php")
            assert lasting.code == 75, lasting
            assert "try again later" in assert_failed(lasting, db)
            assert len(left) > 50
            left[:] = [fault]
            assert_fine(run_here("--db", db, "sync", f"{proxy.url}/api.php"), "first")
            assert left == []
            assert_exact(db, mediawiki)


def test_an_account_that_wants_more_than_a_password_is_told_of_bot_passwords(
    make_mediawiki: Callable[..., MediaWiki], db: Path
) -> None:
    wiki = make_mediawiki(WANTS_MORE)
    result = wikitrail("--db", db, "sync", wiki.url, env=account("Admin", PASSWORD))
    assert result.code == 2, result.err
    assert "with a bot password alone" in result.err


@pytest.mark.parametrize(
    ("settings", "path"), [("", "/api.php"), (MEMBERS_ONLY, "/index.php/Hauptseite"), (MEMBERS_ONLY, "/Start")]
)
def test_no_password_goes_to_another_host(
    make_mediawiki: Callable[..., MediaWiki], db: Path, settings: str, path: str
) -> None:
    """The named host redirects to another one, or its page names the API of another one."""
    wiki = make_mediawiki(settings)
    name = wiki.bot_password()
    link = '<link rel="EditURI" href="{}/api.php?action=rsd"><meta name="generator" content="MediaWiki 1.43">'
    with (
        contextmanager(FaultProxy(upstream=wiki.url).serve)() as other,
        contextmanager(FaultProxy(upstream=wiki.url).serve)() as named,
    ):
        wiki.configure(f"$wgServer = '{other.url}';")
        page = answered(200, link.format(other.url), HTML)

        def elsewhere(call: Call) -> None:
            redirect(f"{other.url}{call.handler.path}", 301)(call)

        named.plan = lambda exchange: page if exchange.path == "/Start" else elsewhere
        refused = wikitrail("--db", db, "sync", f"{named.url}{path}", env=account(name))
        assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
        assert f"leads to {other.url}/api.php" in refused.err
        seen = [*named.exchanges, *other.exchanges]
        assert other.exchanges
        assert not [exchange for exchange in seen if "lgpassword" in exchange.params]
        sync(db, f"{other.url}/api.php", env=account(name))
    assert_exact(db, wiki)


def test_the_file_that_the_configuration_names_holds_the_account(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path
) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    wiki.edit("Wohnen", "Nur für Mitglieder")
    login = tmp_path / "login"
    config = tmp_path / "wikitrail.toml"
    config.write_text(f'[wiki]\nurl = "{wiki.url}"\nlogin_file = "login"\n')
    result = wikitrail("--config", config, "sync")
    assert (result.code, "cannot be read" in result.err) == (2, True), result.err
    login.write_text(f"{wiki.bot_password(grants='basic')}\n{BOT_PASSWORD}\n")
    login.chmod(0o644)
    result = wikitrail("--config", config, "sync")
    assert (result.code, "chmod 600" in result.err) == (2, True), result.err
    login.chmod(0o600)
    result = wikitrail("--config", config, "sync")
    assert result.code == 0, result.err
    assert_exact(tmp_path / "wiki.db", wiki)


def test_init_says_who_reads_and_what_it_costs(make_mediawiki: Callable[..., MediaWiki], tmp_path: Path) -> None:
    wiki = make_mediawiki(MEMBERS_ONLY)
    refused = wikitrail("init", wiki.url, cwd=tmp_path)
    assert (refused.code, refused.err.count("\n")) == (1, 1), refused.err
    assert "WIKITRAIL_USER" in refused.err
    limited = wikitrail("init", wiki.url, cwd=tmp_path, env=account(wiki.bot_password(grants="basic")))
    assert "Only members may read it; read as Admin, 50 texts a request; the first run takes about" in limited.out
    assert "apihighlimits" in limited.out
    assert "A bot password holds in the API alone" in limited.out
    name = wiki.bot_password(app="viele")
    free = wikitrail("init", wiki.url, "--force", cwd=tmp_path, env=account(name))
    assert "500 texts a request" in free.out
    assert "apihighlimits" not in free.out
    written = (tmp_path / "wikitrail.toml").read_text()
    assert not any(secret in written + limited.out + free.out for secret in SECRETS)


def test_init_of_an_open_wiki_needs_no_account(mediawiki: MediaWiki, tmp_path: Path) -> None:
    told = wikitrail("init", mediawiki.url, cwd=tmp_path)
    assert "It can be read without an account, 50 texts a request" in told.out
    assert "MediaWiki 1." in told.out
