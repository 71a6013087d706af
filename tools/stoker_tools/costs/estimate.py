"""The bill of an app's own figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stoker_tools.costs import seconds, work
from stoker_tools.costs.bill import Bill, Item, Usage, times, together
from stoker_tools.costs.functions import Functions
from stoker_tools.costs.prices import Meter, prices

VOICES = {
    "espeak": None,
    "standard": Meter.STANDARD_CHARACTERS,
    "neural2": Meter.NEURAL2_CHARACTERS,
    "chirp-hd": Meter.CHIRP_HD_CHARACTERS,
}
"""The kinds of voices; None for a voice that costs nothing itself."""

SPEECH_CHARACTERS = 10_000
"""The characters of a speech job in a bill. A job costs much less than its characters, so this matters little."""

FILM_GIB_A_MINUTE = 6_593_797 / 20 * 60 / 2**30
"""A minute of an MP4 of 720 lines, in GiB: the file of `docs/images/demo.txt`."""


DONE_BY: Mapping[str, tuple[str, str]] = {
    "films": ("videoprocessing", "video"),
    "speech_characters": ("audiogeneration", "speech"),
    "batches": ("batchoperation", "batch"),
    "exports": ("batchoperation", "batch"),
    "events": ("roll_up_events", "analytics"),
    "completions": ("on_task_written", "progress"),
    "users": ("on_user_created", "profiles"),
}
"""The function that does each kind of work, and its feature in `stoker.toml`, by the names of figures."""


@dataclass(frozen=True)
class Figures:
    """The work of an app in a month.

    Attributes:
        films: Films to an MP4 of 720 lines and a poster.
        minutes: The minutes of each film.
        speech_characters: Characters that become speech.
        voice: A key of `VOICES`.
        batches: Batches that change 1,000 tasks each.
        exports: Exports of 1,000 documents each.
        events: Events that clients record, spread evenly over the month.
        event_names: Their different names.
        completions: Tasks that users complete.
        users: Users who sign up.
        listeners: Listeners to the progress of each film.
        stored_months: The months for which the films are kept.
        downloads: Downloads of each film.
    """

    films: int = 0
    minutes: float = 5
    speech_characters: int = 0
    voice: str = "neural2"
    batches: int = 0
    exports: int = 0
    events: int = 0
    event_names: int = 10
    completions: int = 0
    users: int = 0
    listeners: int = 1
    stored_months: float = 0
    downloads: float = 0


def estimate(figures: Figures, functions: Functions, database: str) -> Bill:
    """Return the bill of a month.

    Args:
        figures: What the app does. The app has the functions for it: see `DONE_BY`.
        functions: The deployed functions.
        database: The location of the database, a key of `DATABASES`.
    """
    listeners, speeches = figures.films * figures.listeners, figures.speech_characters / SPEECH_CHARACTERS
    film_seconds = figures.minutes * seconds.VIDEO
    gib = figures.films * figures.minutes * FILM_GIB_A_MINUTE
    roll_up = functions.has("roll_up_events")
    voice = VOICES[figures.voice]
    # An app may lack the functions of a line whose amount is 0, so its usage is not computed.
    lines: list[tuple[float, str, Callable[[], Usage]]] = [
        (figures.films, "films", lambda: work.film(functions, figures.minutes)),
        (listeners, "live progress of films", lambda: work.listener(film_seconds)),
        (gib * figures.stored_months, "storage of films", lambda: {Meter.STORAGE_GIB_MONTHS: 1}),
        (gib * figures.downloads, "downloads of films", lambda: {Meter.DOWNLOADED_GIB: 1}),
        (speeches, "speech", lambda: work.speech(functions, SPEECH_CHARACTERS, voice)),
        (figures.batches, "batches", lambda: work.batch(functions, 1_000, completes=False)),
        (figures.exports, "exports", lambda: work.export(functions, 1_000)),
        (int(figures.events > 0), "events", lambda: _events(figures)),
        (figures.completions, "completed tasks", lambda: work.completion(functions)),
        (figures.users, "sign-ups", lambda: work.sign_up(functions)),
        (1, "the sweeper", lambda: work.sweeps(functions)),
        (int(roll_up), "the roll-up", lambda: work.looks(functions, min(figures.events, work.MINUTES))),
        (1, "the reconciles", lambda: work.reconciles(functions)),
        (1, "schedules", lambda: work.schedules(functions)),
    ]
    return Bill([Item(name, times(amount, usage())) for amount, name, usage in lines if amount], prices(database))


def _events(figures: Figures) -> Usage:
    roll_ups = work.MINUTES * work.looks_in_a_minute()
    aggregates = work.aggregates(figures.events, figures.event_names, roll_ups)
    return together(times(figures.events, work.client_event()), aggregates)
