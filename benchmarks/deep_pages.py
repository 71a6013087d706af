"""Page 1,000 of 100,000 documents against page 1, in the emulator: it must read exactly as many documents.

Beside it stands `offset`, which reads and bills every document that it skips. The emulator has no indexes, so it sorts
all documents for each query. The times are shown, and have no limit.
Source: https://firebase.google.com/docs/firestore/pricing#operations (offset)
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PAGE_SIZE = 100
OWNER = "ada"
ROWS = "rows"
CHUNK = 500
"""The documents of a commit."""

TIES = 7
"""The documents with the same value of the sorted field, so that pages cut them."""


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench deep_pages", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000, help="that the query finds")
    parser.add_argument("--rounds", type=int, default=5, help="times that each page is read")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    from stoker_tools import emulators as suite

    with suite.running(["firestore"]) as emulators:
        os.environ.update(emulators.environment)
        return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    from stoker import PaginatedQuery, query
    from stoker.pages.paginated_query import MAX_PAGE_SIZE

    pages_of = query(ROWS, equals=["owner"], order=["rank"])
    _write(options.documents + 1)  # The last page has a document behind it, as the first page has.
    pages = PaginatedQuery(pages_of, PAGE_SIZE, filters={"owner": OWNER}, token_seconds=3600)
    large = PaginatedQuery(pages_of, MAX_PAGE_SIZE, filters={"owner": OWNER}, token_seconds=3600)
    # A token is good for pages of any size, so most of the way is walked in large steps.
    token, last = None, options.documents // PAGE_SIZE
    steps, rest = divmod((last - 1) * PAGE_SIZE, MAX_PAGE_SIZE)
    for walked in (*[large] * steps, *[pages] * (rest // PAGE_SIZE)):
        token = walked.page(after=token).next
    figures = {
        "page 1": _measured(lambda: pages.page(), options.rounds),
        f"page {last:,}": _measured(lambda: pages.page(after=token), options.rounds),
        f"offset {(last - 1) * PAGE_SIZE:,}": _measured(lambda: _offset((last - 1) * PAGE_SIZE), options.rounds),
    }
    reads = [found["reads"] for found in figures.values()]
    as_many = reads[0] == reads[1]
    if options.json:
        print(json.dumps({"figures": figures, "as_many_reads": as_many}, indent=2))
    else:
        for name, found in figures.items():
            print(f"{name:16} {found['seconds']:8.3f} s {found['reads']:10,} reads")
        print(f"{'ratio of times':16} {figures[f'page {last:,}']['seconds'] / figures['page 1']['seconds']:8.3f}")
    return int(not as_many)


def _write(count: int) -> None:
    from stoker.firestore import raw
    from stoker.firestore.messages import written

    for begin in range(0, count, CHUNK):
        rows = range(begin, min(begin + CHUNK, count))
        fields = [{"owner": OWNER, "rank": row // TIES, "title": f"row {row}"} for row in rows]
        names = [raw.name_of(f"{ROWS}/{row:08}") for row in rows]
        raw.commit([written(name, one) for name, one in zip(names, fields, strict=True)])


def _offset(skipped: int) -> int:
    """Read a page behind an offset; return the documents that are billed."""
    from google.cloud.firestore_v1.base_query import FieldFilter

    from stoker.firestore.client import client

    rows = client().collection(ROWS).where(filter=FieldFilter("owner", "==", OWNER)).order_by("rank")
    return skipped + len(list(rows.offset(skipped).limit(PAGE_SIZE).stream()))


def _measured(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    seconds, reads = [], set()
    for _ in range(rounds):
        with _counted() as counted:
            began = time.perf_counter()
            answer = work()
            seconds.append(time.perf_counter() - began)
        reads.add(answer if isinstance(answer, int) else counted[0])
    [same] = reads
    return {"seconds": statistics.median(seconds), "reads": same}


@contextmanager
def _counted() -> Iterator[list[int]]:
    """Count the documents that queries read in the block."""
    from google.cloud.firestore_v1.services.firestore import FirestoreClient

    counted, run_query = [0], FirestoreClient.run_query

    def counting(api: Any, *arguments: Any, **named: Any) -> Any:
        for answer in run_query(api, *arguments, **named):
            counted[0] += "document" in answer
            yield answer

    setattr(FirestoreClient, "run_query", counting)  # noqa: B010 - a method, which mypy lets nobody assign to
    try:
        yield counted
    finally:
        setattr(FirestoreClient, "run_query", run_query)  # noqa: B010


if __name__ == "__main__":
    raise SystemExit(main())
