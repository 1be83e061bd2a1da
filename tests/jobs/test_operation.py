"""Operation: init, run, schedule, status, as an operator uses them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.config import ConfigError, ScheduleConfig, load_config
from jobs.schedule import make_trigger
from tests.mediawiki import MediaWiki
from tests.wikitrail import ROOT, assert_exact, command_line, environment, rows, wikitrail


@pytest.fixture
def home(mediawiki: MediaWiki, tmp_path: Path) -> Path:
    """A folder with a configuration that ``init`` wrote."""
    folder = tmp_path / "betrieb"
    folder.mkdir()
    result = wikitrail("init", f"{mediawiki.url}/index.php/Hauptseite", cwd=folder)
    assert result.code == 0, result.err
    assert "MediaWiki 1." in result.out
    return folder


def test_init_writes_a_configuration_that_holds(home: Path, mediawiki: MediaWiki) -> None:
    config = load_config(home / "wikitrail.toml")
    assert config.wiki.url == mediawiki.api_url
    assert config.report.languages == ("de",)
    again = wikitrail("init", mediawiki.url, cwd=home)
    assert again.code == 2
    assert "--force" in again.err
    assert wikitrail("init", mediawiki.url, "--force", cwd=home).code == 0


def test_init_writes_the_file_that_is_named_and_one_anew_that_cannot_be_read(home: Path, mediawiki: MediaWiki) -> None:
    named = wikitrail("--config", "zweites wiki.toml", "init", mediawiki.url, cwd=home)
    assert named.code == 0, named.err
    assert "then “wikitrail --config 'zweites wiki.toml' run”" in named.out
    assert load_config(home / "zweites wiki.toml").wiki.url == mediawiki.api_url
    (home / "wikitrail.toml").write_text("[wiki\n", encoding="utf-8")
    assert wikitrail("init", mediawiki.url, "--force", cwd=home).code == 0
    assert load_config(home / "wikitrail.toml").wiki.url == mediawiki.api_url


def test_run_reports_what_changed_since_the_last_report_and_is_silent_otherwise(
    home: Path, mediawiki: MediaWiki
) -> None:
    first = wikitrail("run", cwd=home)
    assert first.code == 0, first.err
    assert first.out == ""
    assert "first run" in first.err
    mediawiki.edit("Hauptseite", "Willkommen im neuen Wiki", user="Nora Feld")
    second = wikitrail("run", cwd=home)
    (report,) = [Path(line) for line in second.out.splitlines()]
    html = (home / report).read_text(encoding="utf-8")
    assert "Nora Feld" in html
    assert "Willkommen" in html
    assert "dem letzten Bericht" in html
    quiet = wikitrail("run", "--quiet", cwd=home)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert len(list((home / "reports").iterdir())) == 1


def test_what_a_failed_report_did_not_tell_is_told_by_the_next(home: Path, mediawiki: MediaWiki) -> None:
    wikitrail("run", cwd=home)
    mediawiki.edit("Hauptseite", "Einmal geändert")
    (home / "reports").write_text("kein Ordner", encoding="utf-8")
    failed = wikitrail("run", cwd=home)
    assert failed.code != 0
    (home / "reports").unlink()
    assert wikitrail("run", cwd=home).out.strip()


def test_a_mirror_that_was_begun_without_a_configuration_costs_no_more_with_one(
    home: Path, mediawiki: MediaWiki
) -> None:
    wikitrail("--db", home / "wiki.db", "sync", f"{mediawiki.url}/index.php/Hauptseite", cwd=home.parent)
    mark = mediawiki.mark()
    assert wikitrail("run", cwd=home).code == 0
    assert mediawiki.mark() - mark == 1


def test_one_of_a_thing_is_told_in_the_singular(home: Path, mediawiki: MediaWiki) -> None:
    wikitrail("run", cwd=home)
    assert "(1 request, " in wikitrail("sync", cwd=home).err
    mediawiki.edit("Hauptseite", "== Neues ==\nEs gibt Neues.")
    wikitrail("sync", cwd=home)
    mediawiki.edit("Hauptseite", "== Neues ==\nEs gibt viel Neues.")
    told = wikitrail("--db", "wiki.db", "sync", cwd=home).err
    assert "1 new revision, 1 change on 1 page (2 requests, " in told
    assert " kB, " in told


def test_status_fails_when_the_last_good_run_is_too_old(home: Path) -> None:
    never = wikitrail("status", cwd=home)
    assert never.code == 2
    wikitrail("run", cwd=home)
    fresh = wikitrail("status", cwd=home)
    assert fresh.code == 0
    assert "Last good: " in fresh.out
    config = home / "wikitrail.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("26h", "0m"), encoding="utf-8")
    time.sleep(1.1)
    stale = wikitrail("status", cwd=home)
    assert stale.code == 2
    assert "TOO OLD" in stale.out
    assert wikitrail("status", "--json", cwd=home).json["fresh"] is False


def test_the_schedule_runs_again_after_a_failed_run_and_stops_when_told(home: Path, mediawiki: MediaWiki) -> None:
    """Every second instead of the cron expression, in a process of its own: the first run meets a wiki that is down."""
    config = home / "wikitrail.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("max_wait = 30.0", "max_wait = 0.0"), encoding="utf-8")
    mediawiki.configure("if (!file_exists($wgSQLiteDataDir . '/go')) { http_response_code(503); exit; }")
    program = (
        "import jobs.schedule as s; from apscheduler.triggers.interval import IntervalTrigger as T;"
        "s.make_trigger = lambda config: T(seconds=1); import sys; sys.argv = ['wikitrail', 'schedule'];"
        "from jobs.cli import main; main()"
    )
    command = [command_line()[0], "-c", program]
    process = subprocess.Popen(command, cwd=home, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        wait_for(lambda: bool(home.joinpath("wiki.db").exists() and statuses(home).count("failed") >= 1))
        (mediawiki.db_path.parent / "go").touch()
        wait_for(lambda: "ok" in statuses(home))
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err.decode()
    assert "the run failed: " in err.decode()
    assert "Traceback" not in err.decode()
    assert_exact(home / "wiki.db", mediawiki)


def started_run(home: Path, mediawiki: MediaWiki, *, hears: bool) -> subprocess.Popen[bytes]:
    """A run that waits for long between its requests; whether it ``hears`` that its terminal is closed."""
    (home / "wikitrail.toml").write_text(f'[wiki]\nurl = "{mediawiki.api_url}"\ndelay = 20\n', encoding="utf-8")
    action = "SIG_DFL" if hears else "SIG_IGN"  # of signals that are ignored, a process inherits that
    code = f"import os, signal, sys; signal.signal(signal.SIGHUP, signal.{action}); os.execv(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *command_line("run")],
        cwd=home,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for(lambda: (home / "wiki.db").exists() and "running" in statuses(home))
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_run_whose_terminal_is_closed_is_marked_as_one_that_was_ended(
    home: Path, mediawiki: MediaWiki, number: signal.Signals
) -> None:
    with started_run(home, mediawiki, hears=True) as process:
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, "Stopped." in err.decode()) == (130, True), err.decode()
    assert statuses(home) == ["interrupted"]


def test_a_run_that_nohup_started_outlives_its_terminal(home: Path, mediawiki: MediaWiki) -> None:
    with started_run(home, mediawiki, hears=False) as process:
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        process.terminate()
        process.communicate(timeout=30)
    assert (process.returncode, statuses(home)) == (130, ["interrupted"])


def test_a_home_in_the_configuration_is_one(tmp_path: Path, mediawiki: MediaWiki) -> None:
    folder = tmp_path / "betrieb"
    folder.mkdir()
    (folder / "wikitrail.toml").write_text(
        f'database = "~/spiegel.db"\n[wiki]\nurl = "{mediawiki.api_url}"\n[report]\ndirectory = "~/berichte"\n',
        encoding="utf-8",
    )
    env = {"HOME": str(tmp_path)}
    assert wikitrail("run", cwd=folder, env=env).code == 0
    mediawiki.edit("Hauptseite", "Willkommen im neuen Wiki")
    assert wikitrail("run", cwd=folder, env=env).code == 0
    assert_exact(tmp_path / "spiegel.db", mediawiki)
    assert list((tmp_path / "berichte").iterdir())
    assert [path.name for path in folder.iterdir()] == ["wikitrail.toml"]


def wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def statuses(home: Path) -> list[str]:
    """Those of all runs by now; the file is there a moment before its tables are."""
    made = rows(home / "wiki.db", "SELECT 1 FROM sqlite_schema WHERE name = 'runs'")
    return [row[0] for row in rows(home / "wiki.db", "SELECT status FROM runs")] if made else []


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 6 * * 1", "2024-07-08T06:30:00+02:00"),  # Monday: cron counts from Sunday, the scheduler from Monday
        ("30 6 * * 0", "2024-07-07T06:30:00+02:00"),
        ("30 6 * * 7", "2024-07-07T06:30:00+02:00"),
        ("30 6 * * 4-6", "2024-07-04T06:30:00+02:00"),
        ("30 6 * * mon-fri", "2024-07-03T06:30:00+02:00"),
        ("*/15 * * * *", "2024-07-02T14:00:00+02:00"),
        ("0 8 1 * *", "2024-08-01T08:00:00+02:00"),
    ],
)
def test_a_cron_expression_means_what_cron_means(cron: str, expected: str) -> None:
    """Asked on Tuesday, 2 July 2024, 14:00 in Berlin."""
    trigger = make_trigger(ScheduleConfig(cron=cron, timezone="Europe/Berlin"))
    at = trigger.get_next_fire_time(None, datetime(2024, 7, 2, 12, 0, tzinfo=UTC))
    assert at is not None
    assert at.isoformat() == expected


def test_a_day_that_never_comes_is_told() -> None:
    with pytest.raises(ConfigError, match="never comes true"):
        make_trigger(ScheduleConfig(cron="0 0 31 2 *", timezone="Europe/Berlin"))


def test_the_demo_says_what_was_planted(tmp_path: Path) -> None:
    result = wikitrail("demo", cwd=tmp_path)
    assert result.code == 0, result.err
    told = " ".join(result.out.split())
    assert "On 18 pages, 26 links were moved from allris.oberhausen.de to ratsinfo.oberhausen.de" in told
    assert "two pages were missed; on one page the number no longer matches" in told
    for line in result.out.splitlines():
        if line.startswith(("Report:", "Database:")):
            assert (tmp_path / line.split()[1]).is_file()
    stragglers, exceptions = rows(
        tmp_path / "wikitrail-demo" / "wiki.db",
        "SELECT stragglers, exceptions FROM bulk_changes WHERE pattern_before LIKE '%allris%'",
    )[0]
    assert "Lärmaktionsplan" in stragglers
    assert "Vergnügungsstättenkonzept" in stragglers
    assert "VOLFDNR=14132" in exceptions
    assert wikitrail("demo", cwd=tmp_path).code == 0, "a second time in the same folder"
    assert (ROOT / "data" / "sample-wiki.xml").is_file()
