"""The subcommands of `stoker jobs`. Each prints its result, and returns its exit code."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, get_args

from google.cloud.firestore import ArrayRemove, ArrayUnion

from stoker import config, registry
from stoker.access.answers import message_for_caller
from stoker.errors import JobNotFound, StokerError
from stoker.firestore.client import client
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.job import find_job
from stoker.jobs.job_deletion import delete_job
from stoker.models.job import JobStatus
from stoker.models.problems import problems
from stoker.models.settings import JobSettings, NewUserLimits
from stoker_tools import exit_codes
from stoker_tools.cli.function_log import divert_log
from stoker_tools.cli.jobs import queries, tables
from stoker_tools.cli.jobs.arguments import NO_LIMIT
from stoker_tools.cli.jobs.watching import watch
from stoker_tools.cli.text import as_json, clean
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode

MOST_WATCHED = 50
"""The most jobs that are followed if no id is given. Each takes a stream of a connection and a line of the terminal."""

MOST_LOOKED_AT = 1000
"""Jobs that are read if no id is given. Many of the newest may begin later, such as the late passes of deletions."""

MOST_NAMED = 20
"""The most ids that are shown of jobs that begin later."""

SOON = timedelta(minutes=6)
"""If no id is given, jobs that begin later than this are not followed. The longest backoff takes five minutes."""


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse an unknown status or type of jobs.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """
    _check(getattr(options, "status", None), "status", get_args(JobStatus), refuse)
    _check(getattr(options, "type", None), "type", tuple(registry.job_types()), refuse)


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    logged: list[Mapping[str, Any]] = []
    divert_log(logged.append)
    match options.command:
        case "list":
            return _list(options)
        case "show":
            return _show(options)
        case "watch":
            return watch(list(dict.fromkeys(options.ids or _alive_and_due())), options.json)
        case "cancel":
            return _each(options, cancel_job, lambda: "will stop")
        case "retry":
            return _each(options, retry_job, lambda: _started(logged))
        case "delete":
            return _each(options, delete_job, lambda: "is deleted")
        case "pause":
            return _settings(options, {"paused": ArrayUnion([options.type])})
        case "resume":
            return _settings(options, {"paused": ArrayRemove([options.type])})
    limits = {"atOnce": options.at_once, "aDay": options.a_day}
    changed = {name: None if n == NO_LIMIT else n for name, n in limits.items() if n is not None}
    return _settings(options, {"userLimits": changed} if changed else None)


def _alive_and_due() -> list[str]:
    """Return the jobs that are alive. Jobs that begin later are left out, because a watch would wait for days."""
    soon = datetime.now(UTC) + SOON
    alive = {found.id: found.to_dict() or {} for found in queries.alive(MOST_LOOKED_AT).stream()}
    later = [name for name, job in alive.items() if _begins_after(job, soon)]
    if later:
        more = ", ..." if len(later) > MOST_NAMED else ""
        names = ", ".join(map(clean, later[:MOST_NAMED]))
        print(f"Not followed, because they begin later: {names}{more}.", file=sys.stderr)
    return [name for name in alive if name not in later][:MOST_WATCHED]


def _begins_after(job: dict[str, Any], moment: datetime) -> bool:
    due = job.get("runAfter")
    return job.get("status") == "pending" and isinstance(due, datetime) and due > moment


def _check(value: str | None, what: str, known: tuple[str, ...], refuse: Callable[[str], NoReturn]) -> None:
    if value is not None and value not in known:
        refuse(f"there is no {what} {clean(value, 60)!r}: choose from {', '.join(known)}")


def _list(options: argparse.Namespace) -> int:
    query = queries.newest(options.user, options.status, options.type, options.limit)
    found = [(snapshot.id, snapshot.to_dict() or {}) for snapshot in query.stream()]
    jobs = [{"id": name, **{field: data[field] for field in queries.SHOWN if field in data}} for name, data in found]
    if options.json:
        print(as_json(jobs))
    elif jobs:
        tables.print_jobs(jobs)
        if len(jobs) == options.limit:
            print(f"The newest {options.limit}; --limit shows more.")
    else:
        print("No job matches.")
    return ExitCode.DONE


