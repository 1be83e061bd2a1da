"""The report in Chromium: axe-core finds nothing, no width scrolls sideways, nothing is loaded, all is printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from jobs.report import ReportData, render_report
from tests.jobs.report_samples import Edits, change, large_report, report_data, sample_report


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


def long_words() -> ReportData:
    """A report of words and addresses that no line can hold."""
    edits = Edits()
    word = "Donaudampfschifffahrtsgesellschaft" * 6
    edits.add(
        1, word, "2024-07-04T09:30:00Z", word,
        change("infobox", "changed", f"K/{word}", word, word[1:]),
        change("section", "changed", word, f"a {word}", f"b {word}"),
        change("link", "added", "L", None, f"https://a.example/{word}", label=word),
        comment=word,
    )  # fmt: skip
    return report_data(*edits.changes, site_name=word)


REPORTS = {
    "sample-de": (sample_report, "de"),
    "sample-en": (sample_report, "en"),
    "empty": (report_data, "de"),
    "large": (lambda: large_report(24), "de"),
    "long-words": (long_words, "de"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    paths = {}
    for name, (make, lang) in REPORTS.items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(render_report(make(), "html", lang), encoding="utf-8")
    return paths


def open_page(browser: Browser, path: Path, width: int = 1200, scheme: str = "light") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=True,
    )
    page = context.new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_axe_finds_nothing(browser: Browser, files: dict[str, Path], name: str, width: int, scheme: str) -> None:
    page = open_page(browser, files[name], width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.context.close()


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [320, 390, 768, 1200])
def test_nothing_scrolls_sideways(browser: Browser, files: dict[str, Path], name: str, width: int) -> None:
    page = open_page(browser, files[name], width)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_nothing_is_loaded_and_nothing_is_complained_of(browser: Browser, files: dict[str, Path]) -> None:
    context = browser.new_context()
    page = context.new_page()
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.goto(files["sample-de"].as_uri())
    page.wait_for_load_state("networkidle")
    assert requests == [files["sample-de"].as_uri()]
    assert messages == []
    context.close()


def test_skip_link_is_first_and_becomes_visible(browser: Browser, files: dict[str, Path]) -> None:
    page = open_page(browser, files["sample-de"])
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "(() => { const a = document.activeElement; return [a.textContent, a.getBoundingClientRect().top >= 0] })()"
    )
    assert focused == ["Zum Bericht springen", True]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_folded_pages_are_printed_open(browser: Browser, files: dict[str, Path]) -> None:
    page = open_page(browser, files["large"])
    table = page.locator("details.page table.fields").first
    assert not table.is_visible()
    page.emulate_media(media="print")
    box = table.bounding_box()
    assert box is not None
    assert box["height"] > 50
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_dark_and_light_differ(browser: Browser, files: dict[str, Path]) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = open_page(browser, files["sample-de"], scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.context.close()
    assert colours[0] != colours[1]


def test_link_of_the_overview_unfolds_its_page(browser: Browser, files: dict[str, Path]) -> None:
    page = open_page(browser, files["large"])
    entry = page.locator("details.page").nth(20)
    assert entry.get_attribute("open") is None
    page.locator("table.overview a").nth(20).click()
    entry.locator("table.fields").first.wait_for(state="visible")
    assert entry.get_attribute("open") is not None
    box = entry.locator("h3").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900  # the title is seen as well
    page.context.close()


@pytest.mark.parametrize("name", ["sample-de", "sample-en", "large"])
@pytest.mark.parametrize("width", [320, 390])
def test_dates_of_the_overview_stay_on_one_line(
    browser: Browser, files: dict[str, Path], name: str, width: int
) -> None:
    page = open_page(browser, files[name], width)
    lines = page.evaluate(
        "Array.from(document.querySelectorAll('.overview time'), time => time.getClientRects().length)"
    )
    assert set(lines) == {1}
    overflowing = page.evaluate(
        "Array.from(document.querySelectorAll('.overview td, .overview th')).filter(c => c.scrollWidth > c.clientWidth)"
        ".length"
    )
    assert overflowing == 0
    page.context.close()
