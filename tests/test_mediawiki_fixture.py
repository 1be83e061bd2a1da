"""The real MediaWiki of the tests is itself held to what tests rely on."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT
from tests.mediawiki import DumpRevision, MediaWiki, WikiError, dump_xml


def by_title(wiki: MediaWiki) -> dict[str, int]:
    return {page["title"]: page["latest_rev_id"] for page in wiki.truth()["pages"]}


def test_fresh_wiki_is_german_and_holds_its_main_page_alone(mediawiki: MediaWiki) -> None:
    truth = mediawiki.truth()
    assert [(page["title"], page["latest_rev_id"]) for page in truth["pages"]] == [("Hauptseite", 1)]
    assert mediawiki.namespaces[14] == "Kategorie"
    assert truth["revisions"][0]["text"].startswith(b"<strong>MediaWiki wurde installiert.")
    assert truth["archived"] == []


def test_edit_arrives_byte_for_byte_with_all_that_goes_with_it(mediawiki: MediaWiki) -> None:
    text = "Größe: 3 m²\n\n== Ziele ==\n* Grün e\u0301"
    first = mediawiki.edit("Kategorie:Grüne_Orte", text, user="Ada Beispiel", summary="angelegt")
    second = mediawiki.edit("Kategorie:Grüne Orte", "kurz", user=None, summary="gekürzt", bot=True)
    third = mediawiki.edit("Kategorie:Grüne Orte", "kurz!", user="Ada Beispiel", minor=True)
    truth = mediawiki.truth()
    page = truth["pages"][-1]
    revisions = {row["rev_id"]: row for row in truth["revisions"]}
    kept = text.replace("e\u0301", "é").encode()  # the wiki normalises what it is sent to NFC
    assert page["title"] == "Kategorie:Grüne Orte"
    assert (page["namespace"], page["latest_rev_id"], page["length"]) == (14, third, 5)
    assert (page["is_redirect"], page["content_model"]) == (False, "wikitext")
    assert revisions[first]["text"] == kept
    assert revisions[first]["sha1"] == hashlib.sha1(kept).hexdigest()
    assert [revisions[rev]["user"] for rev in (first, second, third)] == [
        "Ada Beispiel",
        "127.0.0.1",
        "Ada Beispiel",
    ]
    assert [revisions[rev]["comment"] for rev in (first, second, third)] == ["angelegt", "gekürzt", ""]
    assert [revisions[rev]["minor"] for rev in (first, second, third)] == [False, False, True]
    assert [revisions[rev]["parent_id"] for rev in (first, second, third)] == [0, first, second]
    answer = mediawiki.api("query", revids=first, prop="revisions", rvprop=["timestamp", "sha1"])
    told = answer["query"]["pages"][0]["revisions"][0]
    assert (told["timestamp"], told["sha1"]) == (revisions[first]["timestamp"], revisions[first]["sha1"])


def test_null_edit_returns_the_revision_that_stays(mediawiki: MediaWiki) -> None:
    rev = mediawiki.edit("Wohnen", "Text")
    assert mediawiki.edit("Wohnen", "Text") == rev


def test_move_leaves_a_redirect_unless_told_not_to(mediawiki: MediaWiki) -> None:
    mediawiki.edit("Alt", "Text")
    mediawiki.edit("Diskussion:Alt", "Frage")
    mediawiki.move("Alt", "Neu", talk=True, reason="anderer Name")
    mediawiki.move("Neu", "Neuer", redirect=False)
    pages = {page["title"]: page["is_redirect"] for page in mediawiki.truth()["pages"]}
    assert pages == {
        "Hauptseite": False,
        "Alt": True,
        "Diskussion:Alt": True,
        "Diskussion:Neu": False,
        "Neuer": False,
    }


def test_delete_archives_and_undelete_brings_back(mediawiki: MediaWiki) -> None:
    revs = [mediawiki.edit("Kurzlebig", text) for text in ("eins", "zwei")]
    mediawiki.delete("Kurzlebig", reason="Test")
    truth = mediawiki.truth()
    assert by_title(mediawiki).keys() == {"Hauptseite"}
    assert [(row["rev_id"], row["text"]) for row in truth["archived"]] == [
        (revs[0], b"eins"),
        (revs[1], b"zwei"),
    ]
    assert (truth["log"][-1]["type"], truth["log"][-1]["action"]) == ("delete", "delete")
    assert (truth["log"][-1]["title"], truth["log"][-1]["comment"]) == ("Kurzlebig", "Test")
    mediawiki.undelete("Kurzlebig")
    assert by_title(mediawiki)["Kurzlebig"] == revs[1]
    assert mediawiki.truth()["archived"] == []


def test_protect_is_seen_by_the_api(mediawiki: MediaWiki) -> None:
    mediawiki.edit("Fest", "Text")
    mediawiki.protect("Fest")
    page = mediawiki.api("query", titles="Fest", prop="info", inprop="protection")["query"]["pages"][0]
    assert [(entry["type"], entry["level"]) for entry in page["protection"]] == [("edit", "sysop")]
    with pytest.raises(WikiError, match="protectedpage"):
        mediawiki.edit("Fest", "anders", user="Ada Beispiel")


def test_hidden_revision_is_hidden_from_readers_and_not_from_truth(mediawiki: MediaWiki) -> None:
    rev = mediawiki.edit("Heikel", "geheim", user="Ada Beispiel")
    mediawiki.edit("Heikel", "offen")
    mediawiki.revision_delete(rev, hide=["content", "user"])
    props = ["content", "user", "comment"]
    answer = mediawiki.api("query", user=None, revids=rev, prop="revisions", rvprop=props, rvslots="main")
    told = answer["query"]["pages"][0]["revisions"][0]
    assert told["userhidden"] is True
    assert told["slots"]["main"] == {"texthidden": True}
    row = next(row for row in mediawiki.truth()["revisions"] if row["rev_id"] == rev)
    assert (row["deleted"], row["text"], row["user"]) == (1 | 4, b"geheim", "Ada Beispiel")
    mediawiki.revision_delete(rev, hide=(), show=["content", "user"])
    assert [row["deleted"] for row in mediawiki.truth()["revisions"] if row["rev_id"] == rev] == [0]
    mediawiki.revision_delete(rev, suppress=True)
    assert [row["deleted"] for row in mediawiki.truth()["revisions"] if row["rev_id"] == rev] == [1 | 8]


def histories(tmp_path: Path) -> Path:
    path = tmp_path / "dump.xml"
    old = [DumpRevision(f"2020-0{month}-01T10:00:00Z", "192.0.2.7", f"alt {month}", "n & m") for month in (1, 2)]
    new = [DumpRevision("2021-05-01T10:00:00Z", "Berta", "neu <b>", minor=True)]
    path.write_text(dump_xml({"Quelle": old, "Kategorie:Ziel": new}), encoding="utf-8")
    return path


def test_import_keeps_times_users_and_texts(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.import_xml(histories(tmp_path))
    truth = mediawiki.truth()
    titles = {page["page_id"]: page["title"] for page in truth["pages"]}
    rows = [(titles[row["page_id"]], row["timestamp"], row["text"], row["minor"]) for row in truth["revisions"][1:]]
    assert rows == [
        ("Quelle", "2020-01-01T10:00:00Z", b"alt 1", False),
        ("Quelle", "2020-02-01T10:00:00Z", b"alt 2", False),
        ("Kategorie:Ziel", "2021-05-01T10:00:00Z", b"neu <b>", True),
    ]
    assert [row["user"] for row in truth["revisions"][1:3]] == ["192.0.2.7", "192.0.2.7"]
    assert truth["revisions"][1]["comment"] == "n & m"
    assert [entry["type"] for entry in truth["log"]] == ["create"]  # of the main page: the script logs nothing


def test_logged_import_says_so_in_the_log(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.import_xml(histories(tmp_path), logged=True)
    truth = mediawiki.truth()
    assert [(e["type"], e["title"]) for e in truth["log"][-2:]] == [
        ("import", "Quelle"),
        ("import", "Kategorie:Ziel"),
    ]


def test_merge_gives_old_revisions_to_another_page(mediawiki: MediaWiki, tmp_path: Path) -> None:
    mediawiki.import_xml(histories(tmp_path))
    mediawiki.merge("Quelle", "Kategorie:Ziel")
    truth = mediawiki.truth()
    target = next(page["page_id"] for page in truth["pages"] if page["title"] == "Kategorie:Ziel")
    assert {b"alt 1", b"alt 2", b"neu <b>"} == {row["text"] for row in truth["revisions"] if row["page_id"] == target}
    assert truth["log"][-1]["type"] == "merge"


def test_truth_reads_compressed_and_object_texts(mediawiki: MediaWiki) -> None:
    mediawiki.configure("$wgCompressRevisions = true;")
    texts = [f"Fassung {number} mit Umlaut ä " + "x" * 300 for number in range(4)]
    for text in texts:
        mediawiki.edit("Lang", text)
    expected = [text.encode() for text in texts]

    def flags() -> set[str]:
        with sqlite3.connect(mediawiki.db_path) as connection:
            return {row[0] for row in connection.execute("select old_flags from text where old_id > 1")}

    assert flags() == {"utf-8,gzip"}
    assert [row["text"] for row in mediawiki.truth()["revisions"][1:]] == expected
    mediawiki.maintenance("storage/compressOld", "-t", "concat", "-c", "20")
    assert any("object" in flag for flag in flags())
    assert [row["text"] for row in mediawiki.truth()["revisions"][1:]] == expected


def test_log_holds_what_others_asked_and_not_what_the_helper_did(mediawiki: MediaWiki) -> None:
    mediawiki.edit("Seite", "Text")
    assert mediawiki.requests() == []
    get = {"action": "query", "titles": "Größe", "format": "json"}
    requests.get(mediawiki.api_url, params=get, headers={"User-Agent": "probe/1"}, timeout=30)
    mark = mediawiki.mark()
    requests.post(mediawiki.api_url, data=get | {"titles": "Ä|B"}, timeout=30)
    requests.get(f"{mediawiki.url}/index.php", params={"title": "Seite", "action": "raw"}, timeout=30)
    seen = mediawiki.requests()
    assert [(row.method, row.path, row.params.get("titles")) for row in seen] == [
        ("GET", "/api.php", "Größe"),
        ("POST", "/api.php", "Ä|B"),
        ("GET", "/index.php", None),
    ]
    assert seen[0].headers["User-Agent"] == "probe/1"
    assert mediawiki.requests(since=mark) == seen[1:]


def test_settings_change_while_the_wiki_runs(mediawiki: MediaWiki) -> None:
    mediawiki.configure("$wgReadOnly = 'Wartung';")
    with pytest.raises(WikiError, match="readonly"):
        mediawiki.edit("Seite", "Text")


def test_wikis_are_apart_and_may_start_with_settings(
    mediawiki: MediaWiki, make_mediawiki: Callable[..., MediaWiki]
) -> None:
    other = make_mediawiki("$wgSitename = 'Anderes Wiki';")
    other.edit("Nur hier", "Text")
    assert "Nur hier" not in by_title(mediawiki)
    info = other.api("query", meta="siteinfo")["query"]["general"]
    assert (info["sitename"], info["lang"], info["server"]) == ("Anderes Wiki", "de", other.url)


def test_stopped_wiki_leaves_no_process_and_starts_again_at_its_address(mediawiki: MediaWiki) -> None:
    mediawiki.edit("Bleibt", "Text", user="Ada Beispiel")
    address = mediawiki.url
    mediawiki.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)
    mediawiki.start()
    assert mediawiki.url == address
    mediawiki.edit("Bleibt", "mehr Text", user="Ada Beispiel")


@pytest.mark.parametrize("which", [0, -1])
def test_a_crash_of_php_is_outlived(mediawiki: MediaWiki, which: int) -> None:
    assert len(mediawiki.processes()) > 1
    os.kill(mediawiki.processes()[which], signal.SIGSEGV)  # the first is the one that the others come from
    deadline = time.monotonic() + 10
    while not answers(mediawiki.url):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    mediawiki.edit("Danach", "Text", user="Ada Beispiel")


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def test_server_ends_with_the_interpreter_that_started_it(mediawiki_template: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.mediawiki import MediaWiki\n"
        f"wiki = MediaWiki(Path({str(mediawiki_template)!r}), Path(sys.argv[1])).start()\n"
        "print(wiki.url, flush=True)\n"
        "sys.argv[2] == 'killed' and os.kill(os.getpid(), 9)\n"
    )
    for manner in ("exit", "killed"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / manner), manner],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (0 if manner == "exit" else -9), done.stderr
        deadline = time.monotonic() + 5
        while answers(done.stdout.strip()):
            assert time.monotonic() < deadline, f"server left behind by {manner}"
            time.sleep(0.01)


def test_answers_may_be_compressed(mediawiki: MediaWiki) -> None:
    with requests.get(
        mediawiki.api_url,
        params={
            "action": "query",
            "meta": "siteinfo",
            "siprop": "general|namespaces|magicwords",
            "format": "json",
        },
        stream=True,
        timeout=30,
    ) as response:
        body = response.raw.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(body)) > 2 * len(body)


@pytest.mark.parametrize(("ci", "outcome"), [("", "3 skipped"), ("true", "1 failed, 2 errors")])
def test_skipped_tests_fail_in_ci(ci: str, outcome: str, tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(
        "import pytest\n"
        "@pytest.fixture\n"
        "def lacking(): pytest.skip('apt-get install thing')\n"
        "def test_by_fixture(lacking): pass\n"
        "def test_by_call(): pytest.skip('no')\n"
    )
    (tmp_path / "test_whole_file.py").write_text("import pytest\npytest.skip('no', allow_module_level=True)\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--continue-on-collection-errors", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"CI": ci}, capture_output=True, text=True, check=False)
    assert outcome in done.stdout
    assert "apt-get install thing" in done.stdout
    assert (done.returncode == 0) is not bool(ci)
