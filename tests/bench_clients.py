"""What reads a whole wiki, ours and others', each as a process of its own that is measured from outside.

The others are installed from PyPI, at these versions, into an environment of their own that is kept between runs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mediawiki import MediaWiki
from tests.wikitrail import ROOT, command_line, environment

PEERS = {"wikiteam3": "4.4.10", "mwclient": "0.11.0", "pywikibot": "11.9.0"}
_TESTS = ROOT / "tests"


class PeersMissing(Exception):
    """The environment of the peers could not be made."""


@dataclass(frozen=True, slots=True)
class Client:
    """``command(wiki, folder)`` runs in the empty ``folder``; ``count`` reads from its output what revisions it got."""

    name: str
    command: Callable[[MediaWiki, Path], Sequence[str]]
    count: Callable[[str, Path], int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took: seconds by the clock, seconds of the client's own CPU (system time apart), peak memory in
    bytes of its largest process, bytes over the loopback interface (those of other programs too; None where the
    system does not count them), requests in the wiki's log, revisions read."""

    seconds: float
    user: float
    memory: int
    traffic: int | None
    requests: int
    revisions: int


def ours() -> Client:
    """``wikitrail sync``: everything in SQLite, with records, intervals and changes of every revision."""

    def count(out: str, _: Path) -> int:
        found = re.search(r'"revisions_new": (\d+)', out)
        return int(found[1]) if found else 0

    return Client(
        "wikitrail sync",
        lambda wiki, folder: command_line("--db", folder / "wiki.db", "sync", wiki.url, "--json"),
        count,
    )


def bare_loop() -> Client:
    """The cheapest that asking can be: one listing with all texts, of which nothing is kept."""
    return Client("bare loop", lambda wiki, _: [sys.executable, str(_TESTS / "bench_bare.py"), wiki.api_url], _printed)


def peers() -> list[Client]:
    """The peers, installed if they are not yet. Raises PeersMissing with what to do."""
    bin_folder = _environment() / "bin"
    python = str(bin_folder / "python")

    def dump(wiki: MediaWiki, folder: Path) -> list[str]:
        generator = str(bin_folder / "wikiteam3dumpgenerator")
        where = ["--api", wiki.api_url, "--index", f"{wiki.url}/index.php", "--path", str(folder / "dump")]
        return [generator, *where, "--xml", "--xmlrevisions", "--delay", "0", "--force", "--failfast"]

    def dumped(_: str, folder: Path) -> int:
        return sum(file.read_bytes().count(b"<revision>") for file in (folder / "dump").glob("*.xml"))

    return [
        Client("wikiteam3 (XML file)", dump, dumped),
        *(
            Client(
                f"{name} (keeps nothing)",
                lambda wiki, _, script=script: [python, str(_TESTS / script), wiki.api_url],  # type: ignore[misc]
                _printed,
            )
            for name, script in (("mwclient", "bench_mwclient.py"), ("pywikibot", "bench_pywikibot.py"))
        ),
    ]


def _printed(out: str, _: Path) -> int:
    return int(out.split()[-1])


def _environment() -> Path:
    """The environment of the peers, in the user's cache folder, named by what is in it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = "-".join([f"{sys.version_info.major}.{sys.version_info.minor}", *PEERS.values()])
    folder = cache / "wikitrail" / f"bench-peers-{name}"
    ready = folder / "ready"
    if not ready.exists():
        print(f"Installing the peers into {folder} …", file=sys.stderr)
        wanted = [f"{package}=={version}" for package, version in PEERS.items()]
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted]
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, capture_output=True)
            subprocess.run(pip, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            said = str(error.stderr).strip().splitlines()
            raise PeersMissing(f"{said[-1] if said else error} (is PyPI reachable?)") from error
        ready.touch()
    return folder


def watched(command: Sequence[str], folder: Path, **variables: str) -> tuple[int, float, float, int, str]:
    """Run a command in ``folder``: its exit code, seconds, seconds of CPU, peak memory in bytes, and all that it said.

    ``variables`` are those of its environment beside ours. Python keeps what it compiled, as it does of what is
    installed.
    """
    variables = {"PYTHONDONTWRITEBYTECODE": "", **variables}
    said, taken = folder / "output.txt", folder / "taken.json"
    watch = [sys.executable, "-I", "-S", str(_TESTS / "bench_watch.py"), str(said), str(taken)]
    subprocess.run([*watch, *command], cwd=folder, env=environment(**variables), stdin=subprocess.DEVNULL, check=True)
    code, seconds, user, memory = json.loads(taken.read_text())
    return code, seconds, user, memory, said.read_text(encoding="utf-8", errors="replace")


def measure(command: Sequence[str], folder: Path) -> tuple[float, float, int, str]:
    """Run a command in ``folder``: its seconds, seconds of CPU, peak memory in bytes, and output.

    Raises RuntimeError with the end of what it said when it fails.
    """
    code, seconds, user, memory, text = watched(command, folder, NO_PROXY="127.0.0.1", PYWIKIBOT_NO_USER_CONFIG="2")
    if code:
        raise RuntimeError(f"{command[0]} failed:\n{text[-1000:]}")
    return seconds, user, memory, text


def run(client: Client, wiki: MediaWiki, folder: Path) -> Measured:
    """Let a client read the whole wiki, from nothing."""
    folder.mkdir()
    mark, before = wiki.mark(), _loopback()
    seconds, user, memory, out = measure(client.command(wiki, folder), folder)
    after = _loopback()
    traffic = after - before if after is not None and before is not None else None
    return Measured(seconds, user, memory, traffic, len(wiki.requests(mark)), client.count(out, folder))


def _loopback() -> int | None:
    """Bytes that went over the loopback interface since the machine was started (Linux)."""
    counters = Path("/sys/class/net/lo/statistics/rx_bytes")
    return int(counters.read_text()) if counters.exists() else None
