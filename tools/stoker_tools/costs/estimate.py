"""The bill of an app's own figures."""

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
        figures: What the app does.
        functions: The deployed functions.
        database: The location of the database, a key of `DATABASES`.
    """
    speeches = figures.speech_characters / SPEECH_CHARACTERS
    film_seconds = figures.minutes * seconds.VIDEO
    gib = figures.films * figures.minutes * FILM_GIB_A_MINUTE
    spoken = work.speech(functions, SPEECH_CHARACTERS, VOICES[figures.voice])
    lines: list[tuple[float, str, Usage]] = [
        (figures.films, "films", times(figures.films, work.film(functions, figures.minutes))),
        (
            figures.films * figures.listeners,
            "live progress of films",
            times(figures.films * figures.listeners, work.listener(film_seconds)),
        ),
        (gib * figures.stored_months, "storage of films", {Meter.STORAGE_GIB_MONTHS: gib * figures.stored_months}),
        (gib * figures.downloads, "downloads of films", {Meter.DOWNLOADED_GIB: gib * figures.downloads}),
        (speeches, "speech", times(speeches, spoken)),
        (figures.batches, "batches", times(figures.batches, work.batch(functions, 1_000, completes=False))),
        (figures.exports, "exports", times(figures.exports, work.export(functions, 1_000))),
        (figures.events, "events", _events(figures)),
        (figures.completions, "completed tasks", times(figures.completions, work.completion(functions))),
        (figures.users, "sign-ups", times(figures.users, work.sign_up(functions))),
        (1, "the sweeper", work.sweeps(functions)),
        (1, "the roll-up", work.looks(functions, min(figures.events, work.MINUTES))),
        (1, "the reconciles", work.reconciles(functions)),
        (1, "schedules", work.schedules(functions)),
    ]
    return Bill([Item(name, usage) for amount, name, usage in lines if amount], prices(database))


def _events(figures: Figures) -> Usage:
    roll_ups = work.MINUTES * work.looks_in_a_minute()
    aggregates = work.aggregates(figures.events, figures.event_names, roll_ups)
    return together(times(figures.events, work.client_event()), aggregates)
