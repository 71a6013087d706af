"""The subcommand of `stoker progress`. It prints a line for each user as soon as that user is done."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

from stoker.access.answers import message_for_caller
from stoker.errors import StokerError, UserNotFound
from stoker.firestore import raw
from stoker.models.user import Progress
from stoker.progress.ledger import pages
from stoker.progress.rebuild import RebuiltProgress, rebuild
from stoker.queries import declared
from stoker_tools import exit_codes
from stoker_tools.cli.text import clean
from stoker_tools.exit_codes import ExitCode


def check(_options: argparse.Namespace, _refuse: Callable[[str], NoReturn]) -> None:
    """Accept every command line, because argparse has checked all of it."""


def run(options: argparse.Namespace) -> int:
    """Carry out a command line; return the exit code.

    Args:
        options: The command line.
    """
    failed = missing = total = 0
    for user_id in _everyone() if options.all else [options.user]:
        total += 1
        try:
            if not user_id or "/" in user_id or not raw.possible_id(user_id):
                raise UserNotFound(f"There is no profile of {user_id!r}. Check the uid.")
            rebuilt = rebuild(user_id, dry_run=options.dry_run)
        except StokerError as error:
            failed += 1
            missing += isinstance(error, UserNotFound)
            print(clean(message_for_caller(error)), file=sys.stderr)
            continue
        print(_as_json(user_id, rebuilt) if options.json else _as_line(user_id, rebuilt, options.dry_run), flush=True)
    if options.all and not options.json:
        print(f"{total:,} {'user' if total == 1 else 'users'}{f'. {failed:,} of them failed' if failed else ''}.")
    if missing == total == 1:
        return ExitCode.NOTHING_THERE
    return exit_codes.of_parts(total - failed, failed)


def _everyone() -> Iterator[str]:
    yield from (profile.id for profile in pages(declared.profiles().select(["id"])))


def _as_json(user_id: str, rebuilt: RebuiltProgress) -> str:
    return json.dumps(
        {
            "id": user_id,
            "changed": rebuilt.changed,
            "completions": rebuilt.completions,
            "added": rebuilt.added,
            "before": rebuilt.before and rebuilt.before.model_dump(mode="json", by_alias=True),
            "after": rebuilt.after.model_dump(mode="json", by_alias=True),
        },
        ensure_ascii=False,
    )


def _as_line(user_id: str, rebuilt: RebuiltProgress, dry_run: bool) -> str:
    if not rebuilt.changed:
        return f"{clean(user_id)}  unchanged: {_figures(rebuilt.after)}"
    before = _figures(rebuilt.before) if rebuilt.before is not None else "not readable"
    return f"{clean(user_id)}  {'would change' if dry_run else 'changed'}: {before} -> {_figures(rebuilt.after)}"


def _figures(progress: Progress) -> str:
    return (
        f"level {progress.level}, {progress.xp:,} XP, {progress.stats.completed:,} tasks, "
        f"{len(progress.achievements)} achievements, streak {progress.streak}"
    )
