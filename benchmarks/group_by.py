"""Grouping 100,000 documents against the client library's `stream()`: at most 0.75 of its processor time.

Both group by one field and add another up, each in a process of its own. The peer reads documents of the same two
fields and keeps only its groups. Processor time is compared, because the emulator has no index and searches all
documents for each page; the time by the clock stands beside it. The most memory of our process must not grow with the
documents: it is also measured with a tenth of them.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.pairs import Comparison

LIMIT = 0.75
MOST_GROWTH_MIB = 16
"""The most by which the memory may grow with ten times as many documents, in MiB. Buffers of gRPC vary by some MiB."""

COLLECTION = "benchmarkOrders"
SHOPS = 100
TIMES = ("seconds", "clock")
COMMIT = 1_000


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench group_by", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000, help="that are grouped")
    parser.add_argument("--rounds", type=int, default=3, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--only", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument("--size", default="all", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(_ours(options.size) if options.only == "ours" else _peer(options.size)))
        return 0
    from stoker_tools import emulators as suite

    with suite.running(schedules=False) as emulators:
        os.environ.update(emulators.environment)
        _write("all", options.documents)
        _write("tenth", options.documents // 10)
        return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    pairs = []
    for number in range(options.rounds + 1):
        order = ("ours", "peer") if number % 2 else ("peer", "ours")
        found = {one: _child(one, "all") for one in order}
        assert found["ours"]["groups"] == found["peer"]["groups"]
        if number:  # The first pair warms up, and does not count.
            pairs.append((found["ours"], found["peer"]))
    tenth = _child("ours", "tenth")
    ratios = [ours["seconds"] / peer["seconds"] for ours, peer in pairs]
    seconds, clock = ([statistics.median(pair[side][name] for pair in pairs) for side in (0, 1)] for name in TIMES)
    memory = [max(pair[side]["mib"] for pair in pairs) for side in (0, 1)]
    growth = memory[0] - tenth["mib"]
    comparison = Comparison(
        f"group_by of {options.documents:,}",
        f"stream() of {options.documents:,}",
        seconds[0],
        seconds[1],
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        LIMIT,
    )
    if options.json:
        figures = {"clock": clock[0], "peer_clock": clock[1], "mib": memory[0], "peer_mib": memory[1]}
        figures |= {"growth_mib": growth, "most_growth_mib": MOST_GROWTH_MIB}
        print(json.dumps({**asdict(comparison), **figures}, indent=2))
        code = int(comparison.ratio > LIMIT)
    else:
        code = comparison.show(as_json=False)
        rates = [options.documents / one for one in seconds]
        print(f"{'documents a processor second':32} {rates[0]:8,.0f}     (stream(): {rates[1]:,.0f})")
        print(f"{'seconds by the clock':32} {clock[0]:8.1f}     (stream(): {clock[1]:.1f})")
        print(f"{'the most memory':32} {memory[0]:8.0f} MiB (stream(): {memory[1]:.0f} MiB)")
        print(f"{'more than with a tenth':32} {growth:8.0f} MiB (limit {MOST_GROWTH_MIB} MiB)")
    return code or int(growth > MOST_GROWTH_MIB)


def _child(only: str, size: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.group_by", "--only", only, "--size", size]
    found: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return found


def _ours(size: str) -> dict[str, Any]:
    from stoker import Aggregations, query

    query(COLLECTION, equals=["size"])
    began = _now()
    groups = Aggregations(COLLECTION, {"size": size}).group_by("shop", sums=["cents"])
    return _result(began, {str(one.value): [one.count, one.sums["cents"]] for one in groups})


def _peer(size: str) -> dict[str, Any]:
    from google.cloud.firestore_v1.base_query import FieldFilter

    from stoker.firestore.client import client

    began = _now()
    groups: dict[str, list[int]] = {}
    query = client().collection(COLLECTION).where(filter=FieldFilter("size", "==", size)).select(["shop", "cents"])
    for snapshot in query.stream():
        order = snapshot.to_dict() or {}
        group = groups.setdefault(order["shop"], [0, 0])
        group[0] += 1
        group[1] += order["cents"]
    return _result(began, groups)


def _now() -> tuple[float, float]:
    """Return the processor time of this process and the time of a clock, in seconds."""
    return time.process_time(), time.perf_counter()


def _result(began: tuple[float, float], groups: dict[str, Any]) -> dict[str, Any]:
    used, passed = (now - before for now, before in zip(_now(), began, strict=True))
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": used, "clock": passed, "mib": mib, "groups": dict(sorted(groups.items()))}


def _write(size: str, count: int) -> None:
    from stoker.firestore import raw
    from stoker.firestore.messages import written

    root, start = raw.name_of(COLLECTION), datetime(2026, 1, 1, tzinfo=UTC)
    for begin in range(0, count, COMMIT):
        raw.commit(
            [
                written(
                    f"{root}/{size}-{number:07}",
                    {
                        "size": size,
                        "shop": f"shop-{number % SHOPS}",
                        "cents": number,
                        "createdAt": start + timedelta(seconds=number),
                        "note": "A note that nobody groups by. " * 8,
                    },
                )
                for number in range(begin, min(count, begin + COMMIT))
            ]
        )


if __name__ == "__main__":
    sys.exit(main())
