"""The command `scripts/mutate-rules`: makes mistakes in the rules, and sees whether the tests' cases notice them."""

import argparse
import os
import random
import sys
import time
from typing import TYPE_CHECKING, Any

from stoker_tools.cli.process import run_command
from stoker_tools.setup import environment

if TYPE_CHECKING:
    from stoker_tools.rules_lab.mutants import Mutant

PLACES = 4
"""Projects in which mutants are tried side by side."""

EXAMPLES = """\
examples:
  scripts/mutate-rules                       all mistakes in both files of rules; takes minutes
  scripts/mutate-rules --sample 50 --seed 7  some of them
  scripts/mutate-rules --only storage
  scripts/mutate-rules --match taskFits      those whose description holds a text
"""


def main() -> int:
    """Runs the command line; the return value is the exit code."""
    options = _parser().parse_args()
    environment.enter("stoker_tools.cli.mutate_rules")
    sys.path[:0] = [str(environment.ROOT / "functions"), str(environment.ROOT / "tests")]
    from stoker_tools import emulators as suite  # needs what `enter` has installed
    from stoker_tools.emulators.command import end_in_order

    end_in_order()
    try:
        if "STOKER_SUITE" in os.environ:
            return _mutate(options, os.environ)
        with suite.running(["auth", "firestore", "storage"], schedules=False) as emulators:
            return _mutate(options, emulators.environment)
    except suite.SuiteError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


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
    return int(bool(unknown or wrong))


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
    """Tells how far the work is, on one line of a terminal, or now and then."""

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
    parser = argparse.ArgumentParser(
        prog="scripts/mutate-rules",
        description="Makes one mistake at a time in the security rules (drops a condition, flips a comparison, widens\n"
        "a list, ...), puts the result into the emulators, and asks what the tests ask until a wrong answer shows the\n"
        "mistake. Exit code 1 where one is never noticed, unless tests/rules/equivalents.py says why.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--only", choices=("firestore", "storage"), help="one of the two files")
    parser.add_argument("--match", metavar="TEXT", default="", help="those mistakes whose description holds a text")
    parser.add_argument("--sample", metavar="N", type=int, help="so many mistakes of each file, drawn at random")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="for the same sample again (1)")
    parser.add_argument("--verbose", action="store_true", help="say of each mistake what has shown it")
    return parser


if __name__ == "__main__":
    run_command(main)
