"""Run the command `stoker` of the environment's wheel, and kill it before a step of its changes of files.

    python killed_update.py STEP ARGUMENT ...

Without a kill, it prints `steps=` and the number of steps to standard error at the end.
"""

import atexit
import itertools
import os
import signal
import sys

from stoker_tools.__main__ import run
from stoker_tools.install.disk import Disk


def main(kill_at: int) -> None:
    """Run the command line that is left."""
    steps = itertools.count()

    def step(_disk: Disk) -> None:
        if next(steps) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    Disk.step = step  # type: ignore[method-assign, assignment]
    atexit.register(lambda: print(f"steps={next(steps)}", file=sys.stderr))
    run()


if __name__ == "__main__":
    main(int(sys.argv.pop(1)))
