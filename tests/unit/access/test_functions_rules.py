"""`rules/functions.rules` and `stoker.functions` know the same functions, and a slip in the one is refused."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from stoker.access.policies import CALLABLES
from stoker_tools.generate.access import InvokerEntry, entries, policies
from stoker_tools.generate.errors import GenerateError
from stoker_tools.setup.environment import ROOT

DESCRIBE = """
import json, main
def triggers(endpoint):
    return [kind for kind, trigger in vars(endpoint).items() if kind.endswith("Trigger") and trigger is not None]
found = {name: one for name, one in vars(main).items() if hasattr(one, "__firebase_endpoint__")}
print(json.dumps({
    name: {
        "triggers": triggers(one.__firebase_endpoint__),
        "guarded": getattr(getattr(one, "__wrapped__", None), "__guarded__", None),
    }
    for name, one in found.items()
}))
"""

INVOKERS = {
    name: entry.invoker
    for name, entry in entries((ROOT / "rules/functions.rules").read_text()).items()
    if isinstance(entry, InvokerEntry)
}

TRIGGERS = {
    "eventarc": "eventTrigger",
    "cloud-tasks": "taskQueueTrigger",
    "cloud-scheduler": "scheduleTrigger",
    "identity-platform": "blockingTrigger",
}


@pytest.fixture(scope="module")
def functions() -> dict[str, dict[str, Any]]:
    """Each function of main.py: what triggers it, and under which name it is guarded."""
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE],
        cwd=ROOT / "functions",
        env={**os.environ, "STOKER_BLOCKING": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_each_function_has_an_entry_and_each_entry_a_function(functions: dict[str, Any]) -> None:
    assert functions.keys() == CALLABLES.keys() | INVOKERS.keys()


def test_what_clients_may_call_is_guarded_under_its_own_name(functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        if name in CALLABLES:
            assert function == {"triggers": ["callableTrigger"], "guarded": name}
        else:
            assert function["triggers"] == [TRIGGERS[INVOKERS[name]]]


GOOD = """
hello:
  signedIn: true
  roles: [user]
  permissions: [read:own-data]
  appCheck: true
  callsPerMinute: 5
sweep:
  invoker: cloud-scheduler
"""


def test_the_form_says_what_the_file_says() -> None:
    made: dict[str, Any] = {}
    exec(policies(GOOD), made)
    [(name, policy)] = made["CALLABLES"].items()
    assert (name, policy.signed_in, policy.roles, policy.permissions) == ("hello", True, ("user",), ("read:own-data",))
    assert (policy.app_check, policy.calls_per_minute) == (True, 5)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("signedIn: true", "signedIn: false", "if signedIn is false, roles"),
        ("roles: [user]", "roles: []", "roles must name a role"),
        ("roles: [user]", "roles: [owner]", "roles"),
        ("[read:own-data]", "[everything]", "permissions"),
        ("  appCheck: true\n", "", "appCheck: is missing"),
        ("appCheck: true", "appCheck: 'yes'", "appCheck"),
        ("callsPerMinute: 5", "callsPerMinute: 0", "callsPerMinute"),
        ("callsPerMinute: 5", "callsPerMinute: null", "callsPerMinute must be a number"),
        ("callsPerMinute: 5", "callsPerMinute: 5\n  admins: true", "admins: there is no such field"),
        ("cloud-scheduler", "everyone", "invoker"),
        ("sweep:", "hello:", "hello is there twice"),
        ("hello:", "he llo:", "'he llo' is not the name"),
        ("hello:", "{", "is not YAML"),
        (GOOD, "- hello", "must name functions"),
    ],
)
def test_a_slip_is_named(before: str, after: str, message: str) -> None:
    with pytest.raises(GenerateError, match=message):
        policies(GOOD.replace(before, after, 1))


def test_what_anyone_may_call_says_so_in_all_its_parts() -> None:
    text = "hello:\n  signedIn: false\n  roles: []\n  permissions: []\n  appCheck: false\n  callsPerMinute: null\n"
    assert '"hello": CallPolicy(' in policies(text)
