"""Running pytest inside a suite: the suite that this checkout runs, or a new suite."""

from collections.abc import Sequence

from stoker_tools import emulators as suite
from stoker_tools.emulators import sharing
from stoker_tools.emulators.command import end_in_order, run
from stoker_tools.setup import environment


def run_inside(command: Sequence[str]) -> int:
    """Run a command in the root of the project, with a suite; return its exit code."""
    end_in_order()
    with sharing.borrowed(suite.DEFAULT) as variables:
        if variables:
            return run(command, variables, environment.ROOT)
    with suite.running(schedules=False) as emulators:
        return run(command, emulators.environment, environment.ROOT)
