"""Carrying out of `stoker costs`."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import fields

from stoker_tools.costs.bill import Bill, price_of, usd
from stoker_tools.costs.estimate import DONE_BY, Figures, estimate
from stoker_tools.costs.functions import Functions
from stoker_tools.costs.prices import DATABASES, READ, TIER_1
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import functions_folder


def run(options: argparse.Namespace) -> int:
    """Print the bill of a month.

    Args:
        options: The options that `arguments.parser` has read.

    Returns:
        The exit code.

    Raises:
        CommandError: The prices of a place are not known, a figure contradicts another, or a feature is off.
    """
    figures = Figures(**{field.name: getattr(options, field.name) for field in fields(Figures)})
    _check(figures, options.region, options.database)
    manifest = functions_folder() / "functions.yaml"
    if not manifest.exists():
        raise CommandError(f"{manifest.relative_to(app_root.app())} is missing: run scripts/generate.")
    functions = Functions.of_manifest(manifest.read_text())
    _check_features(figures, functions)
    bill = estimate(figures, functions, options.database)
    print(json.dumps(as_json(bill, options.region, options.database), indent=2) if options.json else shown(bill))
    return ExitCode.DONE


def _check(figures: Figures, region: str, database: str) -> None:
    if region not in TIER_1:
        raise CommandError(
            f"The prices of functions in {region!r} are not in the list. It has the prices of tier 1: "
            f"{', '.join(TIER_1)}.",
            ExitCode.USAGE,
        )
    if database not in DATABASES:
        raise CommandError(
            f"The prices of Firestore in {database!r} are not in the list: choose from {', '.join(DATABASES)}.",
            ExitCode.USAGE,
        )
    if figures.films and not figures.minutes:
        raise CommandError("A film of 0 minutes can't be made: give --minutes.", ExitCode.USAGE)


def _check_features(figures: Figures, functions: Functions) -> None:
    for figure, (function, feature) in DONE_BY.items():
        if getattr(figures, figure) and not functions.has(function):
            option = f"--{figure.replace('_', '-')}"
            raise CommandError(
                f"The feature {feature} of this app is off, so nothing of Stoker works on {option}. Leave the option "
                f"out, or switch {feature} on in stoker.toml and run scripts/generate.",
                ExitCode.USAGE,
            )


def as_json(bill: Bill, region: str, database: str) -> Mapping[str, object]:
    """Return a bill for machines."""
    return {
        "region": region,
        "database": database,
        "pricesRead": READ,
        "items": [{"name": item.name, "usd": price_of(item.usage, bill.prices)} for item in bill.items],
        "usage": {meter.value: amount for meter, amount in sorted(bill.usage.items())},
        "totalUsd": bill.total,
        "freeUsd": bill.free,
        "toPayUsd": bill.to_pay,
    }


def shown(bill: Bill) -> str:
    """Return a bill for people."""
    rows = [(item.name, usd(price_of(item.usage, bill.prices))) for item in bill.items]
    rows += [("at list prices", usd(bill.total)), ("free tiers", f"-{usd(bill.free)}"), ("to pay", usd(bill.to_pay))]
    width = max(len(amount) for _, amount in rows)
    lines = [f"{name:24}{amount:>{width}} US$" for name, amount in rows]
    return "\n".join([*lines[:-3], "-" * len(lines[0]), *lines[-3:], f"Prices of {READ}: see docs/costs.md."])
