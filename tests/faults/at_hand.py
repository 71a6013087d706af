"""The job that a function works on now, and the signals and meetings that the job asks for."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from faults.folder import note, noted

POINTS = (
    "lease taken",
    "before the download",
    "in the download",
    "probed",
    "in the encode",
    "encoded",
    "before the upload",
    "in the upload",
    "before the final write",
    "final write under way",
    "final write made",
)
"""The points at which a worker can send itself a signal, in the order in which a job reaches them."""

TOGETHER_SECONDS = 60
"""The longest time for which deliveries wait for each other."""


class Here(threading.local):
    """The job of this thread. Each request has its own thread, so the reporter's thread meets no faults of a job."""

    job_id = ""
    fault: Mapping[str, Any] = MappingProxyType({})
    signal: Mapping[str, str] | None = None


here = Here()


@contextmanager
def at_hand(job_id: str, data: Mapping[str, Any]) -> Iterator[None]:
    here.job_id, here.fault = job_id, data.get("fault", {})
    here.signal = here.fault.get("signals", {}).get(str(data.get("attempt", 0) + 1))
    try:
        yield
    finally:
        here.job_id, here.fault, here.signal = "", {}, None


def asked_for(point: str) -> bool:
    return here.signal is not None and here.signal["at"] == point


def reach(point: str) -> None:
    """Send this process a signal, if the job asks for a signal at this point.

    The signal is sent once, because a process that was stopped continues at this point.
    """
    if here.signal is None or not asked_for(point):
        return
    name, here.signal = here.signal["signal"], None
    note("signal", jobId=here.job_id, at=point, signal=name)
    if name == "SIGSTOP":
        # If another thread took the signal, this thread could go on for a while before it stops.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    else:
        os.kill(os.getpid(), signal.Signals[name])


def meet(place: str) -> None:
    """Wait until the number of deliveries that the job asks for is here. All then go on at the same time."""
    wanted = here.fault.get("together", {})
    if wanted.get("at") != place:
        return
    note("met", jobId=here.job_id)
    until = time.monotonic() + TOGETHER_SECONDS
    while noted("met", here.job_id) < wanted["of"]:
        if time.monotonic() > until:
            raise TimeoutError(f"{wanted['of']} deliveries did not meet at {place}.")
        time.sleep(0.01)
