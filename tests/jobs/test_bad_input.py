"""Bad input: one sentence, the right exit code, and a database that is as it was."""

from __future__ import annotations

import gzip
import http.server
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from jobs.runner import running
from storage.database import _open_as_it_lies
from storage.errors import DatabaseFull
from tests.mediawiki import MediaWiki
from tests.wikitrail import Result, assert_exact, command_line, environment, rows, sync, wikitrail


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "wiki.db"


@pytest.fixture(scope="module")
def sample_db(tmp_path_factory: pytest.TempPathFactory, sample_wiki_path: Path) -> Path:
    """The sample wiki, for tests that only read."""
    path = tmp_path_factory.mktemp("sample") / "wiki.db"
    assert wikitrail("--db", path, "import", sample_wiki_path).code == 0
    return path


@pytest.fixture
def plain_site(tmp_path: Path) -> Iterator[str]:
    """A web site that is no wiki."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(
        "<!doctype html><title>Stadtbücherei</title><p>Geöffnet ab neun.", encoding="utf-8"
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    server.shutdown()
    server.server_close()


def assert_one_sentence(result: Result, code: int, *words: str) -> None:
    """The exit code, and one line on stderr that holds these words."""
    assert result.code == code, result
    lines = [line for line in result.err.splitlines() if line.strip()]
    assert len(lines) == 1, result.err
    assert lines[0].startswith("Error: ")
    for word in words:
        assert word in lines[0]
    assert result.out == ""


@pytest.mark.parametrize(
    "address", ["keine Adresse", "ftp://wiki.example/", "http://", "http://[::1", "https://wiki.example:port/"]
)
def test_not_an_address(db: Path, address: str) -> None:
    assert_one_sentence(wikitrail("--db", db, "sync", address), 2, "is not an address")


def test_an_address_without_scheme_is_recognised(db: Path) -> None:
    result = wikitrail("--db", db, "sync", "wiki.example/index.php")
    assert_one_sentence(result, 2, "did you mean https://wiki.example/index.php ?")


def test_no_wiki_named(db: Path) -> None:
    assert_one_sentence(wikitrail("--db", db, "sync"), 2, "No wiki is named")


@pytest.mark.parametrize("command", ["sync", "run", "audit", "reparse", "schedule"])
def test_a_run_in_the_wrong_folder_leaves_nothing_there(tmp_path: Path, command: str) -> None:
    assert wikitrail(command, cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_schedule_of_a_database_that_knows_no_wiki(db: Path) -> None:
    wikitrail("--db", db, "sync", "http://127.0.0.1:9/")
    assert_one_sentence(wikitrail("--db", db, "schedule"), 2, "No wiki is named")


def test_a_folder_in_which_no_file_can_be_made() -> None:
    result = wikitrail("--db", "/proc/wiki.db", "sync", "http://127.0.0.1:9/")
    assert_one_sentence(result, 1, "/proc/wiki.db cannot be written")


def test_a_folder_as_database_gets_no_lock_beside_it(tmp_path: Path) -> None:
    (tmp_path / "ordner").mkdir()
    assert_one_sentence(wikitrail("--db", tmp_path / "ordner", "sync", "http://127.0.0.1:9/"), 2, "is a folder")
    assert [path.name for path in tmp_path.iterdir()] == ["ordner"]


def test_a_host_that_does_not_exist(db: Path) -> None:
    result = wikitrail("--db", db, "sync", "http://gibt-es-nicht.invalid/wiki")
    assert_one_sentence(result, 75, "gibt-es-nicht.invalid", "cannot be found")


def test_a_port_that_nobody_listens_on(db: Path) -> None:
    assert_one_sentence(wikitrail("--db", db, "sync", "http://127.0.0.1:9/"), 75, "connection refused")


def test_a_site_that_is_no_wiki(db: Path, plain_site: str) -> None:
    assert_one_sentence(wikitrail("--db", db, "sync", plain_site), 1, "There is no MediaWiki at", plain_site)


def test_an_api_address_that_is_none(db: Path, plain_site: str) -> None:
    address = plain_site.replace("index.html", "api.php")
    assert_one_sentence(wikitrail("--db", db, "sync", address), 1, "does not answer as a MediaWiki API")


@pytest.mark.parametrize("status", [403, 404])
def test_a_wiki_with_api_and_page_lists_switched_off(mediawiki: MediaWiki, db: Path, status: int) -> None:
    """Its pages would do (test_pages_mirror), but this one shows no list of them either."""
    mediawiki.configure(
        f"if (defined('MW_API')) {{ http_response_code({status}); exit; }}"
        "$wgHooks['SpecialPage_initList'][] = function (&$list) { unset($list['Allpages']); };"
    )
    assert_one_sentence(wikitrail("--db", db, "sync", mediawiki.url), 1, "its API cannot be used", "wikitrail import")


@pytest.mark.parametrize("status", [401, 403])
def test_a_site_that_refuses_access(mediawiki: MediaWiki, db: Path, status: int) -> None:
    mediawiki.configure(f"http_response_code({status}); exit;")
    assert_one_sentence(wikitrail("--db", db, "sync", mediawiki.url), 1, f"HTTP {status}")


def test_a_wiki_that_only_members_may_read(mediawiki: MediaWiki, db: Path) -> None:
    mediawiki.configure("$wgGroupPermissions['*']['read'] = false;")
    assert_one_sentence(wikitrail("--db", db, "sync", mediawiki.url), 1, "without an account")


def test_a_wiki_that_is_down(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    held = rows(db, "SELECT * FROM revisions")
    mediawiki.configure("header('Retry-After: 3600'); http_response_code(503); exit;")
    assert_one_sentence(wikitrail("--db", db, "sync"), 75, "HTTP 503", "3600 s", "try again later")
    assert rows(db, "SELECT * FROM revisions") == held
    assert rows(db, "SELECT status FROM runs ORDER BY run_id") == [("ok",), ("failed",)]


def test_an_html_page_is_never_taken_for_nothing_new(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    mediawiki.configure("if (defined('MW_API')) { echo '<html><body>Bitte anmelden</body></html>'; exit; }")
    assert_one_sentence(wikitrail("--db", db, "sync"), 1, "an HTML page instead of API data")


def test_an_error_body_is_never_taken_for_nothing_new(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    error = '{"error": {"code": "unknown_action", "info": "Unrecognized value"}}'
    mediawiki.configure(f"if (defined('MW_API')) {{ echo '{error}'; exit; }}")
    assert_one_sentence(wikitrail("--db", db, "sync"), 1, "unknown_action")


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[wiki]\nurll = 'x'", ("“wiki.urll”", "did you mean “wiki.url”?")),
        ("databse = 'x.db'", ("“databse”", "did you mean “database”?")),
        ("[wiki]\ndelay = 'lang'", ("“wiki.delay”", "a number that is not negative")),
        ("[wiki]\nmaxlag = -1", ("“wiki.maxlag”", "not negative")),
        ("[report]\nformats = 'html'", ("“report.formats”", "a list of texts")),
        ("[report]\nformats = ['pdf']", ("“report.formats”", "html, md, txt, json")),
        ("[report]\ntimezone = 'Oberhausen'", ("“report.timezone”", "Europe/Berlin")),
        ("[status]\nmax_age = 'bald'", ("“status.max_age”", "26h")),
        ('database = "a\\u0000b"', ("“database”", "NUL")),
        ('[report]\ndirectory = "a\\u0000b"', ("“report.directory”", "NUL")),
        ("wiki = 3", ("[wiki]",)),
        ("[mail]\nto = 'x'", ("“mail”", "none like it")),
        ("[wikki]\nurl = 'x'", ("did you mean “wiki”?",)),
        ("[wiki]\ndelay = inf", ("“wiki.delay” is to be 86400 at most",)),
        ("[wiki]\ntimeout = 1e300", ("“wiki.timeout” is to be 86400 at most",)),
        ("[wiki]\nmaxlag = 99999999999999999999", ("“wiki.maxlag” is to be 86400 at most",)),
        ("[wiki]\nworkers = 100000", ("“wiki.workers” is to be 64 at most",)),
        ("[wiki\n", ("not valid TOML",)),
    ],
)
def test_a_configuration_that_is_wrong(tmp_path: Path, db: Path, toml: str, words: tuple[str, ...]) -> None:
    config = tmp_path / "falsch.toml"
    config.write_text(toml, encoding="utf-8")
    assert_one_sentence(wikitrail("--config", config, "--db", db, "run"), 2, "falsch.toml", *words)
    assert not db.exists()


def test_a_cron_expression_that_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "wikitrail.toml"
    config.write_text("[schedule]\ncron = 'täglich'", encoding="utf-8")
    assert_one_sentence(wikitrail("--config", config, "schedule"), 2, "schedule.cron", "five fields")


@pytest.mark.parametrize("cron", ["", "*/15 * * *", "each day"])
def test_a_cron_expression_without_five_fields(tmp_path: Path, cron: str) -> None:
    config = tmp_path / "falsch.toml"
    config.write_text(f"[schedule]\ncron = '{cron}'", encoding="utf-8")
    result = wikitrail("--config", config, "status")
    assert_one_sentence(result, 2, f"({cron!r}: not five fields); write five fields")


def test_a_configuration_in_another_encoding(tmp_path: Path) -> None:
    config = tmp_path / "falsch.toml"
    config.write_bytes("database = 'größe.db'".encode("utf-16"))
    assert_one_sentence(wikitrail("--config", config, "status"), 2, "falsch.toml is not in UTF-8; save it so")


def test_a_login_file_that_is_missing(tmp_path: Path, db: Path) -> None:
    config = tmp_path / "wikitrail.toml"
    config.write_text("[wiki]\nlogin_file = 'fehlt.txt'", encoding="utf-8")
    result = wikitrail("--config", config, "--db", db, "sync", "http://127.0.0.1:9/")
    assert_one_sentence(result, 2, "names, cannot be read (No such file or directory).")


def test_a_configuration_that_is_missing(tmp_path: Path) -> None:
    assert_one_sentence(wikitrail("--config", tmp_path / "fehlt.toml", "run"), 2, "wikitrail init URL")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("gestern", "write 2024-07-01"),
        ("2024-02-30", "write 2024-07-01"),
        ("800000d", "years 1000 to 2999"),
        ("99999999999999999999d", "years 1000 to 2999"),
        ("0999-06-01", "years 1000 to 2999"),
        ("0001-01-01T00:00+14:00", "years 1000 to 2999"),
        ("9999-12-31T23:59-14:00", "years 1000 to 2999"),
    ],
)
def test_a_time_that_is_none(db: Path, moment: str, words: str) -> None:
    assert_one_sentence(wikitrail("--db", db, "changes", "--since", moment), 2, f"“{moment}”", words)


def test_a_period_of_all_times(db: Path, tmp_path: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    period = ("--since", "1000-01-01", "--until", "2999-12-31T23:59:59Z")
    assert wikitrail("--db", db, "changes", *period).out == wikitrail("--db", db, "changes").out
    result = wikitrail("--db", db, "report", *period, "-o", tmp_path)
    assert (result.code, result.err) == (0, "")


def test_a_title_cannot_break_a_message_or_steer_a_terminal(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    result = wikitrail("--db", db, "changes", "--page", "Zwei\nZeilen \x1b[31m \"und\" 'mehr'")
    assert_one_sentence(result, 2, "“Zwei Zeilen  [31m \"und\" 'mehr'”")


def test_a_file_name_cannot_steer_a_terminal(tmp_path: Path) -> None:
    result = wikitrail("--db", tmp_path / "a\x07b.db", "status")
    assert_one_sentence(result, 2, "There is no database at")
    assert "a b.db" in result.err


def test_a_mistyped_command_and_option(tmp_path: Path) -> None:
    result = wikitrail("snyc", cwd=tmp_path)
    assert result.code == 2
    assert "did you mean “sync”?" in result.err
    assert wikitrail("changes", "--sinc", "7d", cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["hilfe"], "There is no command “hilfe”; “wikitrail --help” lists them."),
        (["status", "x"], "Got unexpected extra argument (x). “wikitrail status --help” says more."),
        (["parse", "x"], "No such file or directory. “wikitrail parse --help” says more."),
        (["changes", "--since", "x"], "an age such as 7d or 12h. “wikitrail changes --help” says more."),
    ],
)
def test_a_wrong_call_is_told_in_whole_sentences(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    result = wikitrail(*arguments, cwd=tmp_path)
    assert_one_sentence(result, 2)
    assert result.err.endswith(f"{sentence}\n")


def test_no_command_at_all_gets_the_help(tmp_path: Path) -> None:
    result = wikitrail(cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err == wikitrail("--help", cwd=tmp_path).out
    assert not [line for line in result.err.splitlines() if line.startswith("  ") and line.endswith("...")], (
        "each command in a whole sentence"
    )


def test_standard_streams_that_are_closed(db: Path, mediawiki: MediaWiki) -> None:
    sync(db, mediawiki.url)
    for command, streams in ((["sync"], "<&- >&- 2>&-"), (["parse"], "<&- >/dev/null"), (["audit"], "2>&-")):
        line = f"{' '.join(map(str, command_line('--db', db, *command)))} {streams}"
        done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")
    assert set(rows(db, "SELECT status FROM runs")) == {("ok",)}


def test_a_dump_that_is_missing(db: Path) -> None:
    result = wikitrail("--db", db, "import", "fehlt.xml")
    assert result.code == 2
    assert "There is no file fehlt.xml" in result.err
    assert not db.exists()


@pytest.mark.parametrize("form", ["xml", "gz"])
def test_a_truncated_dump_keeps_what_is_whole_and_says_where_it_broke(
    tmp_path: Path, db: Path, sample_wiki_path: Path, form: str
) -> None:
    data = sample_wiki_path.read_bytes()
    cut = tmp_path / f"cut.{form}"
    cut.write_bytes(data[:200_000] if form == "xml" else gzip.compress(data)[:20_000])
    result = wikitrail("--db", db, "import", cut)
    assert_one_sentence(result, 1, "cut off", f"cut.{form}")
    ((held,),) = rows(db, "SELECT count(*) FROM revisions")
    assert 50 < held < 216
    whole = wikitrail("--db", db, "import", sample_wiki_path)
    assert whole.code == 0
    assert rows(db, "SELECT count(*) FROM revisions") == [(216,)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Kein XML", ("no XML",)),
        (b"", ("no XML",)),
        (b"<html><body/></html>", ("no MediaWiki export",)),
        (b"\x1f\x8bkaputt", ("damaged",)),
    ],
)
def test_a_dump_that_is_none(tmp_path: Path, db: Path, content: bytes, words: tuple[str, ...]) -> None:
    dump = tmp_path / "dump.xml"
    dump.write_bytes(content)
    assert_one_sentence(wikitrail("--db", db, "import", dump), 1, "dump.xml", *words)
    assert rows(db, "SELECT count(*) FROM pages") == [(0,)]


def test_a_dump_with_entities_is_not_expanded(tmp_path: Path, db: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")
    dump = tmp_path / "dump.xml"
    dump.write_text(
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><mediawiki><page><title>A</title><ns>0</ns><id>1</id>'
        "<revision><id>1</id><timestamp>2024-01-01T00:00:00Z</timestamp><text>&e;</text></revision></page></mediawiki>",
        encoding="utf-8",
    )
    wikitrail("--db", db, "import", dump)
    assert not rows(db, "SELECT 1 FROM pages WHERE text LIKE '%geheim%'")


def test_a_dump_of_another_wiki(tmp_path: Path, db: Path, sample_wiki_path: Path) -> None:
    assert wikitrail("--db", db, "import", sample_wiki_path).code == 0
    other = tmp_path / "anderes.xml"
    other.write_text(
        sample_wiki_path.read_text(encoding="utf-8").replace("mediawikiob_beispiel", "anderes_wiki"), encoding="utf-8"
    )
    held = rows(db, "SELECT * FROM revisions")
    assert_one_sentence(wikitrail("--db", db, "import", other), 2, "anderes.xml", "choose another --db")
    assert rows(db, "SELECT * FROM revisions") == held


def test_a_database_that_is_a_device_or_a_pipe(tmp_path: Path) -> None:
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/null")
    for name in (pipe, device):
        assert_one_sentence(wikitrail("--db", name, "status"), 2, f"{name} is no plain file")
        assert_one_sentence(wikitrail("--db", name, "sync", "http://127.0.0.1:9/"), 2, f"{name} is no plain file")


def test_a_database_that_is_not_ours(db: Path, sample_wiki_path: Path) -> None:
    connection = sqlite3.connect(db)
    connection.execute("CREATE TABLE invoices (number)")
    connection.commit()
    connection.close()
    before = db.read_bytes()
    assert_one_sentence(wikitrail("--db", db, "import", sample_wiki_path), 2, "another program")
    assert db.read_bytes() == before


@pytest.mark.parametrize("command", ["status", "changes", "report", "coverage", "export", "reparse"])
def test_a_database_that_is_damaged(db: Path, damaged: bytes, command: str) -> None:
    db.write_bytes(damaged)
    result = wikitrail("--db", db, command, *(("-o", db.parent / "out") if command in ("report", "export") else ()))
    assert_one_sentence(result, 1, f"{db} is damaged", "run “sync” or “import” anew")


def test_a_database_that_is_cut_off(db: Path, damaged: bytes) -> None:
    db.write_bytes(damaged[: len(damaged) // 4])
    assert_one_sentence(wikitrail("--db", db, "status"), 1, f"{db} is damaged")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory, sample_wiki_path: Path) -> bytes:
    """A database whose tables were overwritten, all but that of the migrations."""
    db = tmp_path_factory.mktemp("damaged") / "wiki.db"
    wikitrail("--db", db, "import", sample_wiki_path)
    roots = rows(db, "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%migrations%'")
    ((size,),) = rows(db, "PRAGMA page_size")
    data = bytearray(db.read_bytes())
    for (root,) in roots:
        data[(root - 1) * size : root * size] = b"?" * size
    return bytes(data)


def test_a_file_that_is_no_database(db: Path, sample_wiki_path: Path) -> None:
    db.write_text("Einkaufsliste: Brot, Butter, und noch vieles andere mehr", encoding="utf-8")
    assert_one_sentence(wikitrail("--db", db, "import", sample_wiki_path), 2, "not a SQLite database")
    assert db.read_text(encoding="utf-8").startswith("Einkaufsliste")


def test_a_database_from_a_newer_version(db: Path, sample_wiki_path: Path) -> None:
    assert wikitrail("--db", db, "import", sample_wiki_path).code == 0
    connection = sqlite3.connect(db)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('wikitrail', 'm999_later', '2030-01-01')"
    )
    connection.commit()
    connection.close()
    assert_one_sentence(wikitrail("--db", db, "status"), 2, "another version", "m999_later")


def test_a_database_that_is_missing(db: Path) -> None:
    for command in (["status"], ["changes"], ["report"], ["text", 1]):
        assert_one_sentence(wikitrail("--db", db, *command), 2, "There is no database")
    assert not db.exists()


def test_a_command_to_copy_has_a_name_with_a_blank_in_quotes(tmp_path: Path) -> None:
    result = wikitrail("--db", tmp_path / "mein wiki.db", "status")
    assert_one_sentence(result, 2, f"run “wikitrail --db '{tmp_path}/mein wiki.db' sync URL”")


def test_a_revision_that_is_not_there(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    assert_one_sentence(wikitrail("--db", db, "text", 99999), 1, "There is no revision 99999")


def slow(wiki: MediaWiki) -> None:
    wiki.configure("if (isset($_GET['list'])) { usleep(6000000); }")


def start_sync(db: Path, wiki: MediaWiki) -> subprocess.Popen[bytes]:
    """A sync under way: it has its lock, and waits for a slow wiki."""
    mark = wiki.mark()
    process = subprocess.Popen(
        command_line("--db", db, "sync"),
        env=environment(),
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - in the background it is ignored
    )
    deadline = time.monotonic() + 30
    while not wiki.requests(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is None
    return process


def test_a_second_run_at_the_same_time(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    slow(mediawiki)
    first = start_sync(db, mediawiki)
    assert_one_sentence(wikitrail("--db", db, "sync"), 75, "Another run works on")
    assert wikitrail("--db", db, "status").code == 0, "readers do not wait for a run"
    assert first.wait(timeout=30) == 0
    assert first.stderr is not None
    first.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle(mediawiki: MediaWiki, db: Path, number: signal.Signals) -> None:
    sync(db, mediawiki.url)
    mediawiki.edit("Hauptseite", "Danach")
    slow(mediawiki)
    process = start_sync(db, mediawiki)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().strip() == "Stopped. What was committed is kept; the next run goes on from there."
    assert rows(db, "SELECT status FROM runs ORDER BY run_id DESC LIMIT 1") == [("interrupted",)]
    assert sync(db)["revisions_new"] == 1
    assert_exact(db, mediawiki)


def test_a_killed_run_leaves_no_lock(mediawiki: MediaWiki, db: Path) -> None:
    sync(db, mediawiki.url)
    slow(mediawiki)
    process = start_sync(db, mediawiki)
    process.kill()
    process.communicate(timeout=30)
    assert sync(db)["status"] == "ok"
    assert rows(db, "SELECT status FROM runs ORDER BY run_id") == [("ok",), ("interrupted",), ("ok",)]


def limited(kib: int, *args: object, cwd: Path | None = None) -> Result:
    """The command where no file may grow past this size, as on a full disk: a write fails in the same call."""
    shell = ["bash", "-c", f'ulimit -f {kib}; exec "$@"', "bash"]
    done = subprocess.run(
        [*shell, *command_line(*args)], cwd=cwd, env=environment(), capture_output=True, check=False, timeout=60
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_full_disk(db: Path, sample_wiki_path: Path) -> None:
    assert_one_sentence(limited(600, "--db", db, "import", sample_wiki_path), 1, "is full")
    ((check,),) = rows(db, "PRAGMA integrity_check")
    assert check == "ok"
    assert wikitrail("--db", db, "import", sample_wiki_path).code == 0
    assert rows(db, "SELECT count(*) FROM revisions") == [(216,)]


def test_the_note_of_a_run_says_in_a_sentence_what_stopped_it(db: Path) -> None:
    def fill_up() -> None:
        with running("sync", db, create=True) as run:
            run.db.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size
            run.db.execute("CREATE TABLE large AS SELECT zeroblob(1000000) AS bytes")

    with pytest.raises(DatabaseFull):
        fill_up()
    ((status, error),) = rows(db, "SELECT status, error FROM runs")
    assert status == "failed"
    assert error.startswith(f"The disk that holds {db} is full")


def test_a_report_that_cannot_be_written(tmp_path: Path, db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    (tmp_path / "belegt").write_text("eine Datei", encoding="utf-8")
    result = wikitrail("--db", db, "report", "-o", tmp_path / "belegt")
    assert_one_sentence(result, 2, "cannot be written")
    assert_one_sentence(wikitrail("--db", db, "report", "--format", "pdf"), 2, "“pdf”")
    assert wikitrail("--db", db, "report", "--since", "gestern").code == 2


def test_unknown_texts_in_a_batch_do_not_stop_the_rest() -> None:
    lines = b'{"id": 1, "title": "A", "text": "[[Kategorie:X]]"}\nkaputt\n{"id": 3, "text": "b"}\n'
    result = wikitrail("parse", "--batch", stdin=lines)
    assert result.code == 0
    assert [line[:9] for line in result.out.splitlines()] == ['{"id": 1,', '{"id": nu', '{"id": 3,']


def test_the_demo_never_overwrites_a_mirror(tmp_path: Path, sample_wiki_path: Path) -> None:
    other = tmp_path / "anderes.xml"
    renamed = sample_wiki_path.read_text(encoding="utf-8").replace("MediawikiOB (Beispiel)", "Mein Wiki")
    other.write_text(renamed, encoding="utf-8")
    assert wikitrail("--db", tmp_path / "wiki.db", "import", other).code == 0
    before = (tmp_path / "wiki.db").read_bytes()
    assert_one_sentence(wikitrail("demo", "--out", tmp_path), 2, "not from an earlier demo", "--out")
    assert (tmp_path / "wiki.db").read_bytes() == before
    (tmp_path / "liste").mkdir()
    (tmp_path / "liste" / "wiki.db").write_text("wichtig", encoding="utf-8")
    assert_one_sentence(wikitrail("demo", "--out", tmp_path / "liste"), 2, "not from an earlier demo")


def test_a_password_in_the_address_is_refused_and_not_repeated(db: Path) -> None:
    result = wikitrail("--db", db, "sync", "http://nora:geheim@127.0.0.1:9/")
    assert_one_sentence(result, 2, "~/.netrc")
    assert "geheim" not in result.err
    assert not db.exists()


def test_a_folder_for_a_database(tmp_path: Path) -> None:
    assert_one_sentence(wikitrail("--db", tmp_path, "status"), 2, "is a folder")


def test_a_mistyped_page(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    assert_one_sentence(
        wikitrail("--db", db, "changes", "--page", "klimaschutzkonzept"), 2, "did you mean “Klimaschutzkonzept”?"
    )
    backwards = wikitrail("--db", db, "changes", "--since", "2025-01-01", "--until", "2024-01-01")
    assert_one_sentence(backwards, 2, "swap --since and --until")
    empty = wikitrail("--db", db, "changes", "--since", "2024-01-01", "--until", "2024-01-01")
    assert_one_sentence(empty, 2, "ends when it begins (2024-01-01T00:00:00Z)")


@pytest.mark.parametrize(
    "typed", ["Senior:innenförderplan", "Senior:innenfo\u0308rderplan", " Senior:innenförderplan_"]
)
def test_a_title_however_its_umlauts_and_blanks_are_typed(sample_db: Path, typed: str) -> None:
    listed = wikitrail("--db", sample_db, "changes", "--page", typed)
    assert (listed.code, listed.err) == (0, "")
    assert "Senior:innenförderplan" in listed.out
    table = wikitrail("--db", sample_db, "export", "--format", "csv", "--table", "infobox", "--page", typed)
    assert (table.code, table.err) == (0, "")


def test_bulk_changes_of_one_page_are_those_that_it_took_part_in_or_missed(sample_db: Path) -> None:
    def rules(page: str) -> list[str]:
        listed = wikitrail("--db", sample_db, "changes", "--bulk", "--json", "--page", page).json
        return [bulk["kind"] for bulk in listed]

    assert rules("Lärmaktionsplan").count("link") == 1, "its links were missed"
    assert rules("Kinder- und Jugendförderplan").count("link") == 1
    assert rules("Hauptseite") == []


def test_a_moved_page_has_all_its_changes_under_its_title_of_today(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    listed = wikitrail("--db", db, "changes", "--page", "Freiraumentwicklungskonzept", "--kind", "page").out
    assert "page moved  Freiflächenkonzept → Freiraumentwicklungskonzept" in listed


@pytest.mark.parametrize("kind", ["report", "export"])
def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, db: Path, sample_wiki_path: Path, kind: str) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    out = tmp_path / "out"
    out.mkdir()
    target = out / "wiki.xml" if kind == "export" else out
    result = limited(40, "--db", db, kind, "-o", target)  # SQLite's index of the log needs 32
    assert_one_sentence(result, 1, str(out), "File too large")
    assert list(out.iterdir()) == []


def test_a_full_disk_leaves_no_empty_configuration(mediawiki: MediaWiki, tmp_path: Path) -> None:
    result = limited(0, "init", mediawiki.url, cwd=tmp_path)
    assert_one_sentence(result, 1, "wikitrail.toml cannot be written", "File too large")
    assert list(tmp_path.glob("*.toml*")) == []


def test_a_report_without_a_wiki(db: Path) -> None:
    wikitrail("--db", db, "sync", "http://127.0.0.1:9/")
    assert_one_sentence(wikitrail("--db", db, "report"), 2, "holds no wiki yet")


def test_a_schedule_without_a_wiki(tmp_path: Path) -> None:
    assert_one_sentence(wikitrail("schedule", cwd=tmp_path), 2, "No wiki is named")


def test_a_full_output_and_a_reader_that_leaves(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    listing = " ".join(map(str, command_line("--db", db, "changes")))
    for tail, code in (("> /dev/full", 1), ("| head -n 1", 0)):
        shell = subprocess.run(["bash", "-c", f"{listing} {tail}"], env=environment(), capture_output=True, check=False)
        assert shell.returncode == code
        assert b"Traceback" not in shell.stderr
        assert shell.stderr.count(b"\n") <= 1


def test_a_terminal_that_knows_no_arrows(db: Path, sample_wiki_path: Path) -> None:
    wikitrail("--db", db, "import", sample_wiki_path)
    plain = {**environment(), "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(command_line("--db", db, "changes", "--bulk"), env=plain, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"\\u2192" in done.stdout


def test_a_database_that_may_only_be_read(db: Path, sample_wiki_path: Path) -> None:
    """As somebody without rights in the folder would open it."""
    wikitrail("--db", db, "import", sample_wiki_path)
    opened = _open_as_it_lies(db)
    try:
        assert opened.execute("SELECT count(*) FROM revisions").fetchone() == (216,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.execute("DELETE FROM revisions")
    finally:
        opened.close()
    assert not db.with_name("wiki.db-wal").exists()
