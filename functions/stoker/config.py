"""All configuration: the deployer's parameters, the settings of `stoker.toml`, the limits, and what the
emulators do differently.

This module imports nothing heavy: `main.py` imports it while the Firebase CLI waits for the list of functions.

The code reads a value that is not `Final` each time it needs it, and never copies it, so that a test can set another
value.
"""

import json
import os
from typing import Final

from stoker import app_settings, own_documents
from stoker.features import is_used
from stoker.parameters import ParameterError as ParameterError
from stoker.parameters import number, switch

_settings = app_settings.read_settings()

REGION: Final = os.environ.get("STOKER_REGION") or _settings.region or "us-central1"
"""The region of all functions and queues. Set it in `functions/.env`, to a region near the database."""

DATABASE: Final = _settings.database
"""The id of the Firestore database."""

RESERVED_VCPU: Final = _settings.reserved_vcpu
"""The processors that the app's own functions may use together, besides its job types, in vCPU."""

BLOCKING: Final = switch("STOKER_BLOCKING")
"""True if Firebase Auth calls `before_created` and `before_signed_in`. The project needs Identity Platform for that.
Set it in `functions/.env`."""

VCPU: Final = number("STOKER_VCPU", 120)
"""The processors that all functions may use together, in vCPU: see `stoker.capacity`. Set it in `functions/.env`."""

KEEP_OUTPUTS = switch("STOKER_KEEP_OUTPUTS")
"""True if a job's outputs are kept when the job's document expires. Set it in `functions/.env`."""

GIB: Final = 1024**3

# --- Jobs -----------------------------------------------------------------------------------------

JOBS = _settings.name("processingJobs")
"""The collection that holds the jobs."""

ADMIN_DATA: Final = _settings.name("adminData")
"""The collection that only admins can read and write."""

JOB_SETTINGS: Final = "jobs"
"""The document in `adminData` that pauses types of jobs and limits users. Its model is in `stoker.models.settings`."""

JOB_KEYS = _settings.name("jobKeys")
"""The collection that records which job holds a `dedupeKey`. Clients can't read it."""

JOB_USERS: Final = _settings.name("jobUsers")
"""The collection that records the running jobs of each user, if users are limited. Clients can't read it."""

DELETED_JOBS = _settings.name("deletedJobs")
"""The collection that records the work on jobs that were deleted, because the project's limit of a day still counts
it. It names no job and no user. Clients can't read it."""

CALL_COUNTS = _settings.name("callCounts")
"""The collection that counts the calls of each user in a minute. Clients can't read it."""

DEPARTURES = _settings.name("departures")
"""The collection that records which accounts are being deleted or were deleted lately. Clients can't read it."""

SERVER_KEYS: Final = _settings.name("serverKeys")
"""The collection that holds the project's keyring. Clients can't read it, and admins neither."""

KEYRING: Final = "keyring"
"""The document in `serverKeys` that holds the keys with which the server signs. Its model is in
`stoker.models.server_keys`."""

SIGN_UP_SETTINGS = "signUps"
"""The document in `adminData` that refuses sign-ups. Its model is in `stoker.models.settings`."""

SETTINGS_SECONDS: Final = 15.0
"""The greatest age of the settings that a worker uses, in seconds."""

MAX_ATTEMPTS: Final = 5
"""The number of attempts that a job has, unless its document names another number."""

MAX_WORK_SECONDS: Final = 6 * 3600
"""The longest time that all attempts at a job may take together, in seconds: twelve whole attempts. Attempts whose time
was up are included. A deletion of a user's data has no such bound."""

ATTEMPTS_KEPT: Final = 10
"""The number of failed attempts that a job's document records: the last ones."""

KEEP_ENDED_DAYS: Final = 30
"""The number of days for which the document of a job that has ended is kept. Firestore deletes it some time after
`expiresAt`.
Source: https://firebase.google.com/docs/firestore/ttl (typically within 24 hours)."""

ATTEMPT_SECONDS: Final = 1800
"""The longest time that an attempt may run, in seconds: the longest timeout of a task queue function.
Source: https://firebase.google.com/docs/functions/quotas (task queue functions, 30 minutes)."""

