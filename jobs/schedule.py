"""The daemon: ``run`` on APScheduler, at the times of a cron expression."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from jobs.config import ConfigError, ScheduleConfig

GRACE = 3600  # seconds that a job may start late: the default of 1 s would skip it after the machine slept


def make_trigger(config: ScheduleConfig) -> CronTrigger:
    """The times of the configuration. Raises ConfigError when the expression cannot be read."""
    try:
        return CronTrigger.from_crontab(config.cron, timezone=ZoneInfo(config.timezone))
    except ValueError as error:
        raise ConfigError(
            f'“schedule.cron” cannot be read ({config.cron!r}: {error}); write five fields, such as "*/15 * * * *".'
        ) from error


def serve(trigger: BaseTrigger, job: Callable[[], None], say: Callable[[str], None]) -> None:
    """Run ``job`` at each time of ``trigger`` until SIGTERM or Ctrl-C; a job under way is finished first.

    The job handles its own faults; one that escapes it is logged by the scheduler and does not stop it.
    """
    scheduler = BlockingScheduler()
    scheduler.add_job(job, trigger, id="run", coalesce=True, max_instances=1, misfire_grace_time=GRACE)
    scheduler.add_listener(lambda event: _say_missed(event, say), EVENT_JOB_MISSED)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        say("Stopping; a run under way is finished first.")
        scheduler.shutdown(wait=False)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    scheduler.start()


def _say_missed(event: JobEvent, say: Callable[[str], None]) -> None:
    say(f"The run of {event.scheduled_run_time:%Y-%m-%d %H:%M} was missed.")
