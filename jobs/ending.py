"""The signals that ask a process to end."""

from __future__ import annotations

import signal

_HANGUP = getattr(signal, "SIGHUP", None)  # Windows has none
FROM_TERMINAL = [signal.SIGINT] + ([_HANGUP] if _HANGUP else [])  # go to all of a program's processes


def ending_signals() -> list[signal.Signals]:
    """Those beside Ctrl-C: SIGTERM, and SIGHUP unless whoever started the process has it ignored, as nohup does."""
    heard = [number for number in FROM_TERMINAL[1:] if signal.getsignal(number) != signal.SIG_IGN]
    return [signal.SIGTERM, *heard]
