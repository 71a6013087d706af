"""All configuration: where the emulator and production differ, the deployer's parameters, and the limits.

Imports nothing heavy: `main.py` reads it while the Firebase CLI waits for the list of functions.

A value that is not `Final` is read where it is used, and never kept, so that a test can set another one.
"""

import json
import os
from typing import Final

REGION: Final = os.environ.get("STOKER_REGION", "us-central1")
"""Where every function runs and every queue lives; set it in `functions/.env`, near the database."""


def _switch(name: str) -> bool:
    """Return whether a parameter is `true`. It is `false` if it is left out.

    Raises:
        RuntimeError: It is neither.
    """
    value = os.environ.get(name) or "false"
    if value not in ("true", "false"):
        raise RuntimeError(f"{name} is {value!r}. Set it to true or false, or leave it out.")
    return value == "true"


BLOCKING: Final = _switch("STOKER_BLOCKING")
"""Whether Firebase Auth asks `before_created` and `before_signed_in`. The project needs Identity Platform for that. Set
it in `functions/.env`."""

KEEP_OUTPUTS = _switch("STOKER_KEEP_OUTPUTS")
"""True if the outputs of a job stay when the job's document expires. Set it in `functions/.env`."""

GIB: Final = 1024**3

# --- Jobs -----------------------------------------------------------------------------------------

JOBS = "processingJobs"
"""The collection that holds the jobs."""

ADMIN_DATA: Final = "adminData"
"""The collection that admins alone read and write."""

JOB_SETTINGS: Final = "jobs"
"""The document there that pauses types of jobs and limits users; `stoker.models.settings` has its form."""

JOB_KEYS = "jobKeys"
"""The collection that says which job holds a `dedupeKey`. The server's own."""

JOB_USERS: Final = "jobUsers"
"""The collection that says which jobs of a user run, where users are limited. The server's own."""

DELETED_JOBS = "deletedJobs"
"""The collection that says how much deleted jobs were worked on, so that a day's limit of the project still counts
them. It names no job and no user. The server's own."""

CALL_COUNTS = "callCounts"
"""The collection that counts what each user calls in a minute. The server's own."""

DEPARTURES = "departures"
"""The collection that says whose accounts are being deleted, or were deleted lately. The server's own."""

SIGN_UP_SETTINGS = "signUps"
"""The document in `adminData` that says who may not sign up; `stoker.models.settings` has its form."""

SETTINGS_SECONDS: Final = 15.0
"""How old the settings may be that a worker goes by."""

MAX_ATTEMPTS: Final = 5
"""Attempts at a job before it fails for good, where its document names no other number."""

MAX_WORK_SECONDS: Final = 6 * 3600
"""The longest time that a job may be worked on, over all its attempts. Attempts whose time was up are included.
Twelve whole attempts. A deletion of a user's data has no such bound."""

ATTEMPTS_TOLD: Final = 10
"""How many failed attempts a job's document remembers."""

KEEP_ENDED_DAYS: Final = 30
"""How long the document of a job that has ended is kept; Firestore deletes it some time after `expiresAt`.
Source: https://firebase.google.com/docs/firestore/ttl (typically within 24 hours)."""

TASK_SECONDS: Final = 1800
"""How long an attempt may run: the longest that a task queue function is allowed.
Source: https://firebase.google.com/docs/functions/quotas (task queue functions, 30 minutes)."""

DEADLINE_MARGIN_SECONDS: Final = 45
"""An attempt stops itself this long before `TASK_SECONDS`, so that it can still say why."""

LEASE_SECONDS: Final = 90
"""An attempt that has not been heard of for so long is taken for dead. Four heartbeats and a slow write fit in."""

HEARTBEAT_SECONDS: Final = 20
"""The longest silence of a living attempt."""

PROGRESS_SECONDS: Final = 2.0
"""The shortest time between two progress writes of one stage, once an attempt has run for `BRISK_FOR_SECONDS`."""

BRISK_PROGRESS_SECONDS: Final = 1.0
"""The same before that, and for a new stage: Firestore sustains one write a second to a document.
Source: https://firebase.google.com/docs/firestore/quotas (maximum write rate to a document)."""

BRISK_FOR_SECONDS: Final = 10.0
"""How long someone looks at a bar that does not move, before they look elsewhere.
Source: https://www.nngroup.com/articles/response-times-3-important-limits/"""

STALE_PENDING_SECONDS: Final = 60
"""A job that is still `pending` after so long has lost its event or its task, and is dispatched again."""

SWEEP_PAGE: Final = 100
"""Documents that a sweep reads at once."""

SWEEP_SECONDS: Final = 240
"""How long a sweep goes on; what it did not come to is left to the next one."""

WATCH_CHECK_SECONDS = 1.0
"""How often a monitor checks whether its watch is alive."""

