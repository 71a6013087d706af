"""The platform takes an instance away: it sends SIGTERM, and ten seconds later the instance is gone.

Source: https://cloud.google.com/run/docs/container-contract#instance-shutdown
"""

import os
import signal
import threading
from types import FrameType
from typing import Any

_announced = threading.Event()


def going_down() -> bool:
    """Whether this process has been told to end."""
    return _announced.is_set()


def listen() -> None:
    """Takes note of SIGTERM from now on, besides whatever else is done about it.

    Call it while `main.py` is imported: only the main thread may set a handler, and functions run in others.
    """
    earlier = signal.getsignal(signal.SIGTERM)

    def note(number: int, frame: FrameType | None) -> None:
        _announced.set()
        if callable(earlier):
            earlier(number, frame)
        else:
            signal.signal(number, earlier if earlier is not None else signal.SIG_DFL)
            os.kill(os.getpid(), number)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, note)
    if "K_SERVICE" in os.environ:
        _listen_under_gunicorn()


def _listen_under_gunicorn() -> None:
    # In production, the functions are served by a gunicorn worker, which is forked after `main.py` was imported and
    # then sets handlers of its own; there is no hook that Functions Framework would pass on.
    from gunicorn.workers.gthread import ThreadWorker

    handle_exit = ThreadWorker.handle_exit

    def announced(worker: Any, number: int, frame: FrameType | None) -> None:
        _announced.set()
        handle_exit(worker, number, frame)

    ThreadWorker.handle_exit = announced
