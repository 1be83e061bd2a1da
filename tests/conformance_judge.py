"""MediaWiki itself as the judge of records: its own parser says what stands in a text, facet by facet.

What MediaWiki records of a page is compared, in a form that other readers' findings can be brought into as well:

* templates that a text uses are empty, since they are not in the judge's wiki; values of parameters are judged as
  texts of their own, so that a link counts wherever a reader could click on it;
* categories, links, files and addresses are sets, as MediaWiki's own tables are; fragments do not count, nor do links
  of a page to itself or to special pages (ParserOutput::addLink leaves them out);
* addresses are compared with their percent-encoding undone (Parser::normalizeLinkUrl changes it).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from parsers.site import Site
from parsers.titles import parameter_name
from tests.mediawiki_server import install, run_php
from tests.mediawiki_trees import Tree

FACETS = ("templates", "parameters", "categories", "links", "files", "external", "interwiki", "headings", "redirect")
Facets = dict[str, Counter[tuple[str, ...]]]

# What pages of real wikis use, and Debian's MediaWiki carries
_SETTINGS = "\n".join(f"wfLoadExtension( '{name}' );" for name in ("Cite", "Poem"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text to judge. ``fault`` says what was done to it, None of one that somebody wrote."""

    name: str
    title: str
    text: str
    fault: str | None = None


def install_judge(folder: Path, tree: Tree) -> Path:
    """Install the judge's wiki into ``folder``, which must not exist."""
    install(folder, tree)
    settings = folder / "LocalSettings.php"
    with settings.open("a") as file:
        file.write(f"\n{_SETTINGS}\n")
    run_php(tree, "rebuildLocalisationCache", "--lang=de,en", "--force", settings=settings)
    return folder


class Judge:
    """One PHP process on the wiki whose LocalSettings.php is in ``folder``; ``site`` is that wiki's vocabulary."""

    def __init__(self, tree: Tree, folder: Path) -> None:
        settings = folder / "LocalSettings.php"
        command = [tree.php, str(Path(__file__).parent / "judge.php"), "--conf", str(settings), "--memory-limit", "max"]
        environment = {**os.environ, "MW_INSTALL_PATH": str(tree.code)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, encoding="utf-8"
        )
        self.site = Site.from_siteinfo(self._answer())

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def judge(self, text: Text) -> Facets:
        """The facets of one text."""
        assert self._process.stdin is not None
        line = json.dumps({"title": text.title, "text": text.text}, ensure_ascii=True)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._facets(self._answer(), text.title)

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"MediaWiki gave no answer but: {line}{self._process.stdout.read()}")
        return json.loads(line)

    def _facets(self, told: Mapping[str, Any], title: str) -> Facets:
        site = self.site
        default = told["defaultsort"]
        found: dict[str, list[tuple[str, ...]]] = {
            "categories": [(name, sort_key(key, default)) for name, key in told["categories"].items()],
            "links": [(link,) for link in told["links"]],
            "files": [(name,) for name in told["files"]],
            "external": [(address(url),) for url in told["external"]],
            "interwiki": [(link.partition("#")[0],) for link in told["interwiki"]],
            "redirect": [(told["redirect"],)] if told["redirect"] else [],
        }
        headings = [(str(level), anchor) for level, anchor in told["headings"]]
        uses = [(name, source, parts) for name, source, parts in told["templates"]]
        return make_facets(found, headings, uses, title, site)


def make_facets(
    found: Mapping[str, Iterable[tuple[str, ...]]],
    headings: Iterable[tuple[str, ...]],
    uses: Iterable[tuple[str, str, Iterable[tuple[str, str]]]],
    title: str,
    site: Site,
) -> Facets:
    """Findings in the form that is compared; ``uses`` are templates: full title, source, names and values."""
    facets: Facets = {facet: Counter(set(found.get(facet, ()))) for facet in FACETS}
    facets["headings"] = Counter(headings)
    own = site.full_title(*site.split_title(title))
    facets["links"] = Counter(link for link in facets["links"] if link[0] != own)
    facets["files"] = Counter((site.full_title(*site.split_title(name)),) for (name,) in facets["files"])
    for name, source, parts in uses:
        facets["templates"][name, source] += 1
        for key, value in parts:
            facets["parameters"][name, parameter_name(key), value.strip()] += 1
    return facets


def address(url: str) -> str:
    """An address in the form that is compared."""
    return unquote(unescape(url)).replace(" ", "%20").removesuffix("/")


def sort_key(key: str | None, default: str) -> str:
    """The sort key that a category is given, empty where it is the page's own."""
    return "" if key is None or key == default else key


def differences(truth: Facets, told: Facets) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What a reader missed and what it made up: facet, ``missed`` or ``extra``, and the finding."""
    for facet in FACETS:
        yield from ((facet, "missed", one) for one in (truth[facet] - told[facet]).elements())
        yield from ((facet, "extra", one) for one in (told[facet] - truth[facet]).elements())