WATCH_SILENCE_SECONDS = 30.0
"""A monitor whose watch has said nothing for so long reads the document itself. A job that runs is written at least
every `HEARTBEAT_SECONDS`, so that this is rare."""

# --- Media ----------------------------------------------------------------------------------------

MAX_SOURCE_BYTES = 1 * GIB
"""The largest source."""

MAX_FETCHED_BYTES = 128 * 1024**2
"""The largest source that is copied to `/tmp`, which is the worker's memory; a larger one is read by ranges."""

MAX_WORKSPACE_BYTES: Final = 4 * GIB
"""All that a job may have in `/tmp` at a time. With `MEDIA_MEMORY_BYTES`, it fits the worker's 8 GiB."""

MEDIA_TYPES: Final = ("video/*", "audio/*")
"""The media types of sources: what a client may upload, as large as `MAX_SOURCE_BYTES`. Those beside them are named by
`stoker.sandbox.formats`."""

UNKNOWN_TYPES: Final = ("application/octet-stream", "binary/octet-stream", "")
"""What clients send for a file whose media type they do not know. The ending of its name then decides."""

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
"""The media types of lists that a client may upload, as large as `MAX_LIST_BYTES`. A `charset` may follow."""

CSV_ENDINGS: Final = ("csv", "tsv")
JSON_ENDINGS: Final = ("json", "ndjson", "jsonl")

VAGUE_LIST_TYPES: Final = ("text/plain", "application/vnd.ms-excel")
"""Media types of lists that do not tell their format: the ending of the name then decides. Windows calls a `.csv` an
Excel file if Excel is installed. Source: https://developer.mozilla.org/docs/Web/HTTP/Guides/MIME_types"""

MAX_LIST_BYTES = 100 * 1024**2
"""The largest list: some hundred thousand tasks, which a batch imports within its time. The upload's media type does
not decide, because a client chooses it."""

MAX_ANIMATION_BYTES = 100 * 1024**2
"""The largest GIF, PNG or WebP that moves. Stickers and screen recordings have a hundredth of that."""

MAX_ANIMATION_FRAMES = 36_000
"""The most frames of one: ten minutes at 60 a second, an hour at 10."""

MAX_WATERMARK_BYTES: Final = 10 * 1024**2
"""The largest picture that is laid over a film."""

WATERMARK_TYPES: Final = ("image/png", "image/jpeg", "image/webp")
"""The media types of such pictures."""

MAX_CAPTIONS_BYTES = 2 * 1024**2
"""The largest captions: the words of a film of hours have a tenth of that."""

CAPTIONS_TYPES: Final = ("text/vtt", "application/x-subrip")
"""The media types of captions."""

CAPTIONS_ENDINGS: Final = ("vtt", "srt")
"""The endings of captions' names, in lower case, by which text and files of unknown types are captions."""

MAX_SOURCE_SECONDS: Final = 4 * 3600
"""The longest source."""

MAX_SOURCE_PIXELS: Final = 33_177_600
"""The largest picture: 7680 x 4320."""

MAX_WATERMARK_PIXELS: Final = 16_777_216
"""The largest watermark: 4096 x 4096."""

MAX_SOURCE_STREAMS: Final = 32
"""The most streams in a source; films on disc have about twenty."""

STALL_SECONDS = 60
"""An ffmpeg that has said nothing for so long is stuck, and is ended."""

MEDIA_MEMORY_BYTES = 3 * GIB
"""The address space of a child that reads a user's file."""

MAX_BUFFER_BYTES = GIB
"""The largest piece of memory that ffmpeg takes at once: it fills a gap in the sound with silence in one piece."""

MAX_OUTPUT_BYTES = 2 * GIB
"""The largest file that a child may write."""

MAX_SPEECH_SECONDS = 4 * 3600
"""The longest speech. As PCM it takes 0.7 GB, twice where the output is a WAV file, and `/tmp` is memory."""

SPEECH_ENDPOINT = "https://texttospeech.googleapis.com"
"""Cloud Text-to-Speech. Data that must stay in a region has endpoints of its own.
Source: https://cloud.google.com/text-to-speech/docs/endpoints"""

SPEECH_MEMORY_BYTES: Final = GIB // 2
"""The address space of the child that speaks; it needs a tenth of it."""

# --- Documents ------------------------------------------------------------------------------------

TASKS = "tasks"
"""The collection that holds what users have to do."""

PROJECTS: Final = "projects"
"""The collection that holds the groups of tasks."""

ANALYTICS_EVENTS = "analyticsEvents"
"""The collection that holds what users did."""

ANALYTICS_AGGREGATES = "analyticsAggregates"
"""The collection that holds what the events add up to, by the hour, the day and the month."""

USERS: Final = "users"
"""The collection that holds the profiles, by uid."""


