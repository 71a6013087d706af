"""Checks of the functions: all of them are deployed, in the right region, and from one source."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.findings import Finding
from stoker_tools.doctor.expected import Expected
from stoker_tools.doctor.place import Place


def check_emulators(silent: Mapping[str, str], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding if emulators do not answer.

    Args:
        silent: The addresses of these emulators, by their names.
        wanted: The things that the suite should have.
        place: The suite.
    """
    if silent:
        listed = _listed(f"{name} ({address})" for name, address in silent.items())
        message = f"These emulators of the suite do not answer: {listed}."
        yield Finding("emulator-silent", message, place.deploy, names=_sorted(silent))


def check_functions(found: Sequence[DeployedFunction], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each thing that is wrong with the functions.

    Args:
        found: The functions of the project, in all regions.
        wanted: The things that the project should have.
        place: The place that is looked at.
    """
    keys = {(one.name, one.region) for one in wanted.endpoints}
    ours = [one for one in found if (one.name, one.region) in keys]
    yield from _absent(ours, found, wanted, place)
    yield from _states(ours, place)
    yield from _sources(ours, place)
    if not place.is_suite:
        yield from _left_over([one for one in found if (one.name, one.region) not in keys], wanted, place)


def _absent(
    ours: Sequence[DeployedFunction], found: Iterable[DeployedFunction], wanted: Expected, place: Place
) -> Iterator[Finding]:
    """Yield a finding if no function is there or all are in another region, or for each part that is not there."""
    there = {(one.name, one.region) for one in ours}
    absent = {one.name for one in wanted.endpoints if (one.name, one.region) not in there}
    regions = {one.name: one.region for one in found if one.name in absent and one.codebase == wanted.codebase}
    if absent and not ours and regions:
        usual, _ = Counter(regions.values()).most_common(1)[0]
        message = f"The functions are in {_listed(set(regions.values()))}, and STOKER_REGION is {place.region}."
        cure = f"Set STOKER_REGION={usual} in functions/.env.    # or move them: {place.deploy} --allow-deletions"
        yield Finding("wrong-region", message, cure, names=_sorted(absent))
    elif absent and not ours:
        message = f"No function of this checkout is deployed in {'the suite' if place.is_suite else place.project}."
        hint = "" if place.is_suite else "    # or name another project with --project"
        yield Finding("not-deployed", message, f"{place.deploy}{hint}", names=_sorted(absent))
    else:
        if missing := absent - regions.keys():
            message = f"These functions are not deployed: {_listed(missing)}."
            yield Finding("functions-missing", message, place.deploy, names=_sorted(missing))
        if regions:
            listed = _listed(f"{name} ({region})" for name, region in regions.items())
            message = f"These functions are not in the region {place.region}: {listed}."
            yield Finding("functions-elsewhere", message, place.deploy, names=_sorted(regions))


def _states(ours: Iterable[DeployedFunction], place: Place) -> Iterator[Finding]:
    states = {one.name: one.state or "unknown" for one in ours if one.state != "ACTIVE"}
    if deploying := [name for name, state in states.items() if state == "DEPLOYING"]:
        message = f"A deployment of these functions runs: {_listed(deploying)}."
        cure = "Wait for the end of the deployment, and look again."
        yield Finding("function-deploying", message, cure, "warning", _sorted(deploying))
    if broken := {name: state for name, state in states.items() if state != "DEPLOYING"}:
        listed = _listed(f"{name} ({state})" for name, state in broken.items())
        message = f"These functions have a state that is not ACTIVE: {listed}."
        yield Finding("function-broken", message, place.log_of(min(broken)), names=_sorted(broken))


def _sources(ours: Sequence[DeployedFunction], place: Place) -> Iterator[Finding]:
    """Yield a finding if the functions come from several deployments. The hash of the CLI then differs."""
    hashes = Counter(one.source_hash for one in ours)
    if len(hashes) > 1:
        usual, _ = hashes.most_common(1)[0]
        others = [one.name for one in ours if one.source_hash != usual]
        message = f"These functions are from another deployment than the others: {_listed(others)}."
        yield Finding("functions-mixed", message, place.deploy, "warning", _sorted(others))


def _left_over(others: Iterable[DeployedFunction], wanted: Expected, place: Place) -> Iterator[Finding]:
    """Yield a finding for each region with functions of our codebase that this checkout does not have."""
    wanted_names = {one.name for one in wanted.endpoints}
    by_region: defaultdict[str, list[str]] = defaultdict(list)
    for one in others:
        if one.codebase == wanted.codebase and (one.name not in wanted_names or one.region != place.region):
            by_region[one.region].append(one.name)
    for region, names in sorted(by_region.items()):
        message = f"These functions in {region} are not in this checkout: {_listed(names)}."
        cure = f"npx firebase-tools functions:delete {' '.join(sorted(names))} --region={region}"
        yield Finding("function-left-over", message, f"{cure} --project={place.project}", "warning", _sorted(names))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
