"""Every kind of call that the functions make, by what `needs.ROLES` says of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from uuid import uuid4

import httpx
from google.cloud.firestore_v1.types import Write

from stoker import config
from stoker.access import account
from stoker.accounts.reconcile import existing
from stoker.accounts.reconcile_owners import has_accounts
from stoker.firestore import raw
from stoker.firestore.documents import FirestoreDocuments
from stoker.firestore.writes import Create, Delete, Merge, Update
from stoker.jobs.queue import enqueue
from stoker.jobs.states import JobState
from stoker.logs import JobLog
from stoker.queries import job_queries, trees
from stoker.speech.engines.answer_cache import AnswerCache
from stoker.speech.engines.google import Google
from stoker.storage import outputs, sources, usage
from stoker.storage.outputs import AttemptOutputs
from stoker_tools.deploy.needs import QUEUEING
from twin.gate import Gate

Call = Callable[[], object]
Prepared = Callable[[Gate], Call]
"""Prepares a call with all roles, and returns the call."""


def task() -> str:
    """Write a task; return its path."""
    path = f"{config.TASKS}/{uuid4().hex}"
    FirestoreDocuments().commit([Create(path, {"userId": "ada"})])
    return path


def read(gate: Gate) -> Call:
    path = task()
    return lambda: FirestoreDocuments().get(path)


def read_several(gate: Gate) -> Call:
    path = task()
    return lambda: FirestoreDocuments().get_all([path])


def read_raw(gate: Gate) -> Call:
    path = task()
    return lambda: raw.get(path)


def read_several_raw(gate: Gate) -> Call:
    path = task()
    return lambda: list(raw.get_all([raw.name_of(path)]))


def find(gate: Gate) -> Call:
    return lambda: FirestoreDocuments().find(job_queries.due(datetime.now(UTC)))


def find_raw(gate: Gate) -> Call:
    return lambda: list(raw.find(job_queries.due(datetime.now(UTC)).query()))


def find_owned(gate: Gate) -> Call:
    return lambda: list(trees.owned(config.TASKS, "ada"))


def count(gate: Gate) -> Call:
    return lambda: FirestoreDocuments().count(job_queries.due(datetime.now(UTC)))


def add_up(gate: Gate) -> Call:
    return lambda: FirestoreDocuments().count_and_sum(job_queries.childrens_progress("holiday"), "progress")


def create(gate: Gate) -> Call:
    return task


def update(gate: Gate) -> Call:
    path = task()
    return lambda: FirestoreDocuments().commit([Update(path, {"title": "Spring"})])


def merge(gate: Gate) -> Call:
    path = task()
    return lambda: FirestoreDocuments().commit([Merge(path, {"title": "Spring"})])


def delete(gate: Gate) -> Call:
    path = task()
    return lambda: FirestoreDocuments().commit([Delete(path)])


def delete_raw(gate: Gate) -> Call:
    path = task()
    return lambda: raw.commit([Write.pb(Write(delete=raw.name_of(path)))])


def read_range(gate: Gate) -> Call:
    path = gate.bucket.put("user-uploads/ada/cat.mov", b"a film", contentType="video/quicktime").name
    return lambda: sources.open_source(path, "ada").read(0, 3)


def copy(gate: Gate) -> Call:
    path = gate.bucket.put("user-uploads/ada/cat.mov", b"a film", contentType="video/quicktime").name

    def call() -> None:
        with TemporaryDirectory() as folder:
            sources.download(path, "ada", Path(folder) / "film", lambda arrived, size: None, most=100)

    return call


def attempt() -> AttemptOutputs:
    return AttemptOutputs("ada", "holiday", uuid4().hex)


def upload(gate: Gate) -> Call:
    def call() -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "poster.jpg"
            file.write_bytes(b"a picture")
            attempt().upload(file, "image/jpeg", lambda: None)

    return call


def stream(gate: Gate) -> Call:
    def call() -> None:
        with attempt().open("film.mp4", "video/mp4") as film:
            film.write(b"a film")

    return call


def replace(gate: Gate) -> Call:
    """Upload a file again: a second try of a call does that."""
    again = attempt()
    gate.bucket.put(f"{again.folder}/film.mp4", b"a fi", contentType="video/mp4")

    def call() -> None:
        with again.open("film.mp4", "video/mp4") as film:
            film.write(b"a film")

    return call


def join(gate: Gate) -> Call:
    parts = attempt()
    with parts.rest("film.mp4") as rest:
        rest.write(b"the rest of a film")
    return lambda: parts.join("film.mp4", "video/mp4", b"the start and ", rest, lambda: None, "recipe")


def list_outputs(gate: Gate) -> Call:
    return lambda: outputs.list_objects("ada", "holiday")


def list_all_outputs(gate: Gate) -> Call:
    return lambda: list(outputs.list_all_objects(""))


def list_earlier(gate: Gate) -> Call:
    return lambda: outputs.earlier_outputs("ada", "holiday")


def add_bytes_up(gate: Gate) -> Call:
    return lambda: usage.stored_bytes("ada")


def delete_outputs(gate: Gate) -> Call:
    path = gate.bucket.put("job-outputs/ada/holiday/1/poster.jpg", b"a picture").name
    return lambda: outputs.delete_objects([path])


def put_into_queue(gate: Gate) -> Call:
    job = JobState(uuid4().hex, type="video-processing")
    return lambda: enqueue(job, "created")


def user(gate: Gate) -> str:
    """Make an account as an admin does; return its uid."""
    answer = httpx.post(
        f"{gate.accounts}/v1/projects/{gate.project}/accounts",
        json={"email": f"{uuid4().hex}@example.com"},
        headers={"Authorization": "Bearer owner"},
        timeout=60,
    )
    return str(answer.raise_for_status().json()["localId"])


def look_up(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: account.get(uid)


def look_several_up(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: existing([uid])


def list_accounts(gate: Gate) -> Call:
    return has_accounts


def lock(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: account.lock(uid)


def unlock(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: account.unlock(uid)


def set_claims(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: account.set_claims(uid, {"role": "admin"})


def delete_account(gate: Gate) -> Call:
    uid = user(gate)
    return lambda: account.delete(uid)


def speak(gate: Gate) -> Call:
    """Ask Cloud Text-to-Speech for its voices."""

    def call() -> None:
        with Google(cast(AnswerCache, None), lambda: None, JobLog("test")) as engine:
            assert engine.voices()

    return call


USES: Mapping[str, tuple[Prepared, ...]] = {
    "Reading documents": (read, read_several, read_raw, read_several_raw),
    "Finding and counting documents": (find, find_raw, find_owned, count, add_up),
    "Writing and deleting documents": (create, update, merge, delete, delete_raw),
    "Reading a source": (read_range, copy),
    "Uploading a file": (upload, stream, replace),
    "Joining the parts of a large file": (join,),
    "Listing a job's or a user's files": (list_outputs, list_all_outputs, list_earlier, add_bytes_up),
    "Deleting files": (delete_outputs,),
    QUEUEING: (put_into_queue,),
    "Looking up an account": (look_up, look_several_up),
    "Listing the accounts": (list_accounts,),
    "Locking and unlocking an account": (lock, unlock),
    "Setting the claim of a role": (set_claims,),
    "Deleting an account": (delete_account,),
}
"""The calls that need a role, by the phrase of `Role.uses`."""

WITHOUT_A_ROLE: tuple[Prepared, ...] = (speak,)
"""The calls that need no role."""
