"""The tables of `docs/costs.md`: the prices of each piece of work, of an idle month, and the list of prices."""

from collections.abc import Iterator, Mapping

from stoker_tools.costs import operations, work
from stoker_tools.costs.bill import Bill, Item, Usage, price_of, times, together, usd
from stoker_tools.costs.estimate import FILM_GIB_A_MINUTE, VOICES
from stoker_tools.costs.functions import Functions
from stoker_tools.costs.prices import DATABASES, EVERYWHERE, READ, Meter, Price, prices
from stoker_tools.costs.seconds import VIDEO
from stoker_tools.generate.markdown import table

SHOWN = ("nam5", "us-west1")
"""The locations of the database in the tables: a multi-region and a region."""

MILLION = 1_000_000
CALLS = ("ensureProfile", "retryJob", "deleteJob", "setRole")


def work_table(manifest: str) -> str:
    """Return the price of each piece of work.

    Args:
        manifest: The text of `functions.yaml`.
    """
    return _priced("work", _work(Functions.of_manifest(manifest)))


def idle_table(manifest: str) -> str:
    """Return the price of a month without users, with its free tiers.

    Args:
        manifest: The text of `functions.yaml`.
    """
    functions = Functions.of_manifest(manifest)
    calm, *others = items = [
        Item("`roll_up_events`, which looks for events each minute", work.looks(functions)),
        Item("`sweep_jobs`, each minute", work.sweeps(functions)),
        Item("the reconciles, each day", work.reconciles(functions)),
        Item(f"{functions.schedules} schedules of Cloud Scheduler", work.schedules(functions)),
    ]
    busy = [Item(calm.name, work.looks(functions, work.MINUTES)), *others]
    bills = [Bill(items, prices(name)) for name in SHOWN]
    sums = [
        ("**at list prices**", [f"**{usd(bill.total)}**" for bill in bills]),
        ("the free tiers cover", [usd(bill.free) for bill in bills]),
        ("**to pay**", [f"**{usd(bill.to_pay)}**" for bill in bills]),
        ("to pay if events come in each minute", [usd(Bill(busy, bill.prices).to_pay) for bill in bills]),
    ]
    rows = [(item.name, *(usd(price_of(item.usage, bill.prices)) for bill in bills)) for item in items]
    return table(("a month of 30 days", *SHOWN), [*rows, *((name, *cells) for name, cells in sums)])


def events_table() -> str:
    """Return the price of a million events, by how they are spread over time."""
    rows: list[tuple[str, Usage]] = []
    for words, seconds in (
        ("at 100 a second", MILLION / 100),
        ("evenly over a day", 86_400.0),
        ("evenly over a month", 30 * 86_400.0),
    ):
        roll_ups = seconds / 60 * work.looks_in_a_minute()
        usage = together(times(MILLION, work.client_event()), work.aggregates(MILLION, 10, roll_ups))
        rows.append((f"{words}, of 10 names", usage))
    return _priced("a million events", rows)


def operations_table() -> str:
    """Return the operations of Firestore that the tests assert."""
    rows = (
        ("a short job", operations.SHORT_JOB),
        ("a further job of a user in the same queue: more", operations.FURTHER_JOB),
        ("a short job without limits of users, instead", operations.JOB_WITHOUT_LIMITS),
        ("a report of progress, a checkpoint, a heartbeat", operations.REPORT),
        ("a batch: more than a job", operations.BATCH),
        ("a task that a batch changes", operations.BATCH_ITEM),
        ("an export: more than a job", operations.EXPORT),
        ("a document of an export", operations.EXPORTED_DOCUMENT),
        ("a completed task", operations.COMPLETION),
        ("an event, when it is rolled up", operations.EVENT),
        ("a roll-up that finds events", operations.ROLL_UP),
        ("each name of events in a roll-up, and `all`", operations.ROLL_UP_OF_NAME),
        ("a roll-up without events", operations.LOOK_FOR_EVENTS),
        ("an idle sweep", operations.IDLE_SWEEP),
        ("an idle sweep that also looks for lost work: more", operations.RECHECKS),
        ("`retryJob`", operations.RETRY_JOB),
        ("`deleteJob`", operations.DELETE_JOB),
        ("`ensureProfile`", operations.ENSURE_PROFILE),
        ("`setRole`", operations.SET_ROLE),
        ("a sign-up", operations.SIGN_UP),
    )
    return table(
        ("work", "reads", "writes", "deletes"),
        [(name, f"{one.reads:g}", f"{one.writes:g}", f"{one.deletes:g}") for name, one in rows],
    )


