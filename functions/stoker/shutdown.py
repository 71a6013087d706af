"""The shutdown of an instance: the platform sends SIGTERM, and stops the instance ten seconds later.

Source: https://cloud.google.com/run/docs/container-contract#instance-shutdown
"""

import os
import signal
import threading
from types import FrameType
from typing import Any

_announced = threading.Event()


def going_down() -> bool:
    """Return whether this process has received SIGTERM."""
    return _announced.is_set()


def listen() -> None:
    """Watch for SIGTERM from now on. Handlers that were set before still run.

    Call this while `main.py` is imported: only the main thread may set a handler, and functions run in other threads.
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
    # In production, a gunicorn worker serves the functions. It is forked after `main.py` was imported, and then sets
    # its own handlers. Functions Framework passes no hook of gunicorn on, so this wraps the worker's handler.
    from gunicorn.workers.gthread import ThreadWorker

    handle_exit = ThreadWorker.handle_exit

    def announced(worker: Any, number: int, frame: FrameType | None) -> None:
        _announced.set()
        handle_exit(worker, number, frame)

    ThreadWorker.handle_exit = announced
