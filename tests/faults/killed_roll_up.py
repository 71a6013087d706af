"""A roll-up that kills its process at a call to Firestore: before, during or after the call.

Run by `test_killed_roll_ups`, as `python -m faults.killed_roll_up '{...}'`, with `collections` (by their names in
`stoker.config`), `constants` (likewise), `call` (from 0; none, to live) and `moment`.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from google.cloud.firestore_v1.services.firestore import FirestoreClient

MOMENTS = ("before", "under way", "after")
CALLS = ("commit", "batch_get_documents", "run_query")


def main() -> None:
    """Rolls everything up, unless it is killed before."""
    from stoker import config
    from stoker.analytics.raw_events import read
    from stoker.analytics.roll_up import roll_up
    from stoker.queries.declared import waiting_events

    wanted = json.loads(sys.argv[1])
    for name, value in {**wanted["collections"], **wanted["constants"]}.items():
        setattr(config, name, value)
    for name in CALLS:
        setattr(FirestoreClient, name, _deadly(getattr(FirestoreClient, name), wanted.get("call"), wanted["moment"]))
    # The one that was killed before has the lease still, until it runs out.
    while not roll_up() and any(read(waiting_events(), limit=1)):
        _made.clear()
        time.sleep(0.05)


_made: list[None] = []
"""One for each call."""


def _deadly(method: Callable[..., Any], call: int | None, moment: str) -> Callable[..., Any]:
    def called(*arguments: Any, **named: Any) -> Any:
        def make() -> Any:
            return method(*arguments, **named)

        number = len(_made)
        _made.append(None)
        if number != call:
            return make()
        if moment == "under way":
            threading.Thread(target=make, daemon=True).start()
            time.sleep(0.01)  # long enough for it to be sent, and not always for it to be answered
        elif moment == "after":
            make()
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    return called


if __name__ == "__main__":
    main()