def price_table() -> str:
    """Return the list of prices, with their sources."""
    rows = [
        (f"{meter} ({name})", *_price(price))
        for name, found in DATABASES.items()
        for meter, price in found.items()
        if meter != Meter.TTL_DELETES
    ]
    rows += [(str(meter), *_price(price)) for meter, price in EVERYWHERE.items()]
    return table(("unit", "US$", "for", "free each month", "source", f"read on {READ}"), rows)


def _price(price: Price) -> tuple[str, str, str, str, str]:
    seen = ", ".join(filter(None, (price.second_hand, price.page_date))) or "a copy of Google's page, without a date"
    amount = f"{price.usd:.7f}".rstrip("0").rstrip(".")
    return amount, f"{price.per:,}", f"{price.free:,}".removesuffix(".0"), price.source, seen


def _priced(head: str, rows: Iterator[tuple[str, Usage]] | list[tuple[str, Usage]]) -> str:
    lists = [prices(name) for name in SHOWN]
    return table((head, *SHOWN), [(name, *(usd(price_of(usage, one)) for one in lists)) for name, usage in rows])


def _work(functions: Functions) -> Iterator[tuple[str, Usage]]:
    yield "a minute of film to an MP4 of 720 lines and a poster", work.film(functions, 1)
    yield "an hour of film, the same", work.film(functions, 60)
    yield "each further second of the worker for films", functions.run("videoprocessing", 1)
    yield "the progress of a minute of film, for each app that listens", work.listener(VIDEO)
    yield "the storage of a minute of that MP4, for a month", {Meter.STORAGE_GIB_MONTHS: FILM_GIB_A_MINUTE}
    yield "a download of a minute of that MP4", {Meter.DOWNLOADED_GIB: FILM_GIB_A_MINUTE}
    yield "100 reads of objects in Cloud Storage", {Meter.STORAGE_CLASS_B: 100}
    yield "100 writes of objects in Cloud Storage", {Meter.STORAGE_CLASS_A: 100}
    for name, voice in VOICES.items():
        yield f"a minute of speech (1,000 characters), `{name}`", work.speech(functions, 1_000, voice)
    yield "a batch that changes 1,000 tasks", work.batch(functions, 1_000, completes=False)
    yield "a batch that completes 1,000 tasks, with the XP", work.batch(functions, 1_000, completes=True)
    yield "an export of 1,000 documents", work.export(functions, 1_000)
    yield "1,000 tasks that users complete, with the XP", times(1_000, work.completion(functions))
    yield "1,000 sign-ups", times(1_000, work.sign_up(functions))
    for name in CALLS:
        yield f"1,000 calls of `{name}`", times(1_000, work.call(functions, name))


def parts_table(manifest: str) -> str:
    """Return the parts of the price of a minute of film.

    Args:
        manifest: The text of `functions.yaml`.
    """
    functions = Functions.of_manifest(manifest)
    listed: Mapping[Meter, Price] = prices(SHOWN[0])
    usage = work.film(functions, 1)
    rows = [(str(meter), f"{amount:,.6g}", usd(listed[meter].of(amount))) for meter, amount in usage.items()]
    return table(("unit", "amount", "US$ (nam5)"), [*rows, ("**together**", "", f"**{usd(price_of(usage, listed))}**")])
