"""The steps of a deployment for the service account of the functions: it is made, named, and given its roles."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stoker_tools.deploy.deployment_plan import Plan, source
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.grants import Grant, lacking_grants
from stoker_tools.deploy.iam_policies import give, read_policies
from stoker_tools.deploy.schedule_accounts import move_schedules
from stoker_tools.deploy.service_account import make, remember
from stoker_tools.deploy.survey import account_resources, what_was_deployed
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.generate.manifest import manifest


def prepare(root: Path, google: Google, plan: Plan, facts: Facts, report: Callable[[str], None]) -> None:
    """Make the account if it is missing, name it to the functions, and give it the roles that it lacks.

    Args:
        root: The checkout.
        google: The project.
        plan: The deployment.
        facts: The project.
        report: It takes a line of progress.

    Raises:
        CommandError: Google has refused a call, or can't be reached.
    """
    with _explained(plan, "Nothing was deployed", ExitCode.FAILED):
        if facts.account is None:
            report(
                f"Making the service account of the functions, {plan.account}. Google may not know it everywhere for a "
                "minute. If the functions are refused for that, run scripts/deploy again."
            )
            make(google)
            lacking = lacking_grants({one: {} for one in account_resources(plan, facts)}, plan.account)
        else:
            lacking = facts.account.lacking
        _give(google, plan, lacking, report, is_new=facts.account is None)
    if not plan.named_account:
        if facts.account is not None:
            report(f"The functions will run as {plan.account}, which exists already.")
        _name(root, report)


def _name(root: Path, report: Callable[[str], None]) -> None:
    """Name the account to the functions, and make `functions.yaml` anew."""
    functions = source(root)
    named, made = remember(functions), functions / "functions.yaml"
    made.write_text(manifest(functions), encoding="utf-8")
    report(f"{named.relative_to(root)} and {made.relative_to(root)} name the account now. Commit both files.")


def finish(google: Google, plan: Plan, report: Callable[[str], None]) -> None:
    """Give the account the roles that it lacks on what was deployed, and let the schedules call as this account.

    Args:
        google: The project.
        plan: The deployment.
        report: It takes a line of progress.

    Raises:
        CommandError: Google has refused a call, or can't be reached.
    """
    with _explained(plan, "The functions are deployed", ExitCode.INCOMPLETE):
        there = account_resources(plan, what_was_deployed(google, plan))
        policies, refusals = read_policies(google, [one for one in there if one.level in ("queue", "service")])
        for refusal in refusals.values():
            raise refusal
        _give(google, plan, lacking_grants(policies, plan.account), report)
        for name in move_schedules(google, plan):
            report(f"{name} calls its function as {plan.account} now.")


def _give(
    google: Google, plan: Plan, lacking: Iterable[Grant], report: Callable[[str], None], *, is_new: bool = False
) -> None:
    if roles := sorted({grant.role for grant in lacking}):
        report(f"Giving roles to {plan.account}: {', '.join(roles)}.")
        give(google, lacking, plan.account, time.sleep, is_new=is_new)


@contextmanager
def _explained(plan: Plan, before: str, code: ExitCode) -> Iterator[None]:
    try:
        yield
    except GoogleRefusal as refusal:
        reason = f"Google: {refusal.message}"
    except CommandError as error:
        reason = str(error)
    else:
        return
    raise CommandError(
        f"{before}, but the roles of {plan.account} could not be given. {reason} Run scripts/deploy again.", code
    )
