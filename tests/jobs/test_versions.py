"""The mirror on every other MediaWiki that is at hand (MEDIAWIKI_TREES), and on answers in the shape of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.jobs import test_mirror as events
from tests.mediawiki import DumpRevision, MediaWiki, install
from tests.mediawiki_shapes import SHAPES, Shape, ShapedWiki
from tests.mediawiki_trees import Tree, other_trees
from tests.storm import storm
from tests.storm_scenes import generate
from tests.wikitrail import assert_exact, rows, sync, wikitrail

TREES = other_trees()
NEWEST = [tree for tree in TREES if tree.name >= "1.43"]
STORM_OPERATIONS = 60

# One after the other on one wiki: each finds the pages that it names.
CHAIN: tuple[Callable[[MediaWiki], None], ...] = (
    events.hidden, events.protected, events.null_edit_and_revert, events.merged, events.imported_with_old_times,
    events.titles_swapped, events.deleted_and_restored, events.restored_into_a_new_page, events.moved_then_deleted,
)  # fmt: skip


def live_through(wiki: MediaWiki, url: str, db: Path) -> None:
    """Mirror a wiki at ``url``, and again after each of the events; each time it is exact, and nothing is warned of."""
    events.import_page(wiki, "Kurz", DumpRevision("2009-05-01T10:00:00Z", "Ada Berg", "Vorläufer"))
    events.fill(wiki)
    assert sync(db, url)["warnings"] == []
    assert_exact(db, wiki)
    for event in CHAIN:
        event(wiki)
        assert sync(db)["warnings"] == [], event.__name__
        assert_exact(db, wiki)
    again = sync(db)
    assert (again["revisions_new"], again["changes"], again["requests"]) == (0, 0, 1)
    audit = wikitrail("--db", db, "audit", "--json")
    assert (audit.code, audit.json["warnings"]) == (0, []), audit.out


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree: Tree = request.param
    assert tree.lacks() is None
    return install(tmp_path_factory.mktemp("mediawiki") / "wiki", tree)


@pytest.fixture
def start(template: Path, tmp_path: Path) -> Iterator[Callable[..., MediaWiki]]:
    wikis: list[MediaWiki] = []

    def make(settings: str = "") -> MediaWiki:
        wikis.append(MediaWiki(template, tmp_path / f"wiki-{len(wikis)}", settings=settings))
        return wikis[-1].start()

    yield make
    for wiki in wikis:
        wiki.stop()


on_each = pytest.mark.parametrize("template", TREES, ids=lambda tree: tree.name, indirect=True)
on_new = pytest.mark.parametrize("template", NEWEST, ids=lambda tree: tree.name, indirect=True)


@on_each
def test_a_real_wiki_of_another_version_is_mirrored_exactly(start: Callable[..., MediaWiki], tmp_path: Path) -> None:
    wiki = start()
    live_through(wiki, wiki.api_url, tmp_path / "wiki.db")


@on_each
def test_a_short_storm_finds_no_difference(template: Path, tmp_path: Path) -> None:
    outcome = storm(generate(STORM_OPERATIONS, 11), template, tmp_path / "wiki", timedelta(seconds=1))
    assert outcome.failure is None, outcome.failure
    assert outcome.done.total() > STORM_OPERATIONS / 2


@on_new
def test_temporary_accounts_are_users_with_a_name(start: Callable[..., MediaWiki], tmp_path: Path) -> None:
    wiki = start("$wgAutoCreateTempUser['known'] = true; $wgAutoCreateTempUser['enabled'] = true;")
    wiki.edit("Frage", "Wer war das?", user=None)
    db = tmp_path / "wiki.db"
    sync(db, wiki.api_url)
    ((user, user_id),) = rows(db, "SELECT user, user_id FROM revisions JOIN pages USING (page_id) WHERE title='Frage'")
    assert user.startswith("~")
    assert user_id > 0
    assert_exact(db, wiki)


@pytest.mark.parametrize("name", [name for name in SHAPES if "without" not in name])
def test_answers_in_the_shape_of_another_version_are_mirrored_exactly(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path, name: str
) -> None:
    wiki = make_mediawiki(SHAPES[name].settings)
    with ShapedWiki(wiki.api_url, SHAPES[name]) as shaped:
        live_through(wiki, shaped.url, tmp_path / "wiki.db")
        assert rows(tmp_path / "wiki.db", "SELECT generator FROM site") == [(SHAPES[name].generator,)]


def test_texts_without_hashes_are_taken_as_they_come(make_mediawiki: Callable[..., MediaWiki], tmp_path: Path) -> None:
    shape, db = SHAPES["1.31 without hashes"], tmp_path / "wiki.db"
    wiki = make_mediawiki(shape.settings)
    events.fill(wiki)
    with ShapedWiki(wiki.api_url, shape) as shaped:
        assert sync(db, shaped.url)["warnings"] == []
        wiki.edit("Wohnraumkonzept", "Noch ein Stand")
        sync(db)
        again = sync(db)
    assert (again["revisions_new"], again["changes"], again["requests"]) == (0, 0, 1)
    assert rows(db, "SELECT text FROM pages WHERE title = 'Wohnraumkonzept'") == [("Noch ein Stand",)]


def test_a_wiki_that_is_updated_between_two_runs_goes_on_being_exact(
    make_mediawiki: Callable[..., MediaWiki], tmp_path: Path
) -> None:
    wiki, db = make_mediawiki(SHAPES["1.31"].settings), tmp_path / "wiki.db"
    events.fill(wiki)
    with ShapedWiki(wiki.api_url, SHAPES["1.31"]) as shaped:
        sync(db, shaped.url)
        shaped.shape = SHAPES["1.45"]
        wiki.edit("Wohnraumkonzept", "Nach dem Umzug auf 1.45")
        sync(db)
        assert_exact(db, wiki)
        sync(db)
        assert shaped.asked[-1]["rvslots"] == "main"


def _named(generator: str) -> Shape:
    return Shape(generator, "", SHAPES["1.32"].answer)


@pytest.mark.parametrize(
    ("generator", "lacks"),
    [
        ("MediaWiki 1.19.24", "hashes of revisions and content models"),
        ("MediaWiki 1.26.4", "list=allrevisions"),
        ("MediaWiki 1.30.2", "never compared"),
    ],
)
def test_a_wiki_that_is_too_old_is_told_what_it_lacks_and_nothing_is_written(
    mediawiki: MediaWiki, tmp_path: Path, generator: str, lacks: str
) -> None:
    with ShapedWiki(mediawiki.api_url, _named(generator)) as shaped:
        for command in (("init", shaped.url), ("sync", shaped.url)):
            result = wikitrail(*command, cwd=tmp_path)
            assert (result.code, result.err.count("\n")) == (1, 1), result.err
            assert generator in result.err
            assert lacks in result.err
    assert not (tmp_path / "wikitrail.toml").exists()
