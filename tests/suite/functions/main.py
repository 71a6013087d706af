"""Functions for the tests of the suite."""

import os
import subprocess
import sys
import time
from pathlib import Path

from firebase_functions.https_fn import on_request
from firebase_functions.scheduler_fn import ScheduledEvent, on_schedule
from flask import Request, Response


@on_request()
def worker(request: Request) -> Response:
    """Answer with the process id of this worker."""
    return Response(str(os.getpid()))


@on_request()
def leave(request: Request) -> Response:
    """Leave a process that nothing ties to the suite: no environment, no parent, a session of its own."""
    code = "import subprocess as s; print(s.Popen(['sleep', '600'], env={}, stdout=s.DEVNULL, stderr=s.DEVNULL).pid)"
    command = [sys.executable, "-c", code]
    return Response(subprocess.run(command, check=True, capture_output=True, start_new_session=True).stdout)


@on_schedule(schedule="every day 03:00")
def tick(event: ScheduledEvent) -> None:
    """Write down the time of the schedule, then work for 2.5 s."""
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(f"{event.schedule_time.isoformat()}\n")
    time.sleep(2.5)
