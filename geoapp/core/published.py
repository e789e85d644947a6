"""What cities publish, as files of data: one file is one published thing, read whole and checked.

What is shipped lies in a folder of ``data``, an operator's own in the folder of that name in the data
folder. No code is written for a city.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
Words = Annotated[str, Field(min_length=1, max_length=400)]


class Published(BaseModel):
    """A part of such a file; what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Published):
    """Something with a code and a name in both languages."""

    code: Code
    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """The name in both languages."""
        return Text(self.zh, self.en)


class Document(Published):
    """The document that a file restates."""

    title_zh: Words
    issuer_zh: Words
    issuer_en: Words
    published_on: date


N = TypeVar("N", bound=Named)


def distinct(codes: list[str]) -> None:
    """Raise ValueError where a code stands twice."""
    if len(set(codes)) != len(codes):
        raise ValueError(f"a code is repeated in {sorted(codes)}")


def found_by_code(among: tuple[N, ...], parameter: str, code: str) -> N:
    """Return the one of a code.

    Raises
    ------
    InvalidValueError
        If there is none; it says which there are.
    """
    for one in among:
        if one.code == code:
            return one
    zh = "、".join(f"{one.code}（{one.zh}）" for one in among)
    en = ", ".join(one.code for one in among)
    raise InvalidValueError(parameter, code, Text(f"{zh} 之一", f"one of {en}"))


def folders_of(settings: Settings, name: str) -> tuple[Path, ...]:
    """Return where files of a kind lie: those shipped, then the operator's own."""
    return (shipped("data") / name, settings.data / name)


def read_published(path: Path, kind: type[N], what: Text) -> N:
    """Read and check a file.

    Parameters
    ----------
    what
        What the file ought to be, for the message.

    Raises
    ------
    UnusableInputError
        Naming the file and its first fault.
    """
    try:
        return kind.model_validate(json.loads(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    except (ValueError, OSError) as error:
        fault = str(error)
    raise UnusableInputError(
        Text(
            f"{path.name} 不是可用的{what.zh}：{fault}",
            f"{path.name} is no usable {what.en}: {fault}",
        )
    )


def read_folders(folders: tuple[Path, ...], kind: type[N], what: Text) -> Mapping[str, N]:
    """Read and check all files of some folders, by code.

    Raises
    ------
    UnusableInputError
        If a file breaks the rules, or two have the same code; it names the file.
    """
    found: dict[str, N] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            one = read_published(path, kind, what)
            if one.code in found:
                raise UnusableInputError(
                    Text(
                        f"{path.name}：编号 {one.code} 已被另一个文件使用。",
                        f"{path.name}: another file has the code {one.code}.",
                    )
                )
            found[one.code] = one
    return found
