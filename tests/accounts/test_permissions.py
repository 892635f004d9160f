import itertools

import pytest

from gis_grid.accounts.permissions import (
    CITY_WIDE,
    RESOURCES,
    RIGHTS,
    Action,
    allowed,
    granting,
    roles_for,
)
from gis_grid.accounts.principals import Grant, Principal
from gis_grid.accounts.roles import Role
from gis_grid.values.layers import LAYERS


def test_every_role_has_rights_and_every_right_is_on_something():
    assert set(RIGHTS) == set(Role)
    named = set().union(*(rights for row in RIGHTS.values() for rights in row.values()))
    assert named == RESOURCES


def test_every_role_reads_every_layer_so_that_one_area_serves_a_search_over_all_of_them():
    for role, layer in itertools.product(Role, set(LAYERS) | {"city", "statistics"}):
        assert allowed(role, Action.READ, layer)


def test_personal_data_is_for_those_who_call():
    may = {Role.DISPATCHER, Role.CHECKER, Role.DUTY_CHIEF, Role.OFFICER, Role.ADMINISTRATOR}
    assert set(roles_for(Action.CONTACT, "officers")) == may
    assert set(roles_for(Action.CONTACT, "incidents")) == may - {Role.OFFICER}
    private = {
        name for name, layer in LAYERS.items() if any(field.private for field in layer.fields)
    }
    for name in private:
        assert not allowed(Role.VIEWER, Action.CONTACT, name)
        assert not allowed(Role.INTEGRATION, Action.EXPORT, "officers")


def test_only_administrators_manage_what_belongs_to_no_grid():
    for topic, action in itertools.product(CITY_WIDE, Action):
        assert roles_for(action, topic) == (Role.ADMINISTRATOR,)


def test_only_planners_publish():
    assert set(roles_for(Action.PUBLISH, "grids")) == {Role.PLANNER, Role.ADMINISTRATOR}


def test_who_writes_may_read():
    for role, rights in RIGHTS.items():
        for action in set(rights) - {Action.READ}:
            assert rights[action] <= rights[Action.READ], (role, action)


@pytest.mark.parametrize("action", Action)
def test_a_token_that_may_read_only_never_writes(action):
    ann = Principal(
        code="ann", name="", grants=(Grant(Role.ADMINISTRATOR),), kind="token", is_read_only=True
    )
    reads = action in {Action.READ, Action.EXPORT, Action.CONTACT}
    assert bool(granting(ann.grants, action, "incidents", is_read_only=ann.is_read_only)) == reads
