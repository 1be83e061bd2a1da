"""What a terminal shows while a run waits, and how long a first contact may take."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

from tests.wikitrail import ROOT, environment, wikitrail


def on_a_terminal(code: str) -> str:
    """What a program shows on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    env = environment(TERM="xterm", COLUMNS="80")
    shown = b""
    with subprocess.Popen([sys.executable, "-c", code], stderr=theirs, stdout=theirs, env=env, cwd=ROOT):
        os.close(theirs)
        with suppress(OSError):  # Linux reports the end of a terminal as a fault
            while part := os.read(ours, 65_536):
                shown += part
    os.close(ours)
    return shown.decode()


def test_a_note_stands_above_the_bar() -> None:
    shown = on_a_terminal(
        "from pathlib import Path\n"
        "from jobs.config import Config\n"
        "from jobs.contact import make_session\n"
        "from jobs.progress import Progress\n"
        "from jobs.settings import Settings\n"
        "session = make_session(Settings(Config(), Path(), Path('wiki.db')))\n"
        "with Progress('revisions', 100) as progress:\n"
        "    progress.advance(30)\n"
        "    session.tell('The wiki is busy; waiting 1.0 s.')\n"
    )
    assert "revisions" in shown
    assert re.search(r"\x1b\[2KThe wiki is busy; waiting 1\.0 s\.\s*\r\n", shown), repr(shown)


def test_init_does_not_wait_long_for_an_address_that_may_be_mistyped(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    (tmp_path / "wikitrail.toml").write_text("[wiki]\nmax_wait = 60.0\n", encoding="utf-8")
    before = time.monotonic()
    result = wikitrail("init", f"http://127.0.0.1:{port}/", "--force", cwd=tmp_path)
    assert time.monotonic() - before < 20
    assert (result.code, result.err.count("\n")) == (75, 1), result.err
    assert "cannot be reached (connection refused); try again later" in result.err
