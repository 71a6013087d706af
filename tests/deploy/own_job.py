"""Run a job of the type `word-count` in an app, by the app's own functions and packages; print its document as JSON.

The environment of the functions runs this in their folder. The engine works in memory, and so do the uploads.
"""

import hashlib
import inspect
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from types import SimpleNamespace

from stoker.firestore.writes import Create
from stoker.jobs.job import path_of
from stoker.jobs.memory_store import MemoryStore
from stoker.jobs.store import using
from stoker.storage.outputs import AttemptOutputs

WORDS: list[int] = []


def upload(_outputs: AttemptOutputs, file: Path, _media_type: str, check: Callable[[], None]) -> tuple[str, str]:
    """Read the number of words, and take the file for uploaded."""
    check()
    WORDS.append(json.loads(file.read_text())["words"])
    return f"job-outputs/ada/j/{file.name}", hashlib.sha256(file.read_bytes()).hexdigest()


def main(text: str) -> None:
    """Run the job."""
    AttemptOutputs.upload = upload  # type: ignore[method-assign, assignment]
    job = {
        "id": "j",
        "userId": "ada",
        "type": "word-count",
        "input": {"text": text},
        "status": "pending",
        "createdAt": datetime.now(UTC),
    }
    function = import_module("main").wordcount
    with using(MemoryStore()) as store:
        store.documents.commit([Create(path_of("j"), job)])
        inspect.unwrap(function)(SimpleNamespace(data={"jobId": "j"}))
        found = store.documents.get(path_of("j"))
    assert found is not None
    said = {"version": metadata.version("stoker"), "words": WORDS, "job": found.data}
    print(json.dumps(said, default=str))


if __name__ == "__main__":
    sys.path.insert(0, "")
    main(sys.argv[1])
