"""Carrying out `stoker install`, `stoker update` and `stoker uninstall`."""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from stoker_tools.cli.agreement import agreed
from stoker_tools.cli.text import as_json
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install import installed
from stoker_tools.install.diff import diff_of, edit_shown, shown
from stoker_tools.install.errors import Collision, InstallError
from stoker_tools.install.from_extensions import image_seeds
from stoker_tools.install.installed import Installed
from stoker_tools.install.journal import Journal, content_of, locked
from stoker_tools.install.plan import AppState, Choices, Plan, installation, refuse_older, removal
from stoker_tools.install.wish import Wished
from stoker_tools.setup import app_root, environment

DATA_STAYS = "Your data stays: the documents in Firestore, the files in Cloud Storage and the accounts are as before."


def wished(root: Path, record: Installed | None, *, with_manifest: bool = False) -> Wished:
    """Return the wished state of an app.

    Args:
        root: The folder of the app.
        record: The record of the last installation; None before the first.
        with_manifest: Whether `functions.yaml` is made too.

    Raises:
        InstallError: The app can't be read, its models can't be generated from, or it has a newer version of Stoker.
    """
    if record is not None:
        refuse_older(record, app_root.version())  # Older tools could not import the app's code.
    # These need the packages that `enter` has installed.
    from stoker_tools.generate.errors import GenerateError
    from stoker_tools.install.wished import wished_state

    try:
        return wished_state(root, record, with_manifest=with_manifest)
    except GenerateError as error:
        raise InstallError(str(error)) from None


def planned(root: Path, state: AppState, record: Installed | None, choices: Choices, whole: Wished) -> Plan:
    """Return the plan of an installation or an update.

    Args:
        root: The folder of the app.
        state: The app.
        record: The record of the last installation; None before the first.
        choices: The user's choices.
        whole: The wished state of the app.

    Raises:
        InstallError: The app has parts that collide with Stoker's.
    """
    from stoker_tools.install.collisions import collisions, region_note
    from stoker_tools.install.foreign_refusals import as_text

    found = collisions(root, whole, installed=record is not None)
    if found.refusals:
        raise Collision(f"{as_text([*found.refusals, *found.remarks])}\nNothing was changed.")
    plan = installation(state, whole, record, choices)
    plan.notes += [as_text([remark]) for remark in found.remarks]
    if sentence := region_note(root, whole.folder):
        plan.notes.append(sentence)
    return plan


def install(root: Path, options: argparse.Namespace) -> int:
    """Install Stoker into an app; return the exit code.

    Args:
        root: The folder of the app.
        options: The command line.
    """

    def plan(state: AppState, choices: Choices) -> Plan:
        record = _record(state)
        whole, sentences = wished(root, record), list[str]()
        if options.from_extensions is not None:
            seeds, sentences = image_seeds(root, whole.folder, options.from_extensions)
            whole = replace(whole, seeds={**whole.seeds, **seeds})
        made = planned(root, state, record, choices, whole)
        made.notes += sentences
        return made

    version = app_root.version()
    steps = ", ".join(f"`{app_root.command(name)}`" for name in ("generate", "emulators", "deploy"))
    done = [f"Stoker {version} is installed. The next commands: {steps}."]
    return _carried_out(root, options, plan, done, f"Stoker {version} is installed already. Nothing was changed.")


def update(root: Path, options: argparse.Namespace) -> int:
    """Renew Stoker in an app; return the exit code.

    Args:
        root: The folder of the app.
        options: The command line.
    """

    def plan(state: AppState, choices: Choices) -> Plan:
        record = _record_or_refusal(state, root)
        return planned(root, state, record, choices, wished(root, record))

    version = app_root.version()
    done = [f"Stoker is of version {version} now. Run `{app_root.command('generate')}`, and then your tests."]
    return _carried_out(root, options, plan, done, f"Stoker {version} is up to date. Nothing was changed.")


def generate(root: Path, *, check: bool) -> int:
    """Write all that is made from the app's code: rules, indexes, `functions.yaml`, types and schemas.

    Args:
        root: The folder of the app.
        check: Whether to write nothing, and to fail if a file is stale.

    Returns:
        The exit code.

    Raises:
        InstallError: Stoker is not installed there, or can't be put there.
    """
    with locked(root):
        journal = Journal(root)
        if sentence := journal.finish_or_undo():
            print(sentence, file=sys.stderr)
        state = state_of(root)
        record = _record_or_refusal(state, root)
        refuse_older(record, app_root.version())
        if record.version != app_root.version():
            reason = f"The app has Stoker {record.version}, and this command is of version {app_root.version()}."
            raise InstallError(f"{reason} Run `{app_root.command('update')}` first.")
        environment.prepare(["functions/venv"])  # `main.py` is run there, for `functions.yaml`.
        whole = wished(root, record, with_manifest=True)
        plan = planned(root, state, record, Choices(leaves_edits=True), whole)
        if plan.conflicts:
            raise InstallError("\n".join([*plan.conflicts, "Nothing was changed."]))
        paths = [change.path for change in plan.changes if change.path != installed.FILE]
        if check and paths:
            print(shown(plan.changes, is_coloured=_is_coloured()))
            raise InstallError(f"{', '.join(paths)} are stale: run `{app_root.command('generate')}`.")
        if not check:
            journal.carry_out(plan.changes, plan.emptied)
        print("\n".join([*(f"wrote {path}" for path in paths), *plan.notes] or ["All files were up to date."]))
        if plan.left:
            print(f"Run `{app_root.command('update')}`, which asks about {', '.join(plan.left)}.", file=sys.stderr)
    return ExitCode.INCOMPLETE if plan.left else ExitCode.DONE


