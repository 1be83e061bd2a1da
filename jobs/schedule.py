"""The daemon: ``run`` on APScheduler, at the times of a cron expression."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import cast
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from jobs.config import ConfigError, ScheduleConfig
from jobs.ending import ending_signals

GRACE = 3600  # seconds that a job may start late: the default of 1 s would skip it after the machine slept


def make_trigger(config: ScheduleConfig) -> CronTrigger:
    """The times of the configuration. Raises ConfigError when the expression cannot be read, or never comes true."""
    try:
        if len(config.cron.split()) != 5:
            raise ValueError("not five fields")
        *fields, weekdays = config.cron.split()
        cron = " ".join([*fields, _weekday_names(weekdays)])
        trigger = CronTrigger.from_crontab(cron, timezone=ZoneInfo(config.timezone))
    except ValueError as error:
        raise ConfigError(
            f'“schedule.cron” cannot be read ({config.cron!r}: {error}); write five fields, such as "*/15 * * * *".'
        ) from error
    if next_time(trigger) is None:
        raise ConfigError(f"“schedule.cron” never comes true ({config.cron!r}): there is no such day.")
    return trigger


def next_time(trigger: BaseTrigger) -> datetime | None:
    """When a trigger fires next, in its own time zone; None where it never does."""
    return cast("datetime | None", trigger.get_next_fire_time(None, datetime.now(UTC)))


def _weekday_names(field: str) -> str:
    """The fifth field with names for numbers: crontab(5) counts from Sunday, APScheduler from Monday."""
    names = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
    days = []
    for part in field.split(","):
        found = re.fullmatch(r"([0-7])(?:-([0-7]))?(?:/([1-7]))?", part)
        if found is None:
            days.append(part)
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        days += [names[day % 7] for day in range(first, last + 1, int(found[3] or 1))]
    return ",".join(days)


def serve(trigger: BaseTrigger, job: Callable[[], None], say: Callable[[str], None]) -> None:
    """Run ``job`` at each time of ``trigger`` until a signal ends it, or Ctrl-C; a job under way is finished first.

    The job handles its own faults; one that escapes it is logged by the scheduler and does not stop it.
    """
    scheduler = BlockingScheduler()
    scheduler.add_job(job, trigger, id="run", coalesce=True, max_instances=1, misfire_grace_time=GRACE)
    scheduler.add_listener(lambda event: _say_missed(event, say), EVENT_JOB_MISSED)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        say("Stopping; a run under way is finished first.")
        scheduler.shutdown(wait=False)

    for number in (*ending_signals(), signal.SIGINT):
        signal.signal(number, stop)
    scheduler.start()


def _say_missed(event: JobEvent, say: Callable[[str], None]) -> None:
    say(f"The run of {event.scheduled_run_time:%Y-%m-%d %H:%M} was missed.")