DEADLINE_MARGIN_SECONDS: Final = 45
"""An attempt stops itself this many seconds before `ATTEMPT_SECONDS`, so that it can still write the reason."""

LEASE_SECONDS: Final = 90
"""The length of a lease, in seconds: an attempt that has written nothing for this time counts as dead. Four heartbeats
and a slow write fit into it."""

HEARTBEAT_SECONDS: Final = 20
"""The longest time between two writes of a living attempt, in seconds."""

PROGRESS_SECONDS: Final = 2.0
"""The shortest time between two progress writes of one stage, in seconds, once an attempt has run for
`BRISK_FOR_SECONDS`."""

BRISK_PROGRESS_SECONDS: Final = 1.0
"""The shortest time between two progress writes before that, and for a new stage, in seconds. Firestore sustains one
write a second to a document.
Source: https://firebase.google.com/docs/firestore/quotas (maximum write rate to a document)."""

BRISK_FOR_SECONDS: Final = 10.0
"""The time for which an attempt writes its progress more often, in seconds: as long as a user watches a progress bar
that does not move.
Source: https://www.nngroup.com/articles/response-times-3-important-limits/"""

STALE_PENDING_SECONDS: Final = 60
"""The age at which a job that is still `pending` counts as stale, in seconds. Its event or its task was probably lost,
so the sweeper dispatches it again."""

SWEEP_PAGE: Final = 100
"""The number of documents that a sweep reads at a time."""

SWEEP_SECONDS: Final = 240
"""The longest time that a sweep takes, in seconds. The next sweep goes on with the rest."""

# --- Media ----------------------------------------------------------------------------------------

MAX_SOURCE_BYTES = 1 * GIB
"""The largest source, in bytes."""

MAX_FETCHED_BYTES = 128 * 1024**2
"""The largest source that a worker copies to `/tmp`, in bytes. `/tmp` is the worker's memory, so a larger source is
read by ranges."""

MAX_WORKSPACE_BYTES: Final = 4 * GIB
"""The most bytes that a job may have in `/tmp` at a time. Together with `MEDIA_MEMORY_BYTES`, they fit into the
worker's 8 GiB."""

MEDIA_TYPES: Final = ("video/*", "audio/*")
"""The media types of films and sound that a client may upload, up to `MAX_SOURCE_BYTES`. `stoker.sandbox.formats` names
the other media types."""

UNKNOWN_TYPES: Final = ("application/octet-stream", "binary/octet-stream", "")
"""The media types that clients send for a file of an unknown media type. The ending of the file's name then decides."""

CSV_TYPES: Final = ("text/csv", "application/csv", "text/tab-separated-values")
"""The media types of tables that a batch imports."""

JSON_TYPES: Final = (
    "application/json",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
)
"""The media types of JSON lists and of NDJSON that a batch imports."""

LIST_TYPES: Final = (*CSV_TYPES, *JSON_TYPES)
"""The media types of lists that a batch imports. A client may upload them up to `MAX_LIST_BYTES`. A `charset` may
follow a media type."""

CSV_ENDINGS: Final = ("csv", "tsv")
"""The endings of the names of tables, in lower case."""

JSON_ENDINGS: Final = ("json", "ndjson", "jsonl")
"""The endings of the names of JSON lists and of NDJSON, in lower case."""

VAGUE_LIST_TYPES: Final = ("text/plain", "application/vnd.ms-excel")
"""The media types of lists that do not name the format, so that the ending of the file's name decides. On Windows, a
`.csv` has the media type of Excel if Excel is installed. Source:
https://developer.mozilla.org/docs/Web/HTTP/Guides/MIME_types"""

MAX_LIST_BYTES = 100 * 1024**2
"""The largest list, in bytes. It has some hundred thousand tasks, which a batch imports within its time. The limit does
not depend on the upload's media type, because a client chooses that."""

MAX_ANIMATION_BYTES = 100 * 1024**2
"""The largest animated GIF, PNG or WebP, in bytes. Stickers and screen recordings have a hundredth of that."""

MAX_ANIMATION_FRAMES = 36_000
"""The most frames of an animation: ten minutes at 60 frames a second, or an hour at 10."""

MAX_WATERMARK_BYTES: Final = 10 * 1024**2
"""The largest watermark, in bytes: a picture that is laid over a film."""

