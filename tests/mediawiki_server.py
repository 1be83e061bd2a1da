"""A MediaWiki under PHP's own web server: installs an empty wiki, serves copies, logs requests."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mediawiki_trees import INSTALLED, Tree

ADMIN = "Admin"
PASSWORD = "probelauf-im-herbst"  # of every account of these throw-away wikis
OWN_HEADER = "X-Test-Helper"  # requests that carry it are not logged

_SETTINGS = r"""
# Added for tests.
$wgServer = 'http://127.0.0.1:' . trim( file_get_contents( __DIR__ . '/port' ) );
$wgRateLimits = [];
$wgObjectCacheSessionExpiry = 86400;
$wgJobRunRate = 0;
$wgMainCacheType = CACHE_ACCEL;
$wgCacheDirectory = '@TEMPLATE@/cache';
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['manualRecache'] = true;
# What an edit entails is done before its answer: the next request sees all of it.
$wgForceDeferredUpdatesPreSend = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['suppressrevision'] = true;
$wgGroupPermissions['sysop']['suppressionlog'] = true;
$wgGroupPermissions['sysop']['mergehistory'] = true;
$wgGroupPermissions['sysop']['importupload'] = true;
$wgGroupPermissions['sysop']['import'] = true;
$wgGroupPermissions['sysop']['noratelimit'] = true;
$wgShowExceptionDetails = true;
# Passwords of tests need no slow hash and no search in lists of common ones.
$wgPasswordDefault = 'B';
$wgPasswordPolicy['policies'] = [ 'default' => [ 'MinimalPasswordLength' => 1 ] ];
wfLoadExtension( 'ParserFunctions' );
"""

# Written before MediaWiki runs, so that a request is in the log when its answer arrives.
_PREPEND = rf"""<?php
define( 'MW_CONFIG_FILE', __DIR__ . '/LocalSettings.php' );
if ( !isset( $_SERVER['HTTP_{OWN_HEADER.upper().replace("-", "_")}'] ) ) {{
	file_put_contents( getenv( 'REQUEST_LOG' ), json_encode( [
		'method' => $_SERVER['REQUEST_METHOD'],
		'path' => parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ),
		'params' => (object)( $_GET + $_POST ),
		'headers' => (object)getallheaders(),
	], JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR ) . "\n", FILE_APPEND | LOCK_EX );
}}
"""


class WikiError(Exception):
    """The wiki refused what a test asked of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached MediaWiki; ``params`` are those of the address and of the body together."""

    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]


def install(folder: Path, tree: Tree = INSTALLED) -> Path:
    """Install an empty German wiki into ``folder`` (absent or empty), for ``Server`` to copy; about 1 s."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tree.json").write_text(json.dumps([tree.name, str(tree.code), tree.php]))
    (folder / "port").write_text("1")
    for name in ("cache", "opcache"):
        (folder / name).mkdir()
    options = ["--confpath", folder, "--dbtype", "sqlite", "--dbpath", folder / "data", "--lang", "de"]
    options += ["--server", "http://127.0.0.1", "--scriptpath", "", "--pass", PASSWORD, "Testwiki", ADMIN]
    run_php(tree, "install", *map(str, options))
    settings = folder / "LocalSettings.php"
    # The copies keep their databases beside their settings.
    text, changed = re.subn(r"\$wgSQLiteDataDir = .*;", "$wgSQLiteDataDir = __DIR__ . '/data';", settings.read_text())
    if changed != 1:
        raise WikiError(f"{settings} does not name its database folder as expected")
    settings.write_text(text + _SETTINGS.replace("@TEMPLATE@", str(folder)))
    (folder / "prepend.php").write_text(_PREPEND)
    run_php(tree, "rebuildLocalisationCache", "--lang=de,en", settings=settings)
    run_php(tree, "changePassword", "--user", ADMIN, "--password", PASSWORD, settings=settings)
    return folder