COMPLETIONS: Final = "completions"
"""The collection below each profile that holds what XP was given for, by the task's id."""

XP_A_DAY: Final = 500
"""The most XP of the tasks of one day that count: those of ten urgent tasks that are done on time."""

XP_OPEN_SECONDS: Final = 60
"""How long a task must have been open to give XP, in seconds. One that is created as completed gives none."""

RECONCILES = "reconciles"
"""The collection that says how far each reconcile has come. The server's own."""

RECONCILE_SECONDS: Final = 1500
"""How long a reconcile goes on; what it did not come to is left to the next one."""


def user_trees() -> tuple[str, ...]:
    """The collections whose documents belong to the user that their `userId` names, with all that is below them. Add
    your own: a user's data is exported and deleted by this list."""
    return (JOBS, TASKS, PROJECTS)


def user_documents() -> tuple[str, ...]:
    """The same, where nothing is below the documents: it is not looked for, which saves a query for each."""
    return (ANALYTICS_EVENTS,)


def kept_owners() -> tuple[str, ...]:
    """Owners that have no account and keep their data, such as the owner of a script's jobs. Add your own: the data of
    all other owners without an account is deleted."""
    return ()


# --- Analytics ------------------------------------------------------------------------------------

ANALYTICS_SKETCHES = "analyticsSketches"
"""The collection that holds, for each aggregate, what it takes to go on counting. The server's own."""

ANALYTICS_LEASES = "analyticsLeases"
"""The collection that says who rolls up. The server's own."""

ROLL_UP_LEASE_SECONDS = 15.0
"""A roll-up that has not committed anything for so long is taken for dead. A commit takes a second or two."""

ROLL_UP_EVERY_SECONDS: Final = 20.0
"""How often a run of `roll_up_events` looks for events: at 0, 20 and 40 s."""

ROLL_UP_SECONDS: Final = 55.0
"""How long a run of `roll_up_events` goes on; the next begins after a minute."""

ROLL_UP_WINDOW = 10_000
"""Events that are read, and sorted by their hours, at once."""

ROLL_UP_BATCH = 5_000
"""Events of one commit: at 5,000 a second, an aggregate is written once a second. Some 1.1 MB of the 10 MiB that a
commit may have; where the events' own size makes it too large, it is halved.
Source: https://firebase.google.com/docs/firestore/quotas#writes_and_transactions"""

ROLL_UP_SERIES = 150
"""The most hours of names in one commit: each may bring six aggregates with it, and a sketch of 8 KiB for each."""

KEEP_EVENTS_DAYS = 65
"""How long a raw event is kept once it is rolled up."""

KEPT_AT_LEAST_DAYS = 62
"""How long each raw event is kept at least, whichever version has rolled it up: an earlier version kept events for 62
days. A rebuild goes back by this time, less a day. So a month of 31 days can be counted again for 26 days after its
figures are final, which they are 3 days after its end. Raise this only when no event of that version is left."""

# --- Where the emulator and production differ -----------------------------------------------------


def emulated() -> bool:
    """Whether this process runs in the emulator suite."""
    return os.environ.get("FUNCTIONS_EMULATOR") == "true" or "FIRESTORE_EMULATOR_HOST" in os.environ


def speech_engine() -> str:
    """Which engine speaks: `google` (Cloud Text-to-Speech) or `espeak` (eSpeak NG, embedded).

    `STOKER_SPEECH` says it, in `functions/.env`. Where nothing is said, it is `espeak` in the emulator suite, which
    has no Cloud Text-to-Speech, and `google` in production. One never stands in for the other.

    Raises:
        RuntimeError: There is no such engine.
    """
    name = os.environ.get("STOKER_SPEECH") or ("espeak" if emulated() else "google")
    if name not in ("google", "espeak"):
        raise RuntimeError(f"STOKER_SPEECH is {name!r}. Set it to google or espeak, or leave it out.")
    return name


def known_project() -> str | None:
    """The id of the Firebase project; None if the environment names no project."""
    return os.environ.get("GCLOUD_PROJECT") or os.environ.get("GOOGLE_CLOUD_PROJECT") or None


def project() -> str:
    """The id of the Firebase project.

    Raises:
        RuntimeError: The environment names no project.
    """
    name = known_project()
    if name is None:
        raise RuntimeError("Set GCLOUD_PROJECT to the id of the Firebase project.")
    return name


def bucket() -> str:
    """The name of the project's default Cloud Storage bucket, as Firebase tells it to every function.

    Outside a function, where nobody says, it is the name that new projects get.
    Source: https://firebase.google.com/docs/storage/faq-storage-changes-september-2024
    """
    settings = json.loads(os.environ.get("FIREBASE_CONFIG") or "{}")
    return str(settings.get("storageBucket") or f"{project()}.firebasestorage.app")
