"""Reading published plans from their files: one JSON file is one plan."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.programmes import Programme


def read_programme(path: Path) -> Programme:
    """Read and check a plan's file.

    Raises
    ------
    UnusableInputError
        Naming the file and its first fault.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unusable(path.name, str(error)) from None
    return parse_programme(content, path.name)


def parse_programme(content: bytes, name: str) -> Programme:
    """Read and check a plan that came as the content of a file of a name; raises as `read_programme`."""
    try:
        values = json.loads(content.decode("utf-8-sig"), parse_constant=_no)
    except (ValueError, RecursionError) as error:
        raise unusable(name, str(error)) from None
    return check_programme(values, name)


def check_programme(values: Any, name: str) -> Programme:
    """Return the values of a plan as a plan; raises as `read_programme`."""
    try:
        return Programme.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    raise unusable(name, fault)


def _no(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def unusable(name: str, fault: str) -> UnusableInputError:
    """Return the error that a file is no usable plan, and why."""
    return UnusableInputError(
        Text(f"{name} 不是可用的计划文件：{fault}", f"{name} is no usable plan: {fault}")
    )


@cache
def shipped_programmes() -> tuple[Programme, ...]:
    """Return the plans that this installation ships; read once per process."""
    folder = shipped("data") / "programmes"
    return tuple(read_programme(path) for path in sorted(folder.glob("*.json")))
