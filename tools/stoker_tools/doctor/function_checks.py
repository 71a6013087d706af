"""Checks of the functions: all of them are deployed, in the right region, and from one source."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import DeployedFunction, Place


def check_functions(found: Sequence[DeployedFunction], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each thing that is wrong with the functions.

    Args:
        found: The functions of the project, in all regions.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    keys = {(one.name, one.region) for one in found}
    regions = {one.name: one.region for one in found}
    absent = [one for one in wanted.endpoints if (one.name, one.region) not in keys]
    missing = [one.name for one in absent if one.name not in regions]
    elsewhere = [f"{one.name} ({regions[one.name]})" for one in absent if one.name in regions]
    if missing:
        yield Finding("functions-missing", f"These functions are not deployed: {_listed(missing)}.", place.deploy)
    if elsewhere:
        message = f"These functions are not in the region {place.region}: {_listed(elsewhere)}."
        yield Finding("functions-elsewhere", message, place.deploy)
    wanted_keys = {(one.name, one.region) for one in wanted.endpoints}
    ours = [one for one in found if (one.name, one.region) in wanted_keys]
    yield from _states(ours, place)
    yield from _sources(ours, place)
    if not place.is_suite:
        yield from _left_over([one for one in found if (one.name, one.region) not in wanted_keys], wanted, place)


def _states(ours: Iterable[DeployedFunction], place: Place) -> Iterator[Finding]:
    for function in ours:
        if function.state == "DEPLOYING":
            message = f"The function {function.name} is being deployed."
            yield Finding("function-deploying", message, "Wait for the end of the deployment.", "warning")
        elif function.state != "ACTIVE":
            message = f"The function {function.name} has the state {function.state or 'unknown'} and not ACTIVE."
            yield Finding("function-broken", message, place.log_of(function.name))


def _sources(ours: Sequence[DeployedFunction], place: Place) -> Iterator[Finding]:
    """Yield a finding if the functions come from several deployments. The hash of the CLI then differs."""
    hashes = Counter(one.source_hash for one in ours)
    if len(hashes) > 1:
        usual, _ = hashes.most_common(1)[0]
        others = [one.name for one in ours if one.source_hash != usual]
        message = f"These functions are from another deployment than the others: {_listed(others)}."
        yield Finding("functions-mixed", message, place.deploy, "warning")


def _left_over(others: Iterable[DeployedFunction], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each function of our codebase that this checkout does not have."""
    names = {one.name for one in wanted.endpoints}
    for function in others:
        if function.codebase == wanted.codebase and (function.name not in names or function.region != place.region):
            message = f"The function {function.name} in {function.region} is not in this checkout."
            cure = f"npx firebase-tools functions:delete {function.name} --region={function.region}"
            yield Finding("function-left-over", message, f"{cure} --project={place.project}", "warning")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
