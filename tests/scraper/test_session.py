"""The session on its own: waiting, bounds, redirects, answers that trickle or lead nowhere."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from scraper.errors import Temporary, UnexpectedAnswer
from scraper.patience import Manners, Patience, retry_after
from scraper.session import Session
from tests.fault_proxy import Call, Exchange, Fault, FaultProxy
from tests.faults import answered, redirect


@pytest.fixture
def server() -> Iterator[FaultProxy]:
    with contextlib.contextmanager(FaultProxy().serve)() as proxy:
        yield proxy


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": " 120 "}, 120.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "\xb2"}, None),
        ({"Retry-After": "bald"}, None),
        ({"Retry-After": "Mon, 01 Jun 2026 10:00:30 GMT", "Date": "Mon, 01 Jun 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "Mon, 01 Jun 2026 09:00:00 GMT", "Date": "Mon, 01 Jun 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Mon, 01 Jun 1026 10:00:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_steps_grow_by_chance_and_end_at_the_bound() -> None:
    runs = []
    for _ in range(5):
        clock = Clock()
        patience = Patience(30.0, clock.sleep, clock, lambda sentence: None)
        for _ in range(5):
            patience.wait("Besetzt")
        with pytest.raises(Temporary, match="Besetzt; try again later"):
            patience.wait("Besetzt")
        assert clock.now <= 30
        assert all(later > earlier for earlier, later in pairwise(clock.slept))
        runs.append(tuple(clock.slept))
    assert len(set(runs)) > 1


def test_the_wish_of_the_server_is_a_least_wait() -> None:
    clock = Clock()
    patience = Patience(30.0, clock.sleep, clock, lambda sentence: None)
    patience.wait("Besetzt", 7.0)
    patience.wait("Besetzt", 0.0)
    assert clock.slept[0] == 7.0
    assert 1.0 <= clock.slept[1] <= 1.25
    with pytest.raises(Temporary, match="asks to wait 31 s"):
        patience.wait("Besetzt", 31.0)


def test_a_request_that_was_lost_for_longer_than_the_bound_is_made_once_more() -> None:
    clock = Clock()
    patience = Patience(5.0, clock.sleep, clock, lambda sentence: None)
    clock.now += 60
    patience.wait("Still")
    clock.now += 60
    with pytest.raises(Temporary):
        patience.wait("Still")
    assert len(clock.slept) == 1


def test_an_answer_that_trickles_is_not_awaited_for_ever(server: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never is silent for as long as the read timeout."""
    monkeypatch.setattr("scraper.session.LONGEST_ANSWER", 0.5)

    def trickle(call: Call) -> None:
        call.send_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                call.send_raw(b" ")
                time.sleep(0.02)

    server.plan = lambda exchange: trickle
    session = Session(Manners(timeout=2.0, max_wait=0.8))
    before = time.monotonic()
    with contextlib.closing(session), pytest.raises(Temporary, match="no answer in time"):
        session.ask(server.url)
    assert len(server.exchanges) == 2
    assert time.monotonic() - before < 10


def test_a_name_that_cannot_be_resolved(server: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """At first it is a mistyped address; later the network has a bad moment."""
    server.plan = lambda exchange: answered(200, b"ja")
    clock = Clock()
    real = socket.getaddrinfo
    failing = [True]

    def getaddrinfo(*args: object, **more: object) -> object:
        if failing.pop():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    session = Session(sleep=clock.sleep, clock=clock)
    with contextlib.closing(session):
        with pytest.raises(Temporary, match=r"The host 127\.0\.0\.1 cannot be found; check the address"):
            session.ask(server.url)
        failing.append(False)
        assert session.ask(server.url).text == "ja"
        session.close()
        failing += [False, True]
        assert session.ask(server.url).text == "ja"
    assert len(clock.slept) == 1


def test_a_redirect_that_depends_on_the_parameters_is_not_remembered(server: FaultProxy) -> None:
    """A German wiki was asked for all its special pages under the address of the first one."""
    leading = {None: "/index.php/Hauptseite", "Special:Export": "/index.php/Spezial:Exportieren"}

    def plan(exchange: Exchange) -> Fault:
        target = leading.get(exchange.params.get("title"))
        return (
            redirect(target, 301) if target and exchange.path not in leading.values() else answered(200, exchange.path)
        )

    server.plan = plan
    with contextlib.closing(Session()) as session:
        assert session.ask(f"{server.url}/index.php").text.endswith("Hauptseite")
        assert session.ask(f"{server.url}/index.php", {"title": "Special:Export"}).text.endswith("Exportieren")
        assert session.ask(f"{server.url}/index.php", {"title": "Kanal"}).text == "/index.php"


def test_a_posted_query_stays_posted_when_it_is_redirected(server: FaultProxy) -> None:
    server.plan = lambda exchange: (
        answered(200, b"da") if exchange.path == "/neu/api.php" else redirect("/neu/api.php", 301)
    )
    session = Session()
    long = {"titles": "|".join(f"Seite {n}" for n in range(400))}
    with contextlib.closing(session):
        for _ in range(2):
            answer = session.ask(f"{server.url}/alt/api.php", long)
            assert (answer.text, answer.url) == ("da", f"{server.url}/neu/api.php")
    seen = [(exchange.method, exchange.path) for exchange in server.exchanges]
    assert seen == [("POST", "/alt/api.php"), ("POST", "/neu/api.php"), ("POST", "/neu/api.php")]
    assert all(exchange.params == long for exchange in server.exchanges)


def test_a_script_that_sends_one_page_elsewhere_is_asked_for_the_next_itself(server: FaultProxy) -> None:
    def plan(exchange: Exchange) -> Fault:
        if exchange.params.get("title") == "Special:Export":
            return redirect("/index.php/Spezial:Exportieren", 301)
        return answered(200, exchange.path.encode())

    server.plan = plan
    with contextlib.closing(Session()) as session:
        assert session.ask(f"{server.url}/index.php", {"title": "Special:Export"}).text.endswith("Exportieren")
        assert session.ask(f"{server.url}/index.php", {"title": "Hauptseite"}).text == "/index.php"


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "http://[::1", "javascript:alert(1)", "//andere.example/"])
def test_redirects_that_are_not_followed(server: FaultProxy, target: str) -> None:
    server.plan = lambda exchange: redirect(target)
    session = Session()
    with contextlib.closing(session), pytest.raises(UnexpectedAnswer, match="redirects to"):
        session.ask(server.url)
    assert len(server.exchanges) == 1


def test_every_try_is_counted(server: FaultProxy) -> None:
    server.plan = lambda exchange: answered(200, b"1234") if exchange.number == 2 else answered(500, b"12")
    clock = Clock()
    told: list[str] = []
    session = Session(sleep=clock.sleep, clock=clock, tell=told.append)
    with contextlib.closing(session):
        session.ask(server.url)
    assert (session.traffic.requests, session.traffic.bytes, session.traffic.waited) == (3, 8, sum(clock.slept))
    assert len(told) == 2
