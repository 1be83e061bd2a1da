"""Commands for a beginning: ``demo`` and ``init``."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from jobs.commands.options import given_config_path, shared_options
from jobs.config import Config, ConfigError
from jobs.settings import DEFAULT_CONFIG, DEFAULT_DATABASE, Settings, load_settings
from jobs.wording import counted


@click.command()
@shared_options
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("wikitrail-demo"), help="Folder for report and database."
)
def demo(out: Path) -> None:
    """Show the whole way on a sample wiki, offline.

    The embedded wiki becomes a mirror, records, changes and a report; what it found is printed.
    """
    from jobs.demo import run_demo

    click.echo(run_demo(out))


@click.command()
@shared_options
@click.argument("url")
@click.option("--force", is_flag=True, help="Write the file anew if it exists.")
def init(url: str, force: bool) -> None:
    """Probe a wiki and write wikitrail.toml for it.

    URL is the address of any of its pages; the file explains each setting.
    """
    from jobs.setup_wiki import address_of, init_wiki

    path = given_config_path()
    found, limits = init_wiki(_settings_before(path), url, path, force=force)
    general = found.siteinfo["general"]
    pages = found.siteinfo.get("statistics", {}).get("pages")
    click.echo(
        f"Found {general.get('sitename')} ({general.get('generator')}),"
        f" {'API at' if address_of(found).endswith('api.php') else 'no API, read through'} {address_of(found)}"
        + (f", {counted(int(pages), 'page')}." if pages else ".")
    )
    for limit in limits:
        click.echo(f"Note: {limit}")
    named = "" if path == Path(DEFAULT_CONFIG) else f" --config {shlex.quote(str(path))}"
    click.echo(f"Wrote {path}. Next: fill in “contact”, then “wikitrail{named} run”.")


def _settings_before(path: Path) -> Settings:
    """Those of the file that is to be written anew, if it can be read: manners and login; else the defaults."""
    given = click.get_current_context().ensure_object(dict)
    quiet, verbose = given.get("quiet", False), given.get("verbose", False)
    try:
        return load_settings(path, None, quiet=quiet, verbose=verbose)
    except ConfigError:
        return Settings(Config(), path.parent, path.parent / DEFAULT_DATABASE, quiet, verbose)
