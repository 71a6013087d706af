"""The command `stoker mutate-rules`: make mistakes in the rules, and find the mistakes that no test case notices."""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stoker_tools.cli.command_line import CommandLine
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import environment

if TYPE_CHECKING:
    from stoker_tools.rules_lab.mutants import Mutant

PLACES = 4
"""Projects in which mutants are tried at the same time."""

DESCRIPTION = """\
Makes one mistake at a time in the security rules. For example, it removes a condition, reverses a comparison or
extends a list. It loads the changed rules into the emulators, and tries the test cases until one of them notices the
mistake. It fails if no test case notices a mistake, unless tests/rules/equivalents.py lists it with the reason.
"""

EXAMPLES = {
    "": "all mistakes in both files of rules; takes minutes",
    "--sample 50 --seed 7": "50 mistakes of each file, chosen at random",
    "--only storage": "",
    "--match taskFits": "the mistakes whose description contains a text",
}


def main(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    options = _parser().parse_args(arguments)
    environment.enter()
    sys.path[:0] = [str(environment.ROOT / "functions"), str(environment.ROOT / "tests")]
    from stoker_tools import emulators as suite  # It needs the packages that `enter` has installed.
    from stoker_tools.emulators.command import end_in_order

    end_in_order()
    if "STOKER_SUITE" in os.environ:
        return _mutate(options, os.environ)
    with suite.running(["auth", "firestore", "storage"], schedules=False) as emulators:
        return _mutate(options, emulators.environment)


def _mutate(options: argparse.Namespace, where: Any) -> int:
    from rules.equivalents import EQUIVALENT
    from stoker_tools.rules_lab.identities import Tokens

    who = Tokens(where["FIREBASE_AUTH_EMULATOR_HOST"])
    tried: list[str] = []
    alive: list[str] = []
    if options.only in (None, "firestore"):
        _report(_firestore(options, where["FIRESTORE_EMULATOR_HOST"], who, tried), alive)
    if options.only in (None, "storage"):
        _report(_storage(options, where["FIREBASE_STORAGE_EMULATOR_HOST"], who, tried), alive)
    unknown = [name for name in alive if name not in EQUIVALENT]
    wrong = [name for name in EQUIVALENT if name in tried and name not in alive]
    print(f"{len(tried)} mutants: {len(tried) - len(alive)} noticed, {len(alive) - len(unknown)} equivalent.")
    for name in unknown:
        print(f"NOT NOTICED: {name}")
    for name in wrong:
        print(f"NOTICED, though it is listed as equivalent: {name}")
    return ExitCode.FAILED if unknown or wrong else ExitCode.DONE


def _report(survivors: "list[Mutant]", alive: list[str]) -> None:
    alive += [str(mutant) for mutant in survivors]


def _firestore(options: argparse.Namespace, host: str, who: Any, tried: list[str]) -> "list[Mutant]":
    from rules.evaluators import FirestoreEvaluator
    from rules.firestore_cases import cases
    from stoker_tools.rules_lab.firestore import FirestoreEmulator
    from stoker_tools.rules_lab.mutation_run import MutationRun

    chosen = _chosen(options, "rules/firestore.rules")
    mark = f"demo-mutants-{os.getpid()}"
    evaluators = [FirestoreEvaluator(FirestoreEmulator(host, f"{mark}-{number}"), who) for number in range(PLACES)]
    rules = (environment.ROOT / "rules/firestore.rules").read_text()
    return MutationRun(evaluators, cases(), rules).survivors(chosen, _Progress(len(chosen), tried, options.verbose))


def _storage(options: argparse.Namespace, host: str, who: Any, tried: list[str]) -> "list[Mutant]":
    from rules.evaluators import StorageEvaluator
    from rules.storage_cases import scaled, storage_cases
    from stoker_tools.rules_lab.mutation_run import MutationRun
    from stoker_tools.rules_lab.storage import StorageEmulator

    path = environment.ROOT / "rules/storage.rules"
    chosen = _chosen(options, "rules/storage.rules")
    evaluator = StorageEvaluator(StorageEmulator(host, "mutants"), who, path)
    try:
        rules = scaled(path.read_text())
        return MutationRun([evaluator], storage_cases(), rules).survivors(
            chosen, _Progress(len(chosen), tried, options.verbose)
        )
    finally:
        evaluator.load(path.read_text())


def _chosen(options: argparse.Namespace, path: str) -> "list[Mutant]":
    from rules.storage_cases import scaled
    from stoker_tools.rules_lab.mutants import mutants

    text = (environment.ROOT / path).read_text()
    made = [mutant for mutant in mutants(scaled(text)) if options.match in str(mutant)]
    if options.sample:
        return random.Random(options.seed).sample(made, min(options.sample, len(made)))
    return made


class _Progress:
    """Print the number of mistakes that have been tried, every five seconds; or each mistake, if that is asked for."""

    def __init__(self, total: int, tried: list[str], verbose: bool) -> None:
        self._total, self._tried, self._verbose = total, tried, verbose
        self._done = 0
        self._last = time.monotonic()

    def __call__(self, mutant: "Mutant", killer: object) -> None:
        self._tried.append(str(mutant))
        self._done += 1
        if self._verbose:
            print(f"{mutant}\n    {killer or 'NOT NOTICED'}", flush=True)
        elif time.monotonic() - self._last > 5:
            self._last = time.monotonic()
            print(f"{self._done} of {self._total}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = CommandLine("mutate-rules", DESCRIPTION, EXAMPLES).parser
    parser.add_argument("--only", choices=("firestore", "storage"), help="only mistakes in one of the two files")
    parser.add_argument("--match", metavar="TEXT", default="", help="only mistakes with this text in their description")
    parser.add_argument("--sample", metavar="N", type=int, help="only N mistakes in each file, chosen at random")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="the seed of the random choice (1)")
    parser.add_argument("--verbose", action="store_true", help="list each mistake with the test case that notices it")
    return parser