def stale(root: Path) -> list[str]:
    """Return the paths of an app's files that `generate` would change, without `functions.yaml`.

    Args:
        root: The folder of the app.

    Raises:
        InstallError: The app's own code or its files can't be read, or Stoker is not installed there.
    """
    state = state_of(root)
    record = _record_or_refusal(state, root)
    plan = planned(root, state, record, Choices(leaves_edits=True), wished(root, record))
    return [*plan.left, *(change.path for change in plan.changes if change.path != installed.FILE)]


def uninstall(root: Path, options: argparse.Namespace) -> int:
    """Take Stoker out of an app; return the exit code.

    Args:
        root: The folder of the app.
        options: The command line.
    """
    done = ["Stoker is taken out.", DATA_STAYS]

    def plan(state: AppState, choices: Choices) -> Plan:
        record = _record_or_refusal(state, root)
        done.extend(_remaining(state.read(f"{record.folder}/functions.yaml")))
        return removal(state, record, choices)

    return _carried_out(root, options, plan, done, "There is nothing to take out.")


COMMANDS: Mapping[str, Callable[[Path, argparse.Namespace], int]] = {
    "install": install,
    "update": update,
    "uninstall": uninstall,
}


def _carried_out(
    root: Path,
    options: argparse.Namespace,
    plan_of: Callable[[AppState, Choices], Plan],
    done: list[str],
    nothing: str,
) -> int:
    """Make a plan, show it, ask, and carry it out."""
    with locked(root):
        journal = Journal(root)
        if sentence := journal.finish_or_undo():
            print(sentence, file=sys.stderr)
        plan = plan_of(
            state_of(root), Choices(keeps_edits=options.keep_edits, overwritten=frozenset(options.overwrite))
        )
        if plan.conflicts:
            raise InstallError("\n".join([*plan.conflicts, "Nothing was changed."]))
        if plan.local_edits:
            return _refused(plan, options)
        _show(plan, options)
        if not plan.changes:
            _end(plan, options, [nothing], is_done=True)
            return ExitCode.DONE
        if options.dry_run:
            _end(plan, options, ["Nothing was changed, because of --dry-run."], is_done=False)
            return ExitCode.DONE
        refusal = "Nothing was changed: without a terminal, say --yes or --dry-run."
        if not options.yes and not agreed("Change these files?", refusal):
            print("Nothing was changed.")
            return ExitCode.DONE
        for cache in [root / path for path in plan.caches]:
            if not cache.is_symlink():
                shutil.rmtree(cache)
        journal.carry_out(plan.changes, plan.emptied)
        full = [path for path in plan.emptied if (root / path).is_dir()]
        stays = [f"These folders stay, because they hold other files: {', '.join(full)}."] if full else []
        _end(plan, options, [*stays, *done], is_done=True)
        return ExitCode.DONE


def state_of(root: Path) -> AppState:
    """Return the state of an app on the disk.

    Args:
        root: The folder of the app.
    """
    return AppState(lambda path: content_of(root / path), lambda path: (root / path).is_dir())


def _record(state: AppState) -> Installed | None:
    content = state.read(installed.FILE)
    return None if content is None else installed.read(content)


def _record_or_refusal(state: AppState, root: Path) -> Installed:
    record = _record(state)
    if record is None:
        raise InstallError(f"Stoker is not installed in {root}.", ExitCode.NOTHING_THERE)
    return record


def _remaining(manifest: bytes | None) -> list[str]:
    """Return sentences about functions that may be deployed."""
    text = (manifest or b"").decode(errors="replace").partition("\nendpoints:\n")[2]
    names = re.findall(r"(?m)^  ([A-Za-z][\w-]*):$", re.split(r"(?m)^\S", text)[0])
    listed = f" {' '.join(names)}" if names else " NAME …"
    which = "these functions" if names else "the functions that `firebase functions:list` names"
    return [
        f"If you have deployed Stoker, {which} stay until you delete them: firebase functions:delete{listed}",
        "To take its rules out of the project, run `firebase deploy --only firestore:rules,storage`.",
    ]


def _refused(plan: Plan, options: argparse.Namespace) -> int:
    paths = [edit.path for edit in plan.local_edits]
    sentence = (
        f"You have edited Stoker's part of {', '.join(paths)}, which would be lost. Nothing was changed. "
        f"Keep your edits with --keep-edits, or give them up with {' '.join(f'--overwrite {path}' for path in paths)}."
    )
    if options.json:
        _print_json(plan, [sentence], is_done=False)
    else:
        for edit in plan.local_edits:
            print(edit_shown(edit, is_coloured=_is_coloured()))
        print(sentence, file=sys.stderr)
    return ExitCode.INCOMPLETE


def _show(plan: Plan, options: argparse.Namespace) -> None:
    if not options.json and plan.changes:
        print(shown(plan.changes, is_coloured=_is_coloured()))


def _end(plan: Plan, options: argparse.Namespace, sentences: list[str], *, is_done: bool) -> None:
    if options.json:
        _print_json(plan, sentences, is_done=is_done)
    else:
        print("\n".join([*plan.notes, *sentences]))


def _print_json(plan: Plan, sentences: list[str], *, is_done: bool) -> None:
    edits = [{"path": edit.path, "before": edit.before, "now": edit.now} for edit in plan.local_edits]
    changes = [
        {
            "path": change.path,
            "kind": "new" if change.old is None else "removed" if change.new is None else "changed",
            "diff": diff_of(change),
        }
        for change in plan.changes
    ]
    notes = [*plan.notes, *sentences]
    print(as_json({"done": is_done, "changes": changes, "local_edits": edits, "notes": notes}))


def _is_coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
