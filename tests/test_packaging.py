"""What is shipped: the wheel carries every file of the packages, its metadata is true, the lock is exact."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

PACKAGES = ["scraper", "parsers", "storage", "jobs", "data"]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED: list[str] = PROJECT["project"]["dependencies"]
EXTRA: list[str] = PROJECT["project"]["optional-dependencies"]["dask"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def normalized(name: str) -> str:
    """The canonical name of a distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required_names(requirements: Iterable[str]) -> set[str]:
    return {normalized(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requirements}


def locked() -> dict[str, set[str]]:
    """Locked versions by name; more than one where they differ between Python versions."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE):
        pins.setdefault(normalized(name), set()).add(version)
    return pins


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("wikitrail-*.whl")
    return path


def shipped_sources() -> set[str]:
    """All files of the packages that belong to the project: not what Python or Babel compile from them."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    derived = {".pyc", ".mo"}
    return {str(path.relative_to(ROOT)) for path in files if path.suffix not in derived}


def test_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == shipped_sources()
    assert "data/sample-wiki.xml" in inside
    assert {".j2", ".po", ".py", ".xml"} <= {Path(name).suffix for name in inside}


def test_wheel_names_its_command_licence_and_dependencies(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(f"{info}/METADATA").decode()
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        licence = archive.read(f"{info}/licenses/LICENSE").decode()
    assert entry_points.split() == ["[console_scripts]", "wikitrail", "=", "jobs.cli:main"]
    assert "\nLicense-Expression: MIT\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    told = re.findall(r"^Requires-Dist: (.+)$", metadata, re.MULTILINE)
    extra = [line for line in told if "; extra == 'dask'" in line]
    assert required_names(line for line in told if line not in extra) == required_names(NEEDED)
    assert required_names(extra) == required_names(EXTRA)


def imported_names() -> set[str]:
    """Top-level names that the packages import, those of the standard library and their own left out."""
    names: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - set(PACKAGES)


def test_dependencies_are_those_that_the_packages_import() -> None:
    distributions = packages_distributions()
    imported = {normalized(name) for module in imported_names() for name in distributions[module]}
    data_only = {"tzdata"}  # zoneinfo reads it by itself where the system has no time zones
    assert imported | data_only == required_names(NEEDED + EXTRA)


def test_every_module_and_script_is_named_by_one_package_list() -> None:
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == PACKAGES
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)
    top_level = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert top_level == set(PACKAGES)


def test_lock_pins_all_dependencies_and_the_build_backend() -> None:
    groups = PROJECT["dependency-groups"]
    wanted = [line for group in ("test", "check", "build") for line in groups[group]]
    wanted += NEEDED + EXTRA + PROJECT["build-system"]["requires"]
    assert required_names(wanted) - locked().keys() == set()
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend in groups["build"]
    assert locked()["hatchling"] == {backend.partition("==")[2]}


def test_lock_is_exact_and_names_no_address_or_path() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    form = re.compile(r"[\w.-]+==[\w.]+(?: ; [^\n\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not form.fullmatch(entry)] == []
    assert len(entries) > len(PROJECT["project"]["dependencies"])