class Server:
    """One copied wiki and its processes. ``template`` is what ``install`` made; ``folder`` must not exist.

    ``settings`` is PHP that is added to LocalSettings.php, also later by ``configure``.
    """

    def __init__(self, template: Path, folder: Path, *, settings: str = "") -> None:
        self.template = template
        name, code, php = json.loads((template / "tree.json").read_text())
        self.tree = Tree(name, Path(code), php)
        self.folder = folder
        shutil.copytree(template, folder, ignore=shutil.ignore_patterns("cache", "opcache"))
        self.db_path = folder / "data" / "my_wiki.sqlite"
        self.url = self.api_url = ""
        self._request_log = folder / "requests.jsonl"
        self._request_log.touch()
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(settings)

    def configure(self, php: str) -> None:
        """Add lines to LocalSettings.php; they hold from the next request on."""
        with (self.folder / "LocalSettings.php").open("a") as file:
            file.write(f"\n{php}\n")

    def serve(self) -> None:
        """Serve on a free port, or again on the one from before; return when the port is open."""
        log = self.folder / "server.log"
        for _ in range(5):  # another process may take the port between choosing and using it
            port = int(self.url.rpartition(":")[2]) if self.url else _free_port()
            (self.folder / "port").write_text(str(port))
            log.unlink(missing_ok=True)
            self._process = self._spawn(port, log)
            _RUNNING.add(self)
            if self._is_up(log):
                self.url = f"http://127.0.0.1:{port}"
                self.api_url = f"{self.url}/api.php"
                return
            self.stop()
        raise WikiError(f"the wiki did not start: {log.read_text()}")

    def stop(self) -> None:
        """End the server and its workers; the database stays."""
        _RUNNING.discard(self)
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._process = None
        while self.url and _is_open(int(self.url.rpartition(":")[2])):  # a worker that is about to end
            time.sleep(0.002)

    def processes(self) -> list[int]:
        """Ids of the processes of PHP's web server, in the order in which they began."""
        assert self._process is not None
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it has ended since
                pid, name, _, _, group = entry.read_text().split()[:5]
                if name.startswith("(php") and int(group) == self._process.pid:
                    found.append(int(pid))
        return sorted(found)

    def mark(self) -> int:
        """The number of requests so far, for ``requests(since=…)``."""
        return len(self.requests())

    def requests(self, since: int = 0) -> list[Request]:
        """What reached api.php, index.php and the like from others than this helper, in order."""
        lines = self._request_log.read_text(encoding="utf-8").splitlines()
        return [Request(**json.loads(line)) for line in lines[since:]]

    def maintenance(self, script: str, *arguments: str, stdin: bytes = b"", timeout: float = 120) -> bytes:
        """Run ``maintenance/<script>.php`` on this wiki and return what it printed."""
        settings = self.folder / "LocalSettings.php"
        return run_php(self.tree, script, *arguments, settings=settings, stdin=stdin, timeout=timeout)

    def _spawn(self, port: int, log: Path) -> subprocess.Popen[bytes]:
        # PHP crashes now and then when a file changes that its processes share in compiled form.
        blacklist = self.folder / "uncached"
        blacklist.write_text(f"{self.folder / 'LocalSettings.php'}\n")
        options = {
            "auto_prepend_file": self.folder / "prepend.php",
            "opcache.file_cache": self.template / "opcache",  # the first request of a fresh wiki is then a warm one
            "opcache.revalidate_freq": 0,
            "opcache.blacklist_filename": blacklist,
            "opcache.interned_strings_buffer": 32,  # several languages and skins fill the usual 8 MB; PHP then crashes
            "output_buffering": 0,  # otherwise MediaWiki does not compress its answers
            "memory_limit": "512M",
            "post_max_size": "64M",
            "upload_max_filesize": "64M",
        }
        flags = [part for key, value in options.items() for part in ("-d", f"{key}={value}")]
        # The shell starts PHP again when it crashed (status 128 and more), once its workers have left the port, and
        # ends the whole group when PHP ended otherwise, or when the pipe closes: this process has died.
        again = 'until "$@" </dev/null; [ $? -lt 128 ]; do kill -INT 0; sleep 0.1; done'
        script = f"trap '' INT; ({again}; kill -9 0) & read _; kill -9 0"
        command = ["sh", "-c", script, "sh", self.tree.php, *flags, "-S", f"127.0.0.1:{port}"]
        command += ["-t", str(self.tree.code)]
        variables = {
            "PHP_CLI_SERVER_WORKERS": "2",
            "REQUEST_LOG": str(self._request_log),
        }
        with log.open("wb") as out:
            return subprocess.Popen(
                command,
                env=os.environ | variables,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _is_up(self, log: Path) -> bool:
        deadline = time.monotonic() + 10
        while self._process is not None and self._process.poll() is None and time.monotonic() < deadline:
            if b") started" in log.read_bytes():  # said when the port is bound, and by nobody else who may hold it
                return True
            time.sleep(0.005)
        return False


def run_php(
    tree: Tree, script: str, *arguments: str, settings: Path | None = None, stdin: bytes = b"", timeout: float = 120
) -> bytes:
    command = [tree.php, str(tree.code / "maintenance" / f"{script}.php")]
    if settings is not None:
        command += ["--conf", str(settings)]
    done = subprocess.run([*command, *arguments], input=stdin, capture_output=True, timeout=timeout, check=False)
    if done.returncode:
        raise WikiError(f"{script}.php failed: {(done.stdout + done.stderr).decode(errors='replace')[-2000:]}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


_RUNNING: set[Server] = set()


@atexit.register
def _stop_all() -> None:
    for server in list(_RUNNING):
        server.stop()
