"""Where user name and password come from, and where the login is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.account import account_for, is_exposed, load_kept, save_kept
from jobs.config import Config, ConfigError, WikiConfig
from jobs.settings import Settings
from scraper.login import Account, Kept

WIKI = "https://wiki.beispiel.invalid/index.php/Start"
KEPT = Kept("https://wiki.beispiel.invalid/api.php", "Nora@a", "Nora", True, False, ({"name": "s", "value": "1"},))


def settings(folder: Path) -> Settings:
    config = Config(wiki=WikiConfig(url=WIKI, login_file="login"))
    return Settings(config, folder, folder / "wiki.db")


def login_file(folder: Path, text: str = "Nora@a\ngeheim\n", mode: int = 0o600) -> None:
    path = folder / "login"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    login_file(tmp_path)
    given = {"WIKITRAIL_USER": "Ida@b", "WIKITRAIL_PASSWORD": "anders"}
    assert account_for(settings(tmp_path), WIKI, given) == Account("Ida@b", "anders")
    assert account_for(settings(tmp_path), WIKI, {}) == Account("Nora@a", "geheim")


def test_the_file_is_for_the_host_of_the_configuration_alone(tmp_path: Path) -> None:
    login_file(tmp_path)
    assert account_for(settings(tmp_path), "https://anderswo.invalid/", {}) is None


@pytest.mark.parametrize("name", ["WIKITRAIL_USER", "WIKITRAIL_PASSWORD"])
def test_half_an_account_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="set both"):
        account_for(settings(tmp_path), WIKI, {name: "x"})


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [("Nora@a\ngeheim", 0o640, "chmod 600"), ("Nora@a", 0o600, "two lines"), ("a\nb\nc", 0o600, "two lines")],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, mode: int, words: str) -> None:
    login_file(tmp_path, text, mode)
    with pytest.raises(ConfigError, match=words) as caught:
        account_for(settings(tmp_path), WIKI, {})
    assert "geheim" not in str(caught.value)


def test_a_folder_is_no_login_file(tmp_path: Path) -> None:
    (tmp_path / "login").mkdir()
    with pytest.raises(ConfigError, match="is no file; write name and password into one"):
        account_for(settings(tmp_path), WIKI, {})


def test_no_secret_shows_when_values_are_printed() -> None:
    assert "geheim" not in repr(Account("Nora@a", "geheim"))
    assert "value" not in repr(KEPT)


def test_a_login_is_kept_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "wiki.db.session"
    path.write_text("alt")
    save_kept(path, KEPT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_kept(path) == KEPT
    path.chmod(0o644)
    assert load_kept(path) is None, "somebody else may have changed it"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"url": 1}', '{"cookies": []}'])
def test_a_kept_login_that_is_damaged_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wiki.db.session"
    path.write_text(text)
    path.chmod(0o600)
    assert load_kept(path) is None


@pytest.mark.parametrize(
    ("address", "exposed"),
    [("http://wiki.invalid/", True), ("https://wiki.invalid/", False), ("http://127.0.0.1:80/", False)],
)
def test_a_password_over_http_is_exposed(address: str, exposed: bool) -> None:
    assert is_exposed(address) is exposed
