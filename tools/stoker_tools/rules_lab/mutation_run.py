"""A run of mutation testing: each mutant of the rules is asked the test cases, until a case notices its mistake."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from stoker_tools.rules_lab.errors import NoVerdict, RulesError
from stoker_tools.rules_lab.mutants import Mutant


class Named(Protocol):
    """The parts of a case that decide in which order cases are asked.

    Attributes:
        group: The collection and the operation, such as `tasks create`.
        name: The special property of this case.
        who: The name of the user who sends the request.
        allowed: True if the rules must allow the request.
    """

    @property
    def group(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def who(self) -> str: ...

    @property
    def allowed(self) -> bool: ...


Case = TypeVar("Case", bound=Named)
Asked = TypeVar("Asked", bound=Named, contravariant=True)


class Evaluator(Protocol[Asked]):
    """An emulator that evaluates mutated rules. It shares no documents with other evaluators."""

    def load(self, rules: str) -> None:
        """Load rules; raise `RulesError` if they don't compile."""

    def allows(self, case: Asked) -> bool:
        """Send a case's request, undo its change, and return whether the rules allowed it."""


class MutationRun(Generic[Case]):
    """A run of mutation testing with several evaluators at once.

    Args:
        evaluators: The evaluators.
        cases: The requests to send, with the expected answers.
        rules: The rules without a mistake. They must decide every case as expected.
    """

    def __init__(self, evaluators: Sequence[Evaluator[Case]], cases: Sequence[Case], rules: str) -> None:
        self._free = list(evaluators)
        self._cases = cases
        self._rules = rules

    def survivors(self, mutants: Iterable[Mutant], on_mutant: Callable[[Mutant, Case | None], None]) -> list[Mutant]:
        """Return the mutants that no case notices. A mutant that does not compile counts as noticed.

        Args:
            mutants: The mutants to try.
            on_mutant: Called with each mutant and the case that noticed it, or None.

        Raises:
            RulesError: A case that noticed a mutant fails with the rules without a mistake, too.
        """
        killers: list[Case] = []

        def survives(mutant: Mutant) -> bool:
            evaluator = self._free.pop()
            try:
                evaluator.load(mutant.rules)
                killer = next((case for case in self.ordered(mutant) if _notices(evaluator, case)), None)
            except RulesError:
                return False
            finally:
                self._free.append(evaluator)
            on_mutant(mutant, killer)
            if killer is not None:
                killers.append(killer)
            return killer is None

        tried = list(mutants)
        with ThreadPoolExecutor(len(self._free)) as threads:
            alive = list(threads.map(survives, tried))
        self._check(killers)
        return [mutant for mutant, survived in zip(tried, alive, strict=True) if survived]

    def _check(self, killers: Iterable[Case]) -> None:
        evaluator = self._free[0]
        evaluator.load(self._rules)
        for case in {str(case): case for case in killers}.values():
            if _notices(evaluator, case):
                raise RulesError(f"The rules without a mistake do not decide as this case expects: {case}")

    def ordered(self, mutant: Mutant) -> Iterator[Case]:
        """Return the cases that a mutant can concern. The cases that are most likely to notice it come first."""
        collection = mutant.block.strip("/").partition("/")[0]
        # A mistake outside the blocks of collections, such as in a helper function, concerns all cases.
        concerned = [case for case in self._cases if case.group.split()[0] == collection] or self._cases
        return iter(sorted(concerned, key=lambda case: -_closeness(mutant, case)))


def _notices(evaluator: Evaluator[Case], case: Case) -> bool:
    try:
        return evaluator.allows(case) != case.allowed
    except NoVerdict:  # The mutant allowed a request that the emulator can't carry out, so nothing is known.
        return False


def _closeness(mutant: Mutant, case: Named) -> int:
    """Rate the probability that a case notices a mutant. A higher number is more likely."""
    operation = case.group.split()[-1]
    name = case.name.split()
    near = sum(3 for word in mutant.words if word in name) + sum(
        1 for word in mutant.words if word and word in case.name
    )
    if mutant.place.endswith("Updated"):
        near += 4 * (operation == "update")
    if mutant.place.endswith("Created"):
        near += 4 * (operation == "create")
    if mutant.place.startswith("allow "):
        near += 4 * (operation in mutant.place)
    return 2 * near + case.allowed
