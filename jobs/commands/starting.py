"""Commands for a beginning: ``demo`` and ``init``."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.commands.options import current_settings, given_config_path, say, shared_options
from jobs.settings import Settings, load_settings


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
    settings: Settings = load_settings(None, None, quiet=False, verbose=False) if path.exists() else _defaults()
    found, limits = init_wiki(settings, url, path, force=force)
    general = found.siteinfo["general"]
    pages = found.siteinfo.get("statistics", {}).get("pages")
    click.echo(
        f"Found {general.get('sitename')} ({general.get('generator')}),"
        f" {'API at' if address_of(found).endswith('api.php') else 'no API, read through'} {address_of(found)}"
        + (f", {pages} pages." if pages else ".")
    )
    for limit in limits:
        click.echo(f"Note: {limit}")
    click.echo(f"Wrote {path}. Next: fill in “contact”, then “wikitrail run”.")


def _defaults() -> Settings:
    return current_settings()


__all__ = ["demo", "init", "say"]