WATERMARK_TYPES: Final = ("image/png", "image/jpeg", "image/webp")
"""The media types of watermarks."""

MAX_CAPTIONS_BYTES = 2 * 1024**2
"""The largest file of captions, in bytes. The captions of a film of several hours have a tenth of that."""

CAPTIONS_TYPES: Final = ("text/vtt", "application/x-subrip")
"""The media types of captions."""

CAPTIONS_ENDINGS: Final = ("vtt", "srt")
"""The endings of the names of captions, in lower case. With such a name, a file of type `text/plain` or of an unknown
type counts as captions."""

MAX_SOURCE_SECONDS: Final = 4 * 3600
"""The longest source, in seconds."""

MAX_SOURCE_PIXELS: Final = 33_177_600
"""The most pixels of a source's picture: 7680 x 4320."""

MAX_WATERMARK_PIXELS: Final = 16_777_216
"""The most pixels of a watermark: 4096 x 4096."""

MAX_SOURCE_STREAMS: Final = 32
"""The most streams of a source. Films on disc have about twenty."""

STALL_SECONDS = 60
"""The longest silence of ffmpeg, in seconds. After it, ffmpeg counts as stuck and is stopped."""

MEDIA_MEMORY_BYTES = 3 * GIB
"""The most address space of a child process that reads a user's file, in bytes."""

MAX_BUFFER_BYTES = GIB
"""The largest single allocation of ffmpeg, in bytes. ffmpeg fills a gap in the sound with silence in one allocation."""

MAX_OUTPUT_BYTES = 2 * GIB
"""The largest file that a child process may write, in bytes."""

MAX_SPEECH_SECONDS = 4 * 3600
"""The longest speech, in seconds. As PCM it takes 0.7 GB of `/tmp`, which is memory, and twice that if the output is a
WAV file."""

SPEECH_ENDPOINT = "https://texttospeech.googleapis.com"
"""Data that must stay in a region needs another: https://cloud.google.com/text-to-speech/docs/endpoints"""

SPEECH_MEMORY_BYTES: Final = GIB // 2
"""The most address space of the child process that speaks, in bytes. It needs a tenth of that."""

# --- Documents ------------------------------------------------------------------------------------

TASKS = _settings.name("tasks")
"""The collection of the users' tasks."""

PROJECTS: Final = _settings.name("projects")
"""The collection of projects: groups of tasks."""

ANALYTICS_EVENTS = _settings.name("analyticsEvents")
"""The collection of analytics events."""

ANALYTICS_AGGREGATES = _settings.name("analyticsAggregates")
"""The collection of aggregates: the sums of the events of each hour, day and month."""

USERS: Final = _settings.name("users")
"""The collection of profiles, by uid."""

COMPLETIONS: Final = _settings.name("completions")
"""The collection below each profile that records the completed tasks that gave XP, by the task's id."""

XP_A_DAY: Final = 500
"""The most XP that a user gets in a day: as many as ten urgent tasks give that are done on time."""

XP_OPEN_SECONDS: Final = 60
"""The shortest time that a task must have been open to give XP, in seconds. So a task that is created as completed
gives no XP."""

RECONCILES = _settings.name("reconciles")
"""The collection that records how far each reconcile has come. Clients can't read it."""

RECONCILE_SECONDS: Final = 1500
"""The longest time that a reconcile takes, in seconds. The next reconcile goes on with the rest."""


def collections() -> frozenset[str]:
    """Return the names of all collections of Stoker, with the names that `stoker.toml` gives them."""
    return frozenset(map(_settings.name, app_settings.COLLECTIONS))


def user_trees() -> tuple[str, ...]:
    """Return the collections whose documents belong to the user in their `userId`, with everything below them.

    A user's data is exported and deleted by this list. `stoker.document` adds an app's own collections.
    """
    ours = tuple(name for name in (JOBS, TASKS, PROJECTS) if is_used(name))
    return (*ours, *own_documents.collections_of_users())


def user_documents() -> tuple[str, ...]:
    """Return the collections of users' documents that have no collections below them. This saves a query for each."""
    return (ANALYTICS_EVENTS,)  # Also if analytics are off: they may have been on before.


