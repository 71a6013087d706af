"""The table of the roles of the functions' service account in the documentation, from `deploy/needs.py`."""

from collections.abc import Mapping

from stoker_tools.deploy.needs import ROLES, Level, Role
from stoker_tools.generate.markdown import table

RESOURCES: Mapping[Level, str] = {
    "project": "the project",
    "bucket": "the default bucket",
    "account": "the account itself",
    "queue": "each queue of the functions",
    "service": "each function that no client calls",
}
"""The words for the resources of each level."""


def role_table() -> str:
    """Return a row for each role: its name, the resource, what fails without it, and what Google checks."""
    rows = [(f"`{role.name}`", RESOURCES[role.level], f"{role.calls}.", _checked(role)) for role in ROLES]
    return table(("role", "on", "without it, this fails", "checked"), rows)


def _checked(role: Role) -> str:
    permissions = ", ".join(f"`{permission}`" for permission in role.permissions)
    checked = f"at each call: {permissions}" if permissions else "by the platform, at no call of the functions"
    return f"{checked} ([source]({role.source}))"
