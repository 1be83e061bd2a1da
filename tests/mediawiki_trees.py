"""The versions of MediaWiki that tests can run: the installed one, and those of unpacked folders.

The environment variable MEDIAWIKI_TREES names a folder that ``.ci/mediawiki-trees`` filled: one folder a version, with
the code as ``mediawiki`` and, where the system's PHP is too new for it, a PHP of its own as ``php``. MEDIAWIKI_VERSION
names the folder of the version that all tests are to run on, instead of the installed one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

INSTALL_LINE = (
    "apt-get install -y --no-install-recommends mediawiki php-cli php-sqlite3 php-intl php-mbstring php-xml "
    "php-apcu php-curl php-wikidiff2"
)
_NEEDED_MODULES = {"apcu", "curl", "intl", "mbstring", "pdo_sqlite", "wikidiff2", "xml"}


@dataclass(frozen=True, slots=True)
class Tree:
    """One MediaWiki: its code, and the PHP that runs it."""

    name: str
    code: Path
    php: str

    def lacks(self) -> str | None:
        """None where a wiki can be started, else what is not there and the line that installs it."""
        if not (self.code / "api.php").is_file():
            return f"MediaWiki is not installed: {INSTALL_LINE}"
        if shutil.which(self.php) is None:
            return f"PHP is not installed: {INSTALL_LINE}"
        listed = subprocess.run([self.php, "-m"], capture_output=True, text=True, check=True).stdout
        lacking = sorted(_NEEDED_MODULES - set(listed.lower().split()))
        return f"PHP lacks {', '.join(lacking)}: {INSTALL_LINE}" if lacking else None


INSTALLED = Tree("installed", Path("/usr/share/mediawiki"), "php")


def other_trees() -> list[Tree]:
    """The versions beside the installed one, oldest first; none where MEDIAWIKI_TREES is not set."""
    folder = os.environ.get("MEDIAWIKI_TREES")
    found = sorted(Path(folder).glob("*/mediawiki/api.php")) if folder else []
    trees = []
    for api in found:
        php = api.parent.parent / "php"
        trees.append(Tree(php.parent.name, api.parent, str(php) if php.exists() else "php"))
    return trees


def chosen_tree() -> Tree:
    """What all tests run on: the installed version, or the one that MEDIAWIKI_VERSION names (KeyError if absent)."""
    name = os.environ.get("MEDIAWIKI_VERSION")
    return {tree.name: tree for tree in other_trees()}[name] if name else INSTALLED
