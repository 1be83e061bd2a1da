"""The system's Chromium opens pages and axe-core judges them: what tests of reports rely on."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from pytest_socket import SocketConnectBlockedError


@pytest.fixture
def page(chromium_path: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_chromium_renders_and_axe_tells_good_from_bad(page: Page) -> None:
    page.set_content("<html lang=de><title>Bericht</title><main><h1>Änderungen</h1><p>drei</p></main></html>")
    assert page.inner_text("h1") == "Änderungen"
    assert Axe().run(page).violations_count == 0
    page.set_content("<title>Bericht</title><main><h1>Bild</h1><img src='data:,'></main>")
    assert {"html-has-lang", "image-alt"} <= {entry["id"] for entry in Axe().run(page).response["violations"]}


def test_connections_beyond_loopback_are_refused() -> None:
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)  # RFC 5737: documentation only
