"""Carrying out `stoker doctor`."""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from stoker import config
from stoker_tools.cli import connection
from stoker_tools.cli.text import as_json
from stoker_tools.deploy.findings import Finding, as_text, has_errors
from stoker_tools.deploy.google import Google
from stoker_tools.doctor.diagnosis import diagnose
from stoker_tools.doctor.document_facts import document_readers
from stoker_tools.doctor.expected import expected
from stoker_tools.doctor.google_facts import google_readers
from stoker_tools.doctor.place import Place
from stoker_tools.doctor.reading import SECONDS, read_all
from stoker_tools.doctor.suite_facts import suite_readers
from stoker_tools.doctor.unread_facts import Unread
from stoker_tools.exit_codes import ExitCode


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Accept every command line, because it has only common options.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """


def run(options: argparse.Namespace) -> int:
    """Look at the project, and print the findings; return the exit code.

    Args:
        options: The command line.
    """
    now, is_suite = datetime.now(UTC), config.emulated()
    place = Place(config.project(), config.REGION, now, is_suite=is_suite, database=config.DATABASE)
    wanted = expected(place.region, blocking=config.BLOCKING)
    services = suite_readers(wanted) if place.is_suite else google_readers(_google(place), wanted, place.region)
    facts = read_all({**services, **document_readers(place.now)})
    findings = diagnose(facts, wanted, place)
    if options.json:
        unread = [name for name, fact in facts.items() if isinstance(fact, Unread)]
        checked = [name for name in facts if name not in unread]
        listed = [one.as_json() for one in findings]
        print(as_json({"project": place.project, "checked": checked, "unread": unread, "findings": listed}))
    else:
        print(_report(findings, place))
    return ExitCode.FAILED if has_errors(findings) else ExitCode.DONE


def _google(place: Place) -> Google:
    # A call that begins late must not outlast the command.
    return Google(place.project, connection.access_token(), until=time.monotonic() + SECONDS)


def _report(findings: list[Finding], place: Place) -> str:
    where = "the suite" if place.is_suite else place.project
    if not findings:
        return f"Nothing is wrong with {where}."
    errors = sum(one.severity == "error" for one in findings)
    counts = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"
    return f"{as_text(findings)}\n\n{counts} in {where}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
