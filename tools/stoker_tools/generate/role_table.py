"""The table of the roles of the functions' service account in the documentation, from `deploy/needs.py`."""

from stoker_tools.deploy.needs import ROLES, Role
from stoker_tools.generate.markdown import table


def role_table() -> str:
    """Return a row for each role: its name, what fails without it, and what Google checks."""
    rows = [(f"`{role.name}`", f"{role.calls}.", _checked(role)) for role in ROLES]
    return table(("role", "without it, this fails", "checked"), rows)


def _checked(role: Role) -> str:
    permissions = ", ".join(f"`{permission}`" for permission in role.permissions)
    checked = f"at each call: {permissions}" if permissions else "by the platform, at no call of the functions"
    return f"{checked} ([source]({role.source}))"
