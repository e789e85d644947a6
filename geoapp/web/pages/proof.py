"""Who is signed in shows again who they are, before something that a session left open must not do."""

import time

from flask import request, session

from geoapp.core.i18n import Text
from geoapp.core.sign_ins import Way
from geoapp.operations.upkeep.second_factor import Checked, check_code
from geoapp.operations.upkeep.users import authenticate
from geoapp.web.edge.access import signed_in
from geoapp.web.edge.attempts import count_failure, refuse_after_failures
from geoapp.web.edge.entering import BY_PROVIDER
from geoapp.web.edge.services import services

WRONG = Text(
    "验证码不对，或已用过。请等下一个；手机时间要准。",
    "The code is wrong, or was used. Wait for the next one; the phone's clock must be right.",
)
_FRESH_SECONDS = 600


def refused_code(checked: Checked) -> Text:
    """Say that a code does not fit, and how long to wait where there were too many."""
    if not checked.wait_seconds:
        return WRONG
    minutes = -(-checked.wait_seconds // 60)
    return Text(
        f"错得太多。请 {minutes} 分钟后再试。",
        f"Too many wrong codes. Try again in {minutes} minute{'' if minutes == 1 else 's'}.",
    )


def unproven(password_field: str) -> Text | None:
    """Return why who is signed in has not shown again who they are; None if they have.

    With a second factor by a code (``code`` of the form), else as by `unproven_by_password`.
    """
    user = signed_in()
    if not user.second_factor:
        return unproven_by_password(password_field)
    refuse_after_failures(user.name, Way.CODE)
    checked = check_code(services().database, user.id, request.form.get("code", ""))
    if checked.fits:
        return None
    count_failure(user.name, Way.CODE)
    return refused_code(checked)


def unproven_by_password(password_field: str) -> Text | None:
    """Return why the password does not show again who is signed in; None if it does.

    Who has none comes by the provider, and must have done so within the last ten minutes.
    """
    user = signed_in()
    if not user.has_password:
        if time.time() - float(session.get(BY_PROVIDER, 0)) <= _FRESH_SECONDS:
            return None
        return Text(
            "请先退出，用单位账号重新登录，十分钟内再来。",
            "Sign out, sign in anew with your organisation's account, and come back within ten "
            "minutes.",
        )
    refuse_after_failures(user.name, Way.PASSWORD)
    given = request.form.get(password_field, "")
    if authenticate(services().database, user.name, given) is not None:
        return None
    count_failure(user.name, Way.PASSWORD)
    return Text("密码不对。", "The password is wrong.")
