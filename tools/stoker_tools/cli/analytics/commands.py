"""The subcommands of `stoker analytics`. Each prints its result, and returns its exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn, get_args

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from stoker.analytics.buckets import GRANULARITIES, bucket_of, start_of
from stoker.analytics.rebuild import rebuild
from stoker.analytics.roll_up_lease import RollUpLeaseLost
from stoker.analytics.series import Period, active_users, series, today, top
from stoker.models.analytics import AggregateName, AnalyticsAggregate, Granularity
from stoker_tools.cli.analytics import tables
from stoker_tools.cli.analytics.chart_html import draw_html
from stoker_tools.cli.analytics.panels import Chart, chart_of
from stoker_tools.cli.text import as_json, clean
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup.app_root import command

BACK: Final[dict[Granularity, timedelta]] = {
    "hour": timedelta(hours=47),
    "day": timedelta(days=13),
    "month": timedelta(days=334),
}
"""The length of a report without `--from`: 48 hours, 14 days or 12 months."""

NAME_RULE: Final = "it begins with a-z, has a-z, 0-9, '.', '_' and '-', and at most 64 characters"


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse a name that no event can have, a time that is wrong or has not come, and a chart that can't be drawn.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """
    if options.start and options.end and options.start >= options.end:
        refuse("the period ends before it begins: change --from or --to")
    if options.command == "rebuild":
        return
    if options.name is not None and not _is_name(options.name):
        refuse(f"no event can have the name {clean(options.name, 70)!r}: {NAME_RULE}")
    if options.users and (options.png or options.html):
        refuse("the number of active users is not drawn: leave --png and --html out, or report a name")
    try:
        bucket = None if options.bucket is None else start_of(_granularity(options.bucket), options.bucket)
    except ValueError as error:
        refuse(str(error))
    if any(time and time > datetime.now(UTC) for time in (options.start, options.on, bucket)):
        refuse("the period is in the future (UTC): change --from, --on or --in")


def _is_name(text: str) -> bool:
    try:
        TypeAdapter(AggregateName).validate_python(text)
    except ValidationError:
        return False
    return True


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    if options.command == "rebuild":
        return _rebuild(options)
    if options.users:
        return _users(options)
    try:
        title, found = _top(options) if options.top else _series(options)
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from None
    if options.json:
        print(as_json([one.to_firestore() for one in found]))
    else:
        tables.print_aggregates(f"{title}: {sum(one.count for one in found):,} events", found, by_name=options.top)
        if not any(one.count for one in found):
            print(
                f"No such event happened in this time. For the names of events: {command('analytics report --top')}",
                file=sys.stderr,
            )
    for file, draw in ((options.png, "png"), (options.html, "html")):
        if file is not None:
            _draw(file, draw, title, chart_of(found, by_name=options.top))
    return ExitCode.DONE


def _series(options: argparse.Namespace) -> tuple[str, list[AnalyticsAggregate]]:
    now = datetime.now(UTC)
    end = min(options.end or now, now)
    start = options.start or end - BACK[options.by]
    return f"{options.name}, by the {options.by}, in UTC", series(options.name, options.by, start, end)


def _top(options: argparse.Namespace) -> tuple[str, list[AnalyticsAggregate]]:
    bucket = options.bucket or bucket_of("day", datetime.now(UTC))
    return f"The most frequent events in {bucket} (UTC)", top(_granularity(bucket), bucket, options.n)


def _granularity(bucket: str) -> Granularity:
    for granularity in GRANULARITIES:
        try:
            start_of(granularity, bucket)
        except ValueError:
            continue
        return granularity
    raise ValueError(f"{bucket!r} is not an hour, a day or a month: write 2026-11-22T07, 2026-11-22 or 2026-11")


def _users(options: argparse.Namespace) -> int:
    day = options.on.date() if options.on else today()
    periods: Sequence[Period] = get_args(Period)
    found: dict[str, int] = {period: active_users(period, day) for period in periods}
    if options.json:
        print(as_json({"on": day.isoformat(), **found}))
    else:
        for period, users in found.items():
            print(f"{period:7} {users:,}")
    return ExitCode.DONE


def _draw(file: Any, kind: str, title: str, chart: Chart) -> None:
    try:
        if kind == "png":
            from stoker_tools.cli.analytics.chart_png import draw_png  # It imports matplotlib, which takes a second.

            draw_png(file, title, chart)
        else:
            draw_html(file, title, chart)
    except OSError as error:
        raise CommandError(f"{file} can't be written: {error.strerror}.") from None
    print(f"Drew {file}.", file=sys.stderr)


def _rebuild(options: argparse.Namespace) -> int:
    console = Console(stderr=True)
    try:
        with console.status("Waiting for the roll-up to pause ...") as status:
            rebuilt = rebuild(
                options.start, options.end, lambda events: status.update(f"{events:,} raw events have been read ...")
            )
    except RollUpLeaseLost:
        raise CommandError(
            "A roll-up has taken the lease, because this process was paused for too long. Run the command again.",
            ExitCode.LOCKED,
        ) from None
    if options.json:
        print(as_json({"events": rebuilt.events, "written": rebuilt.written, "removed": rebuilt.removed}))
    else:
        print(
            f"Counted {rebuilt.events:,} events: {rebuilt.written:,} aggregates written, {rebuilt.removed:,} removed."
        )
    return ExitCode.DONE
