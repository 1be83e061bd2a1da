"""What all tests share: a real MediaWiki, the system's Chromium, and: nothing is skipped in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.mediawiki import MediaWiki, install
from tests.mediawiki_trees import chosen_tree

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_INSTALL_LINE = "apt-get install -y --no-install-recommends chromium"


@pytest.fixture(scope="session")
def mediawiki_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One empty German wiki, installed once; wikis of single tests are copies of it."""
    tree = chosen_tree()
    if reason := tree.lacks():
        pytest.skip(reason)
    return install(tmp_path_factory.mktemp("mediawiki-template") / "wiki", tree)


@pytest.fixture
def make_mediawiki(mediawiki_template: Path, tmp_path: Path) -> Iterator[Callable[..., MediaWiki]]:
    """``make_mediawiki(settings="")`` starts another fresh wiki; ``settings`` is PHP for its settings."""
    wikis: list[MediaWiki] = []

    def make(settings: str = "") -> MediaWiki:
        wikis.append(MediaWiki(mediawiki_template, tmp_path / f"wiki-{len(wikis)}", settings=settings))
        return wikis[-1].start()

    yield make
    for wiki in wikis:
        wiki.stop()


@pytest.fixture
def mediawiki(make_mediawiki: Callable[..., MediaWiki]) -> MediaWiki:
    """A fresh, running wiki with one page, Hauptseite."""
    return make_mediawiki()


@pytest.fixture(scope="module")
def module_mediawiki(mediawiki_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    """A wiki that all tests of a file share: for those that only read, or that keep to pages of their own."""
    with MediaWiki(mediawiki_template, tmp_path_factory.mktemp("mediawiki") / "wiki") as wiki:
        yield wiki


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium, for Playwright's ``executable_path`` (root needs ``--no-sandbox`` as well)."""
    for name in ("/usr/bin/chromium", "chromium", "chromium-browser"):
        if path := shutil.which(name):
            return path
    pytest.skip(f"Chromium is not installed: {CHROMIUM_INSTALL_LINE}")


@pytest.fixture(scope="session")
def sample_wiki_path() -> Path:
    """The XML export of the sample wiki that the package carries."""
    return ROOT / "data" / "sample-wiki.xml"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let ``-m "not mediawiki and not browser"`` choose the tests that need nothing but Python."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "mediawiki_template" in names:
            item.add_marker("mediawiki")
        if "chromium_path" in names:
            item.add_marker("browser")


def _fail_when_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI a test that could not run is one that failed: a green run has proved everything."""
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skipped tests into failures in CI."""
    report = yield
    _fail_when_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for files that skip themselves."""
    report = yield
    _fail_when_skipped(report)
    return report
