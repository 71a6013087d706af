"""Reading facts in parallel, within a time. A fact that can't be read is a fact too."""

import threading
import time
from collections.abc import Callable, Mapping

from google.api_core.exceptions import GoogleAPICallError, GoogleAPIError
from google.auth.exceptions import GoogleAuthError, TransportError

from stoker_tools.deploy.google import UNAUTHENTICATED, GoogleRefusal, GoogleSilence
from stoker_tools.doctor.unread_facts import SILENT, Unread

SECONDS = 7.0
"""The longest time for all facts together, in seconds. The start of the command, the login and the report take up to
3 s more (measured on two busy cores)."""


def read_all(readers: Mapping[str, Callable[[], object]], seconds: float = SECONDS) -> dict[str, object]:
    """Call all readers at the same time; return their facts by name. A fact that could not be read is `Unread`.

    A reader that takes too long is left behind: it runs in a thread that does not keep the process alive.

    Args:
        readers: A function for each fact, by the names of `SOURCES`.
        seconds: The longest time for all of them together, in seconds.
    """
    end = time.monotonic() + seconds
    answers = dict[str, object]()
    errors = dict[str, BaseException]()

    def read(name: str) -> None:
        try:
            answers[name] = _read(readers[name])
        except BaseException as error:  # It is raised in the caller's thread.
            errors[name] = error

    threads = {name: threading.Thread(target=read, args=(name,), daemon=True) for name in readers}
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))
    if errors:
        raise next(iter(errors.values()))
    late = Unread(f"No answer came within {seconds:g} s.", SILENT)
    return {name: answers.get(name, late) for name in readers}


def _read(reader: Callable[[], object]) -> object:
    try:
        return reader()
    except GoogleRefusal as refusal:
        return Unread(refusal.message or f"HTTP {refusal.status}", refusal.status)
    except (GoogleSilence, TransportError) as error:
        return Unread(str(error), SILENT)
    except GoogleAuthError as error:
        return Unread(str(error), UNAUTHENTICATED)
    except GoogleAPIError as error:
        # Only an error of a call has a code. The others say that the time for all tries is over.
        code = error.code if isinstance(error, GoogleAPICallError) else None
        return Unread(str(getattr(error, "message", error)), int(code or SILENT))
