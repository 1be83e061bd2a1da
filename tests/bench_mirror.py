"""A whole wiki read by its API, by wikitrail and by others in turn; then a run with nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bench_clients import Client, Measured, PeersMissing, bare_loop, ours, peers, run
from tests.mediawiki import MediaWiki, install
from tests.wikitrail import rows, sync

_IMPORT_SECONDS = 3_600


def bench_mirror(dump: Path, folder: Path, rounds: int) -> None:
    """Fill a real MediaWiki from ``dump``, let each client read all of it ``rounds`` times, and print the table."""
    with MediaWiki(install(folder / "template"), folder / "wiki") as wiki:
        print("\nFilling a MediaWiki …", flush=True)
        wiki.maintenance("importDump", "--no-updates", str(dump), timeout=_IMPORT_SECONDS)
        clients = [bare_loop(), ours()]
        try:
            clients += peers()
        except PeersMissing as reason:
            print(f"The peers are not measured: {reason}")
        run(clients[0], wiki, folder / "warm")  # PHP has compiled its code and the system holds the database then
        found: dict[str, list[Measured]] = {client.name: [] for client in clients}
        for number in range(rounds):
            for place, client in enumerate(clients):
                found[client.name].append(run(client, wiki, folder / f"run-{number}-{place}"))
        _print_table(clients, found)
        _print_delta(wiki, folder / "run-0-1" / "wiki.db")


def _print_table(clients: Sequence[Client], found: dict[str, list[Measured]]) -> None:
    """Of each client the quickest of its runs, which the rest of the machine disturbed least."""
    best = {name: min(runs, key=lambda one: one.seconds) for name, runs in found.items()}
    base = best[ours().name]
    print(f"The whole history of {base.revisions} revisions by API; time as a ratio to wikitrail's")
    print(
        f"  {'':28} {'revisions':>9} {'requests':>8} {'seconds':>8} {'CPU s':>7} {'peak MB':>7} {'MB':>7} {'time':>6}"
    )
    for client in clients:
        one = best[client.name]
        traffic = f"{one.traffic / 1e6:7.1f}" if one.traffic is not None else f"{'–':>7}"
        print(
            f"  {client.name:28} {one.revisions:9} {one.requests:8} {one.seconds:8.2f} {one.user:7.2f}"
            f" {one.memory / 1e6:7.0f} {traffic} {one.seconds / base.seconds:5.2f}x"
        )
    print("  CPU is the client's own, without the wiki's; MB is what went over the loopback interface meanwhile.")


def _print_delta(wiki: MediaWiki, database: Path) -> None:
    mark = wiki.mark()
    seconds = sync(database)["seconds"]
    made = len(wiki.requests(mark))
    ((raw, packed),) = rows(database, "SELECT sum(length), sum(length(data)) FROM texts")
    ((whole,),) = rows(database, "SELECT sum(size) FROM revisions")
    print(f"\nA run with nothing new: {made} request{'s' * (made != 1)}, {seconds:.2f} s without interpreter start")
    print(f"Texts in the database: {packed / whole:.1%} of all text ({packed / raw:.1%} of the distinct texts),")
    print(f"the whole database: {database.stat().st_size / whole:.1%} of all text")
