"""Runs one command and writes down what it took: python -I -S tests/bench_watch.py OUTPUT TAKEN COMMAND…

A process of its own, and a small one: the system counts the memory of the process that starts a command as the
command's (getrusage, ru_maxrss).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    output, taken, *command = sys.argv[1:]
    with Path(output).open("wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    Path(taken).write_text(json.dumps([process.returncode, seconds, used.ru_utime, used.ru_maxrss * 1024]))
