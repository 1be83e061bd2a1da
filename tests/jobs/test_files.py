"""Files that are there whole or not at all, and faults that name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.files import becoming


def test_a_file_is_replaced_when_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "bericht.md"
    path.write_text("alt", encoding="utf-8")
    with becoming(path) as part:
        part.write_text("neu", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "alt"
    assert path.read_text(encoding="utf-8") == "neu"
    assert list(tmp_path.iterdir()) == [path]


def test_after_a_fault_the_old_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "bericht.md"
    path.write_text("alt", encoding="utf-8")

    def write_half(part: Path) -> None:
        part.write_text("ne", encoding="utf-8")
        raise OSError(28, "voll")

    with pytest.raises(OSError, match="voll") as caught, becoming(path) as part:
        write_half(part)
    assert caught.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == "alt"
    assert list(tmp_path.iterdir()) == [path]


def test_a_fault_names_the_file_and_not_what_it_is_called_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only disk, which refuses to remove what is not there: it cannot be had without rights to mount one."""

    def refuse(self: Path, *_args: object, **_more: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    path = tmp_path / "fehlt" / "bericht.md"
    with pytest.raises(FileNotFoundError) as caught, becoming(path) as part:
        part.write_text("neu", encoding="utf-8")
    assert caught.value.filename == str(path)
