"""Roles and what each may do. A worker needs no role: what is public is open to everybody."""

from enum import StrEnum

from geoapp.core.i18n import Text


class Role(StrEnum):
    """Who somebody is, once signed in."""

    PLANNER = "planner"
    STEWARD = "steward"
    MANAGER = "manager"
    ADMIN = "admin"


class Permission(StrEnum):
    """Something that not everybody may do.

    To STATE is to enter what a document says of a promise, to ASK to have solved what a page asks itself.
    """

    RUN = "run"
    ASK = "ask"
    CARRY_OUT = "carry_out"
    PUBLISH = "publish"
    STATE = "state"
    EDIT = "edit"
    IMPORT = "import"
    SEE_UNPUBLISHED = "see_unpublished"
    ADMINISTER = "administer"
    OWN_ACCOUNT = "own_account"


ROLE_TEXT = {
    Role.PLANNER: Text("规划员", "Planner"),
    Role.STEWARD: Text("数据管理员", "Data steward"),
    Role.MANAGER: Text("管理者", "Manager"),
    Role.ADMIN: Text("系统管理员", "Administrator"),
}

_EVERY_ROLE = frozenset({Permission.SEE_UNPUBLISHED, Permission.OWN_ACCOUNT})
_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.PLANNER: _EVERY_ROLE | {Permission.RUN, Permission.ASK, Permission.CARRY_OUT},
    Role.STEWARD: _EVERY_ROLE
    | {Permission.STATE, Permission.EDIT, Permission.IMPORT, Permission.CARRY_OUT},
    Role.MANAGER: _EVERY_ROLE | {Permission.ASK, Permission.PUBLISH, Permission.STATE},
    Role.ADMIN: frozenset(Permission),
}


def allows(role: Role | None, permission: Permission) -> bool:
    """Tell whether a role (None: not signed in) has a permission."""
    return role is not None and permission in _ALLOWED[role]