def _show(options: argparse.Namespace) -> int:
    found = find_job(options.id)
    job = {**found.data, "id": found.id}
    if options.json:
        print(as_json(job))
    else:
        tables.print_job(job)
    return ExitCode.DONE


def _each(options: argparse.Namespace, act: Callable[[str], None], done: Callable[[], str]) -> int:
    results: list[dict[str, Any]] = []
    for job_id in dict.fromkeys(options.ids):
        try:
            act(job_id)
        except StokerError as error:
            results.append({"id": job_id, "done": False, "error": message_for_caller(error), "errorCode": error.code})
        else:
            results.append({"id": job_id, "done": True})
        if options.json:
            continue
        if results[-1]["done"]:
            print(f"{job_id} {done()}.", flush=True)
        else:
            print(results[-1]["error"], file=sys.stderr)
    if options.json:
        print(as_json(results))
    return _exit_code(results)


def _exit_code(results: list[dict[str, Any]]) -> int:
    errors = [result["errorCode"] for result in results if not result["done"]]
    if len(errors) == len(results) and set(errors) == {JobNotFound.code}:
        return ExitCode.NOTHING_THERE
    return exit_codes.of_parts(len(results) - len(errors), len(errors))


def _started(logged: list[Mapping[str, Any]]) -> str:
    # Cloud Tasks accepts tasks from service accounts only, and only deployed functions know a prefix of the queues. If
    # the task is refused for this or any other reason, the sweeper queues the job later.
    failed = any(str(entry.get("severity")) == "ERROR" for entry in logged)
    logged.clear()
    return "is pending again; the sweeper will queue it, within two minutes" if failed else "is pending again"


def _settings(options: argparse.Namespace, change: dict[str, Any] | None) -> int:
    reference = client().collection(config.ADMIN_DATA).document(config.JOB_SETTINGS)
    if change is not None:
        reference.set(change, merge=True)
    data = reference.get().to_dict() or {}
    try:
        settings = JobSettings.from_firestore(data)
    except ValueError as error:
        wrong = "; ".join(_named(error, data))
        raise CommandError(
            f"{reference.path} is not valid, so workers keep the last valid settings: {wrong}."
        ) from None
    if options.json:
        # A limit of null was lifted, so it is printed too.
        print(as_json(settings.model_dump(by_alias=True, exclude={"schema_version"})))
        return ExitCode.DONE
    limits = settings.user_limits
    print(f"paused       {', '.join(settings.paused) or 'nothing'}")
    if settings.stopped_until is not None:
        print(f"stopped      until {settings.stopped_until:%Y-%m-%d %H:%M} UTC")
    print(f"at once      {(limits and limits.at_once) or 'no limit'}")
    print(f"a day        {(limits and limits.a_day) or 'no limit'}")
    print(f"work a day   {f'{limits.work_minutes_a_day} min' if limits and limits.work_minutes_a_day else 'no limit'}")
    print(
        f"media a day  {f'{limits.media_minutes_a_day} min' if limits and limits.media_minutes_a_day else 'no limit'}"
    )
    most = limits.output_gib_a_day if limits else None
    print(f"files a day  {f'{most} GiB' if most else 'no limit'}")
    print(f"storage      {f'{limits.storage_gib} GiB' if limits and limits.storage_gib else 'no limit'}")
    new = limits.new_users if limits else None
    print(f"new users    {_new_users(new) if new else 'as all other users'}")
    if change is not None:
        print(f"Workers follow the new settings within {config.SETTINGS_SECONDS:.0f} s.")
    return ExitCode.DONE


def _new_users(new: NewUserLimits) -> str:
    return f"in the first {new.hours} h {new.at_once or 'any number'} at once, {new.a_day or 'any number'} a day"


def _named(error: ValueError, data: dict[str, Any]) -> Iterator[str]:
    from pydantic import ValidationError

    yield from (clean(problem) for problem in problems(error, data)) if isinstance(error, ValidationError) else ()
