"""The parent's side of the guardian: an exit code belongs to the start that it is asked for."""

import select
import subprocess
import sys
from pathlib import Path

from stoker_tools.emulators.keeper import Keeper
from waiting import until

GUARDIAN = """
import json, sys
print(json.dumps({"directory": "/suite"}), flush=True)
for code in (3, 7):
    print(json.dumps({"exited": code, "log": json.loads(sys.stdin.readline())["log"]}), flush=True)
"""


def test_a_cli_that_ends_just_before_the_next_start_does_not_count_as_the_next() -> None:
    command = [sys.executable, "-c", GUARDIAN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as guardian:
        keeper = Keeper(guardian)
        keeper.start(["firebase"], Path("/suite"), {}, Path("/suite/first.log"))
        assert guardian.stdout is not None
        assert select.select([guardian.stdout], [], [], 60)[0]  # The first CLI has ended, and nobody has asked yet.
        keeper.start(["firebase"], Path("/suite"), {}, Path("/suite/second.log"))
        until(lambda: keeper.exit_code(0.1) is not None)
        assert keeper.exit_code() == 7
