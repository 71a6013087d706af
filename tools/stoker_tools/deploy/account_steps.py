"""The steps of a deployment for the service account of the functions: it is made, named, and given its roles."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stoker_tools.deploy.deployment_plan import Plan, source
from stoker_tools.deploy.facts import AccountRights
from stoker_tools.deploy.google import Google, GoogleRefusal
from stoker_tools.deploy.iam_policies import give
from stoker_tools.deploy.service_account import make, remember
from stoker_tools.deploy.survey import account_rights
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.generate.manifest import manifest

PAUSES = (30.0, 60.0)
"""The pauses before the functions are tried again if their account is new, in seconds. Source:
https://cloud.google.com/iam/docs/service-accounts-create (an account may be unknown for 60 seconds or more)"""


def prepare(
    root: Path, google: Google, plan: Plan, rights: AccountRights | None, report: Callable[[str], None]
) -> bool:
    """Make the account if it is missing, and give it the roles that it lacks; return whether it is new.

    Args:
        root: The checkout.
        google: The project.
        plan: The deployment.
        rights: The rights of the account; None if it does not exist.
        report: It takes a line of progress.

    Raises:
        CommandError: Google has refused a call.
    """
    is_new = False
    with _explained(plan, ExitCode.FAILED):
        if rights is None:
            report(f"Making the service account of the functions, {plan.account}.")
            is_new = make(google)
            rights = account_rights(google, plan)
        _give(google, plan, rights, report)
    if not plan.named_account:
        _name(root, report)
    return is_new


def _name(root: Path, report: Callable[[str], None]) -> None:
    """Name the account to the functions, and make `functions.yaml` anew."""
    functions = source(root)
    named, made = remember(functions), functions / "functions.yaml"
    made.write_text(manifest(functions), encoding="utf-8")
    report(f"{named.relative_to(root)} and {made.relative_to(root)} name the account now. Commit both files.")


def finish(google: Google, plan: Plan, report: Callable[[str], None]) -> None:
    """Give the account the roles that it lacks on what was deployed: its queues, and the functions that it calls.

    Args:
        google: The project.
        plan: The deployment.
        report: It takes a line of progress.

    Raises:
        CommandError: Google has refused a call.
    """
    with _explained(plan, ExitCode.INCOMPLETE):
        _give(google, plan, account_rights(google, plan), report)


def _give(google: Google, plan: Plan, rights: AccountRights | None, report: Callable[[str], None]) -> None:
    if rights is not None and rights.lacking:
        report(f"Giving roles to {plan.account}: {', '.join(sorted({grant.role for grant in rights.lacking}))}.")
        give(google, rights.lacking, plan.account, time.sleep)


@contextmanager
def _explained(plan: Plan, code: ExitCode) -> Iterator[None]:
    try:
        yield
    except GoogleRefusal as refusal:
        before = "Nothing was deployed" if code == ExitCode.FAILED else "Everything is deployed"
        raise CommandError(
            f"{before}, but the roles of {plan.account} could not be given. Google: {refusal.message} Run "
            "scripts/deploy again.",
            code,
        ) from None
