"""What can go wrong, by meaning.

Each error carries its text in both languages. One table in ``geoapp.web.edge.problems`` maps these
classes to HTTP statuses, one in ``geoapp.cli`` to exit codes.
"""

import errno
from collections.abc import Collection, Mapping
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.parameter_names import parameter_zh


class GeoappError(Exception):
    """Base of every error that a user can be told about.

    Parameters
    ----------
    text
        What was wrong and what is accepted, in both languages.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.both())
        self.text = text

    def __reduce__(self) -> tuple[Any, ...]:
        """Let an error cross to another process as it is, whatever its class is made from."""
        return _made_again, (type(self), self.args), self.__dict__


def _made_again(kind: type[GeoappError], args: tuple[Any, ...]) -> GeoappError:
    error = kind.__new__(kind, *args)
    error.args = args
    return error


class InvalidValueError(GeoappError):
    """A parameter has a value that is not accepted (HTTP 422, exit 2)."""

    def __init__(self, parameter: str, value: Any, accepted: Text) -> None:
        shown = _shown(value)[:200]
        name = parameter_zh(parameter)
        named = f"参数 {parameter} " if name is None else f"“{name}”"
        is_wanting = name is not None and not shown.strip()
        super().__init__(
            Text(
                f"{named}没有填写：应为{accepted.zh}。"
                if is_wanting
                else f"{named}的值“{shown}”无效：应为{accepted.zh}。",
                f"{parameter}: {shown!r} is not accepted; expected {accepted.en}.",
            )
        )
        self.parameter = parameter
        self.value = shown
        self.accepted = accepted


def _shown(value: Any) -> str:
    """Return a value as whoever sent it knows it: a list by its members, and no language's own signs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_shown(one) for one in value)
    return str(value)


class UnknownParameterError(InvalidValueError):
    """A request has a parameter that there is not, as a misspelt one (HTTP 400)."""

    def __init__(self, parameter: str, value: Any, known: Collection[str]) -> None:
        listed = Text("、".join(known), ", ".join(known))
        super().__init__(parameter[:40], value, listed)
        self.text = Text(
            f"没有参数“{parameter[:40]}”：可用的有 {listed.zh}。",
            f"There is no parameter {parameter[:40]!r}; these are known: {listed.en}.",
        )


class NotFoundError(GeoappError):
    """Nothing has this code or number, or there is none of it at all (HTTP 404, exit 2)."""

    def __init__(self, what: Text, code: str | None = None) -> None:
        text = Text(f"没有这个{what.zh}：{code}", f"No such {what.en}: {code}")
        if code is None:
            text = Text(f"没有{what.zh}", f"No {what.en}")
        super().__init__(text)
        self.code = code


class GoneError(GeoappError):
    """It was there and was deleted (HTTP 410, exit 2); whoever may see that is told when."""


class ConflictError(GeoappError):
    """The edit was made against a stale version, or the thing exists already (HTTP 409)."""


class RefusedStepError(ConflictError):
    """A record's state cannot become the one that is asked; the text says what it can become."""


class UnusableInputError(GeoappError):
    """A file cannot be read at all (HTTP 422, exit 2); nothing was changed."""


class UnavailableError(GeoappError):
    """The store or another needed part does not answer now (HTTP 503, exit 4).

    Parameters
    ----------
    may_pass
        Whether it may be over in a moment without anybody doing anything, as when a server starts;
        so that it is worth trying again.
    """

    def __init__(self, text: Text, *, may_pass: bool = False) -> None:
        super().__init__(text)
        self.may_pass = may_pass


class FullDiskError(UnavailableError):
    """A disk is full; only a person can make room on it."""


class ReplicaLostError(UnavailableError):
    """A replica failed within a reading; the same question is answered by the primary."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "数据库副本中断，请再试一次。", "The replica of the database failed; try once more."
            ),
            may_pass=True,
        )


class MissingPartError(GeoappError):
    """A program or package that must be installed is missing; the text says how to get it (exit 4)."""


class NotAllowedError(GeoappError):
    """The user's role does not permit this (HTTP 403)."""


class OtherSiteError(NotAllowedError):
    """A page of another site made a browser send this (HTTP 403, whoever is signed in)."""


class TooOftenError(GeoappError):
    """Too much came from one sender (HTTP 429).

    Parameters
    ----------
    seconds
        After how long it may be tried again.
    """

    def __init__(self, text: Text, seconds: int) -> None:
        super().__init__(text)
        self.seconds = seconds


class CancelledError(GeoappError):
    """The user cancelled the run."""


def full_disk(error: BaseException) -> FullDiskError | None:
    """Return what to say of an error of the system if it means that this machine's disk is full."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FullDiskError(
            Text(
                "本机磁盘已满，无法写入；请联系管理员清理磁盘。",
                "This machine's disk is full, so that nothing can be written; tell the operator.",
            )
        )
    return None
