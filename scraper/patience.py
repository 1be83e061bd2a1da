"""How to treat a wiki, and how long to wait for one answer: Retry-After, growing steps, an upper bound.

urllib3's Retry gives the steps. It does not do the waiting itself, since it sees neither the errors that the API
reports with status 200 nor a body that breaks off, and knows no bound for the sum of all waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from urllib3.util import Retry

from scraper.errors import Temporary, WikiError

FIRST_WAIT = 0.5  # seconds before the first retry; doubled at each further one


@dataclass(frozen=True, slots=True)
class Manners:
    """How to treat the wiki: ``delay`` seconds between requests, at most ``max_wait`` seconds of waiting for one
    answer (``reach_wait`` where nothing was ever reached), ``timeout`` seconds of silence before a request counts as
    lost, ``maxlag`` seconds of replication lag (Manual:Maxlag parameter), a ``contact`` in the User-Agent."""

    delay: float = 0.0
    max_wait: float = 30.0
    reach_wait: float = 30.0
    timeout: float = 60.0
    maxlag: int = 5
    contact: str = ""


@dataclass(slots=True)
class Patience:
    """The waiting for one answer: doubles its step (and adds some chance, so that several programs do not come back
    together), obeys the server's wish, and ends when ``limit`` seconds have passed. There is always one retry, even
    after a request that was lost for longer than that."""

    limit: float
    pause: Callable[[float], None]
    clock: Callable[[], float]
    tell: Callable[[str], None]
    _begun: float = field(init=False)
    _steps: Retry = field(init=False)
    _tries: int = 0

    def __post_init__(self) -> None:
        self._begun = self.clock()
        # Retry's first step is none at all; ours begin with its second.
        self._steps = Retry(total=None, backoff_factor=FIRST_WAIT / 2, backoff_jitter=FIRST_WAIT / 2).increment()

    def wait(
        self, what: str, wish: float | None = None, *, fault: WikiError | None = None, limit: float | None = None
    ) -> None:
        """Wait before the next try. When the time is used up, raises ``fault``, or Temporary beginning with ``what``.

        ``wish`` is what the server asks for, in seconds; ``limit`` may be less than that of all.
        """
        self._steps = self._steps.increment()
        seconds = max(self._steps.get_backoff_time(), wish or 0.0)
        left = self.limit if limit is None else min(limit, self.limit)
        if self._tries:
            left -= self.clock() - self._begun
        self._tries += 1
        asks = f" and asks to wait {wish:.0f} s" if wish else ""
        if seconds > left:
            raise fault or Temporary(f"{what}{asks}; try again later.")
        self.tell(f"{what}{asks}; waiting {seconds:.1f} s.")
        self.pause(seconds)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server wants us to wait (RFC 9110, section 10.2.3), or None.

    A date is taken by the server's own clock, where it says that.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = _moment(value), _moment(headers.get("Date", "")) or datetime.now(UTC)
    return None if until is None else max((until - now).total_seconds(), 0.0)


def _moment(value: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7)."""
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
