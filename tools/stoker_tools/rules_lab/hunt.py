"""Whether the cases notice the mistakes in mutated rules."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from stoker_tools.rules_lab.errors import NoVerdict, RulesError
from stoker_tools.rules_lab.mutants import Mutant


class Named(Protocol):
    """A case, as far as the order in which cases are tried goes.

    Attributes:
        group: What it is about, such as `tasks create`.
        name: What is special about it.
        who: Who asks.
        allowed: Whether the rules must allow it.
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


class Hunter(Protocol[Asked]):
    """One place where mutated rules can be tried, apart from all others."""

    def load(self, rules: str) -> None:
        """Puts rules there; raises `RulesError` where they don't compile."""

    def allows(self, case: Asked) -> bool:
        """Asks the rules, and undoes what has been changed."""


class Hunt(Generic[Case]):
    """Tries mutants at several places at once.

    Args:
        hunters: The places.
        cases: What is asked.
        rules: The rules without a mistake, which must judge each case right.
    """

    def __init__(self, hunters: Sequence[Hunter[Case]], cases: Sequence[Case], rules: str) -> None:
        self._free = list(hunters)
        self._cases = cases
        self._rules = rules

    def survivors(self, mutants: Iterable[Mutant], on_mutant: Callable[[Mutant, Case | None], None]) -> list[Mutant]:
        """The mutants that no case notices. Those that don't compile are noticed by the compiler.

        Args:
            mutants: To try.
            on_mutant: Called with each mutant, and the case that has noticed it.

        Raises:
            RulesError: A case has noticed mistakes where there are none, so that its word means nothing.
        """
        killers: list[Case] = []

        def survives(mutant: Mutant) -> bool:
            hunter = self._free.pop()
            try:
                hunter.load(mutant.rules)
                killer = next((case for case in self.ordered(mutant) if _notices(hunter, case)), None)
            except RulesError:
                return False
            finally:
                self._free.append(hunter)
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
        hunter = self._free[0]
        hunter.load(self._rules)
        for case in {str(case): case for case in killers}.values():
            if _notices(hunter, case):
                raise RulesError(f"The rules as they are do not decide as a case expects: {case}")

    def ordered(self, mutant: Mutant) -> Iterator[Case]:
        """The cases that the mistake can concern, those first that are the likeliest to notice it."""
        collection = mutant.block.strip("/").partition("/")[0]
        # What stands in no collection's block, such as who is signed in, concerns them all.
        concerned = [case for case in self._cases if case.group.split()[0] == collection] or self._cases
        return iter(sorted(concerned, key=lambda case: -_closeness(mutant, case)))


def _notices(hunter: Hunter[Case], case: Case) -> bool:
    try:
        return hunter.allows(case) != case.allowed
    except NoVerdict:  # a mistake may let something through on which the emulator itself stumbles: that tells nothing
        return False


def _closeness(mutant: Mutant, case: Named) -> int:
    """How likely it is that the case notices the mutant."""
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
