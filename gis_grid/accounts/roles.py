"""The roles of those who work with the system. What each may do is in `permissions`."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gis_grid.errors import InputError


class Role(StrEnum):
    """A role is granted on a grid and holds there and in everything below it."""

    VIEWER = "viewer"
    LEADER = "leader"
    DISPATCHER = "dispatcher"
    CHECKER = "checker"
    DUTY_CHIEF = "duty_chief"
    PLANNER = "planner"
    OFFICER = "officer"
    INTEGRATION = "integration"
    ADMINISTRATOR = "administrator"

    @property
    def name_zh(self) -> str:
        """What the role is called in Chinese."""
        return _NAMES_ZH[self]


_NAMES_ZH: Mapping[Role, str] = MappingProxyType(
    {
        Role.VIEWER: "查看员",
        Role.LEADER: "领导",
        Role.DISPATCHER: "派遣员",
        Role.CHECKER: "核查员",
        Role.DUTY_CHIEF: "值班长",
        Role.PLANNER: "规划员",
        Role.OFFICER: "网格员",
        Role.INTEGRATION: "对接系统",
        Role.ADMINISTRATOR: "管理员",
    }
)


def role_of(word: str) -> Role:
    """Return the role of a name.

    Raises
    ------
    InputError
        There is no such role.

    Examples
    --------
    >>> role_of("duty_chief").name_zh
    '值班长'
    >>> role_of("root")
    Traceback (most recent call last):
    gis_grid.errors.InputError: role 'root' is unknown; use viewer, leader, dispatcher, checker, \
duty_chief, planner, officer, integration or administrator
    """
    try:
        return Role(word)
    except ValueError as error:
        *most, last = Role
        msg = f"role {word!r} is unknown; use {', '.join(most)} or {last}"
        raise InputError(msg) from error
