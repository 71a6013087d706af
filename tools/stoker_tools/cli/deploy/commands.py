"""Carrying out of `stoker deploy`."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from stoker_tools.deploy import account_steps, local_checks, preflight, survey
from stoker_tools.deploy.deployment import deploy, set_cors
from stoker_tools.deploy.deployment_plan import Plan, planned, project_named, source
from stoker_tools.deploy.facts import Facts
from stoker_tools.deploy.findings import Finding, as_text, has_errors
from stoker_tools.deploy.google import Google, access_token
from stoker_tools.deploy.named_files import named_findings
from stoker_tools.deploy.stale_files import stale_findings
from stoker_tools.errors import CommandError, ToolError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.install.errors import Collision
from stoker_tools.setup import app_root


def run(options: argparse.Namespace) -> int:
    """Look for what is missing, and deploy.

    Args:
        options: The options that `arguments.parser` has read.

    Returns:
        The exit code.

    Raises:
        CommandError: The deployment has failed.
    """
    report, root = _reporter(options.json), app_root.app()
    plan = planned(root, project_named(root, options.project), may_delete=options.may_delete)
    found = _local_findings(plan)
    google, facts = None, Facts()
    if not any(finding.code == "no-project" for finding in found):
        report(f"Looking at {plan.project}.")
        google, facts, remote = _remote_findings(plan)
        found = [*found, *remote]
    result: dict[str, Any] = {
        "project": plan.project or None,
        "region": plan.region,
        "findings": [finding.as_json() for finding in found],
    }
    report(as_text(found) if found else "Nothing is missing.")
    stopped = has_errors(found)
    if stopped:
        report("Nothing was deployed." if not options.check else "A deployment would stop here.")
    elif options.check and found:
        report("These are warnings. They do not stop a deployment.")
    elif not options.check and google:
        result |= _deploy(google, plan, facts, report, quietly=options.json)
        report(f"CORS of the bucket: {result['cors']}.")
        report(f"Everything is deployed. {app_root.command('doctor')} looks whether it runs.")
    if options.json:
        print(json.dumps(result, indent=2))
    return ExitCode.FAILED if stopped else ExitCode.DONE


def _deploy(
    google: Google, plan: Plan, facts: Facts, report: Callable[[str], None], *, quietly: bool
) -> dict[str, Any]:
    if facts.knows("account"):
        account_steps.prepare(app_root.app(), google, plan, facts, report)
    try:
        deployed = deploy(app_root.app(), plan, report, quietly=quietly)
    except CommandError as failed:
        if failed.exit_code == ExitCode.INCOMPLETE:
            _finish_the_others(google, plan, report)
        raise
    cors = set_cors(google, facts.bucket, plan)
    account_steps.finish(google, plan, report)
    return {"deployed": deployed, "cors": cors}


def _finish_the_others(google: Google, plan: Plan, report: Callable[[str], None]) -> None:
    """Give the account its roles on the functions that are deployed although another function has failed."""
    try:
        account_steps.finish(google, plan, report)
    except CommandError as error:
        report(str(error))  # The command ends with the error of the deployment.


def _reporter(as_json: bool) -> Callable[[str], None]:
    return lambda line: print(line, file=sys.stderr if as_json else sys.stdout, flush=True)


def _local_findings(plan: Plan) -> list[Finding]:
    """Return what is wrong in the checkout: the part that `firebase deploy` looks at by itself, and the origins."""
    root = app_root.app()
    return [
        *local_checks.before_deployment(root, source(root), plan.project),
        *preflight.local_findings(plan),
        *(stale_findings(root) if app_root.checkout() else stale_in_app(root)),
        *named_findings(root, plan.database),
    ]


def stale_in_app(root: Path) -> Iterator[Finding]:
    """Yield a finding if an app's rules, indexes or types do not agree with its models and its `stoker.toml`.

    Args:
        root: The folder of the app.
    """
    from stoker_tools.cli.install.commands import stale

    try:
        paths = stale(root)
    except Collision as error:
        message = f"The app has a part that collides with Stoker's. {error}"
        yield Finding("collision", message, "Mend what the message names.")
        return
    except ToolError as error:
        message = f"The rules and indexes could not be compared with the models: {error}"
        yield Finding("not-compared", message, "Mend what the message names.", "warning")
        return
    if paths:
        yield Finding("stale-files", f"Generated files are stale: {', '.join(paths)}.", "scripts/generate")


def _remote_findings(plan: Plan) -> tuple[Google | None, Facts, list[Finding]]:
    try:
        google = Google(plan.project, access_token())
    except CommandError as error:
        return None, Facts(), [Finding("no-login", str(error), "npx firebase-tools login")]
    facts = survey.facts(google, plan)
    return google, facts, preflight.findings(plan, facts)
