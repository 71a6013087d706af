"""`stoker accounts`, as an operator runs it."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from firebase_admin import auth

from emulator.accounts import imported
from emulator.batch import write_tasks
from emulator.jobs import wait_for_end
from stoker.access import account
from stoker.firebase import app
from stoker_tools.setup.environment import ROOT


def accounts(*arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, its output and its errors."""
    command = [str(ROOT / "scripts" / "accounts"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def answer(*arguments: str) -> dict[str, Any]:
    """Run the command with --json; return its result."""
    code, printed, complained = accounts(*arguments, "--json")
    assert code == 0, complained
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.mark.slow
def test_an_operator_deletes_an_account_that_an_admin_has_locked() -> None:
    who = imported()
    write_tasks(who.id, 2)
    assert answer("show", str(who.email)) == {"id": who.id, "account": "active", "jobId": None}
    auth.update_user(who.id, disabled=True, app=app())
    assert answer("show", who.id)["account"] == "locked"
    code, _, complained = accounts("delete", who.id)
    assert (code, "--banned" in complained, "Traceback" in complained) == (1, True, False)
    job_id = answer("delete", who.id, "--banned")["jobId"]
    assert wait_for_end(job_id)["endHook"] == "account-gone"
    assert account.find(who.id) is None
    shown = answer("show", who.id)
    assert (shown["account"], shown["jobId"] not in (None, job_id)) == ("gone", True)
    assert datetime.fromisoformat(shown["jobDueAt"]) > datetime.now(UTC) + timedelta(minutes=60)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [("delete", "no-such-user"), ("show", "no-such-user"), ("show", "nobody@example.com")], ids=str
)
def test_a_user_that_there_is_not_is_named(arguments: tuple[str, ...]) -> None:
    code, _, complained = accounts(*arguments)
    assert code == 10
    assert arguments[1] in complained
    assert "Traceback" not in complained


@pytest.mark.slow
def test_owners_without_an_account_are_looked_for_in_documents_and_files() -> None:
    write_tasks(imported().id, 1)
    write_tasks("gone-a-minute-ago", 1)
    shown = answer("orphans")
    assert shown["owners"] >= 2
    assert "gone-a-minute-ago" not in shown["orphans"]  # It is younger than a day.
    code, _, complained = accounts("delete-orphans")
    assert (code, "--confirm" in complained) == (2, True)