def kept_owners() -> tuple[str, ...]:
    """Return the owners that have no account and keep their data, such as the owner of a script's jobs.

    Add your own owners. The data of all other owners without an account is deleted.
    """
    return ()


# --- Analytics ------------------------------------------------------------------------------------

ANALYTICS_SKETCHES = _settings.name("analyticsSketches")
"""The collection of sketches: the data with which the roll-up goes on counting an aggregate. Clients can't read it."""

ANALYTICS_LEASES = _settings.name("analyticsLeases")
"""The collection that holds the lease of the roll-up. Clients can't read it."""

ROLL_UP_LEASE_SECONDS = 15.0
"""The length of the roll-up's lease, in seconds: a roll-up that has committed nothing for this time counts as dead. A
commit takes a second or two."""

ROLL_UP_EVERY_SECONDS: Final = 20.0
"""The time between two looks for events in a run of `roll_up_events`, in seconds: at 0, 20 and 40 s, while there are
events."""

ROLL_UP_SECONDS: Final = 55.0
"""The longest time that a run of `roll_up_events` takes, in seconds. The next run begins after a minute."""

ROLL_UP_WINDOW = 10_000
"""The number of events that the roll-up reads, and sorts by their hours, at a time."""

ROLL_UP_BATCH = 5_000
"""The most events of one commit. At 5,000 events a second, an aggregate is written once a second. Such a commit has
some 1.1 MB; the limit is 10 MiB. A commit that is too large, because its events are large, is halved.
Source: https://firebase.google.com/docs/firestore/quotas#writes_and_transactions"""

ROLL_UP_SERIES = 150
"""The most pairs of an hour and a name in one commit. Each may change six aggregates, and a sketch of 8 KiB for
each."""

KEEP_EVENTS_DAYS = 65
"""The number of days for which a raw event is kept after it was rolled up."""

KEPT_AT_LEAST_DAYS = 62
"""The least number of days for which every raw event is kept. An earlier version of the roll-up kept events for 62
days, so raise this only when no event of that version is left.

A rebuild goes back by this time, less a day. The figures of a month are final 3 days after its end. So a month of 31
days can be counted again for 26 days after that."""

# --- Differences between the emulators and production ---------------------------------------------


def emulated() -> bool:
    """Return whether this process runs in the emulator suite."""
    return os.environ.get("FUNCTIONS_EMULATOR") == "true" or "FIRESTORE_EMULATOR_HOST" in os.environ


def speech_engine() -> str:
    """Return the name of the engine that speaks: `google` (Cloud Text-to-Speech) or `espeak` (eSpeak NG, embedded).

    Set `STOKER_SPEECH` in `functions/.env` to choose it. If it is not set, the engine is `espeak` in the emulator
    suite, which has no Cloud Text-to-Speech, and `google` in production. Neither engine ever replaces the other by
    itself.

    Raises:
        ParameterError: `STOKER_SPEECH` names an unknown engine.
    """
    name = os.environ.get("STOKER_SPEECH") or ("espeak" if emulated() else "google")
    if name not in ("google", "espeak"):
        raise ParameterError(f"STOKER_SPEECH is {name!r}. Set it to google or espeak, or leave it out.")
    return name


def known_project() -> str | None:
    """Return the id of the Firebase project; None if the environment names no project."""
    return os.environ.get("GCLOUD_PROJECT") or os.environ.get("GOOGLE_CLOUD_PROJECT") or None


def project() -> str:
    """Return the id of the Firebase project.

    Raises:
        RuntimeError: The environment names no project.
    """
    name = known_project()
    if name is None:
        raise RuntimeError("Set GCLOUD_PROJECT to the id of the Firebase project.")
    return name


def bucket() -> str:
    """Return the name of the Cloud Storage bucket: that of `stoker.toml`, or the project's default bucket.

    Firebase passes the default bucket to every function. Outside of a function, this is the name that new projects get.
    Source: https://firebase.google.com/docs/storage/faq-storage-changes-september-2024
    """
    settings = json.loads(os.environ.get("FIREBASE_CONFIG") or "{}")
    return _settings.bucket or str(settings.get("storageBucket") or f"{project()}.firebasestorage.app")
