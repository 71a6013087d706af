"""Asking the user of a command before it does something."""

import sys

from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode


def agreed(question: str, without_terminal: str) -> bool:
    """Ask a question; return whether the user says yes. The end of the input means no.

    Args:
        question: The question, without the choices.
        without_terminal: The sentence of the refusal if there is no terminal. It names the option that replaces the
            answer.

    Raises:
        CommandError: Nobody can answer, because there is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(without_terminal, ExitCode.USAGE)
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
