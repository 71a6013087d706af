"""The roles of the functions' account: with each taken away, exactly the calls fail of which the table says so."""

import pytest

from emulator.gate.uses import USES, WITHOUT_A_ROLE
from stoker.logs import is_denied
from stoker_tools.deploy.needs import ROLES, Role
from twin.gate import Gate

CHECKED = [role for role in ROLES if role.permissions]
"""The roles that Google checks at the functions' own calls."""

ALL = [prepare for group in (*USES.values(), WITHOUT_A_ROLE) for prepare in group]


def failing(gate: Gate, role: str | None) -> set[str]:
    """Prepare every call, and make them all without a role. Return the names of the calls that Google has refused."""
    calls = {prepare.__name__: prepare(gate) for prepare in ALL}
    refused = set()
    if role is not None:
        gate.account.roles.remove(role)
    for name, call in calls.items():
        try:
            call()
        except Exception as error:
            if not is_denied(error):
                raise
            refused.add(name)
    return refused


@pytest.mark.slow
def test_with_all_roles_every_call_passes_and_every_permission_of_the_table_is_checked(gate: Gate) -> None:
    assert failing(gate, None) == set()
    checked = {check.permission for check in gate.account.checks}
    assert checked == {permission for role in ROLES for permission in role.permissions}


@pytest.mark.slow
@pytest.mark.parametrize("role", CHECKED, ids=lambda role: role.name)
def test_without_a_role_exactly_these_calls_fail(role: Role, gate: Gate) -> None:
    expected = {prepare.__name__ for use in role.uses for prepare in USES[use]}
    assert failing(gate, role.name) == expected


def test_every_call_of_the_table_is_made() -> None:
    assert {use for role in CHECKED for use in role.uses} == set(USES)
