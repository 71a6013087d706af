"""Carrying out `stoker alerts`."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from stoker import config, features
from stoker.app_settings import FEATURES
from stoker_tools.alerts.installation import Installation, explained
from stoker_tools.alerts.monitoring_files import monitoring
from stoker_tools.cli import connection
from stoker_tools.cli.text import as_json
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode


def check(options: argparse.Namespace, refuse: Callable[[str], NoReturn]) -> None:
    """Accept every command line. The parser has checked the address.

    Args:
        options: The command line.
        refuse: Ends the program with a sentence.
    """


def run(options: argparse.Namespace) -> int:
    """Install the alerts; return the exit code.

    Args:
        options: The command line.
    """
    if config.emulated():
        raise CommandError("The emulator suite has no alerts: name a project in production with --project.")
    done = []
    files = monitoring(off=[feature for feature in FEATURES if not features.has(feature)])
    try:
        for sentence in Installation(Google(config.project(), connection.access_token())).install(files, options.email):
            done.append(sentence)
            if not options.json:
                print(sentence)
    except GoogleRefusal as refusal:
        raise explained(refusal, config.project()) from None
    if options.json:
        print(as_json({"project": config.project(), "done": done}))
    return ExitCode.DONE
