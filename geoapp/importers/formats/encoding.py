"""In which encoding a text file is written: certain, guessed with a sample shown, or asked for.

UTF-8 proves itself. GB18030 and Big5 do not: most bytes of one are valid in the other, as rare
characters. What is meant shows in how common the characters are: both standards keep the everyday ones
apart from the rest (GB/T 2312 level 1: B0A1 to D7F9; Big5 level 1: A440 to C67E).
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text

_CHUNK: Final = 1024 * 1024
_SAMPLE_CHARACTERS: Final = 24
# Of names and addresses at least six characters in ten are everyday ones, mostly nine. Of a wrong
# reading it is less, by 0.2 at the least wherever there are a few names; read as GB18030, Big5 never
# comes to nine in ten.
_LEAST_SHARE: Final = 0.6
_LEAST_LEAD: Final = 0.2
_CERTAIN_SHARE: Final = 0.9
_NAMES: Final = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "utf-16": "utf-16",
    "euc-kr": "cp949",
    "cp949": "cp949",
    "euc-jp": "euc_jp",
    "shift-jis": "cp932",
    "cp932": "cp932",
}
UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ENCODINGS: Final = ("utf-8", "gb18030", "big5", "utf-16", "euc-kr", "euc-jp", "shift-jis")
_ACCEPTED: Final = Text(
    "utf-8、gb18030、big5、utf-16、euc-kr、euc-jp、shift-jis",
    "utf-8, gb18030, big5, utf-16, euc-kr, euc-jp, shift-jis",
)
# EUC-KR and EUC-JP are valid as GB18030 and read as everyday characters. Read as Korean, of Chinese about
# six characters in ten are Hangul; Chinese lists hold next to no kana.
_FOREIGN: Final = (
    ("EUC-KR", "euc_kr", ("\uac00", "\ud7a3"), 0.9),
    ("EUC-JP", "euc_jp", ("\u3041", "\u30fe"), 0.1),
)
# In a short list every sign may be a Korean one too; words that Chinese lists hold settle it.
_CHINESE: Final = re.compile(
    "编号|代码|名称|类[型别]|[经纬]度|坐标|地址|区域|街道|电话|联系|时间|开放|设施|服务|工会|站点|驿站|港湾|中心|银行|职工|公交|"
    "人数|需求|状态|备注|編號|名稱|類[型別]|[經緯]度|區域|電話|時間|設施|服務|驛站|銀行|勞工"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, and what to tell the user where it was guessed."""

    codec: str
    hint: Text | None = None


def find_encoding(path: Path, stated: str | None = None) -> Encoding:
    """Return the encoding in which a whole file is to be read.

    Parameters
    ----------
    stated
        What the user says it is; None = find out.

    Raises
    ------
    InvalidValueError
        If no such encoding is known here.
    UnusableInputError
        If the file cannot be read in it, or what it is cannot be told: then a sample is shown in each
        encoding that is possible.
    """
    if stated is not None:
        codec = _NAMES.get(stated.strip().lower().replace("_", "-"))
        if codec is None:
            raise InvalidValueError("--encoding", stated, _ACCEPTED)
        broken = _first_failure(path, codec)
        if broken is not None:
            raise _unreadable(path, {stated: broken})
        return Encoding(codec)
    with path.open("rb") as file:
        if file.read(2) in UTF16_MARKS:
            broken = _first_failure(path, "utf-16")
            if broken is not None:
                raise _unreadable(path, {"UTF-16": broken})
            return Encoding("utf-16")
    failures: dict[str, int] = {}
    possible = []
    for name, codec in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030"), ("Big5", "big5hkscs")):
        broken = _first_failure(path, codec)
        if broken is None:
            if codec == "utf-8-sig":
                return Encoding(codec)
            possible.append((name, codec))
        else:
            failures[name] = broken
    if not possible:
        raise _unreadable(path, failures)
    foreign = _foreign(path)
    if foreign and not any(_CHINESE.search(_start(path, codec)) for _, codec in possible):
        raise _undecided(path, possible + foreign)
    shares = {codec: _everyday_share(path, codec) for _, codec in possible}
    name, codec = max(possible, key=lambda one: shares[one[1]])
    others = max((shares[other] for _, other in possible if other != codec), default=0.0)
    certain = codec == "gb18030" and shares[codec] >= _CERTAIN_SHARE
    if not certain and (shares[codec] < _LEAST_SHARE or shares[codec] - others < _LEAST_LEAD):
        raise _undecided(path, possible)
    if codec == "gb18030":  # what spreadsheets in China write, as ordinary as UTF-8
        return Encoding(codec)
    shown = _sample(path, codec)
    return Encoding(
        codec,
        Text(
            f"按 {name} 编码读取（例：{shown}）；若不对，请用 --encoding 指明。",
            f"Read as {name} (such as {shown}); state --encoding if that is wrong.",
        ),
    )


def _first_failure(path: Path, codec: str) -> int | None:
    """Return about where a file stops being valid in an encoding, in bytes; None if it never does."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    position = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
                position += len(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position + error.start
    return None


def _foreign(path: Path) -> list[tuple[str, str]]:
    """Return the Korean and Japanese encodings in which a file reads as that language."""
    found = []
    for name, codec, (first, last), least in _FOREIGN:
        if _first_failure(path, codec) is None:
            text = [character for character in _start(path, codec) if not character.isascii()]
            if sum(first <= character <= last for character in text) >= least * max(len(text), 1):
                found.append((name, codec))
    return found


def _start(path: Path, codec: str) -> str:
    """Return the beginning of a file as text."""
    with path.open("rb") as file:
        return codecs.getincrementaldecoder(codec)("strict").decode(file.read(_CHUNK))


def _everyday_share(path: Path, codec: str) -> float:
    """Return which share of the characters beyond ASCII are everyday ones of the encoding."""
    text = [character for character in _start(path, codec) if not character.isascii()]
    return sum(_is_everyday(character, codec) for character in text) / max(len(text), 1)


def _is_everyday(character: str, codec: str) -> bool:
    code = int.from_bytes(character.encode(codec, "replace"), "big")
    if codec == "gb18030":
        # Punctuation and full-width forms (A1 to A3), then level 1.
        return 0xA1A1 <= code <= 0xA3FE or 0xB0A1 <= code <= 0xD7F9
    return 0xA140 <= code <= 0xC67E


def _sample(path: Path, codec: str) -> str:
    """Return some words beyond ASCII as they read in an encoding."""
    text = _start(path, codec)
    for line in text.splitlines():
        words = "".join(mark if not mark.isascii() and mark.isprintable() else " " for mark in line)
        if words.strip():
            return "“" + " ".join(words.split())[:_SAMPLE_CHARACTERS] + "”"
    return "—"


def _undecided(path: Path, possible: list[tuple[str, str]]) -> UnusableInputError:
    zh = "；".join(f"{name}：{_sample(path, codec)}" for name, codec in possible)
    en = "; ".join(f"{name}: {_sample(path, codec)}" for name, codec in possible)
    return UnusableInputError(
        Text(
            f"{path.name} 不是 UTF-8，也无法确定是哪种编码。{zh}。请用 --encoding 指明（{_ACCEPTED.zh}），"
            "或另存为 UTF-8。",
            f"{path.name} is not UTF-8, and what else it is cannot be told. {en}. State --encoding "
            f"({_ACCEPTED.en}), or save it in UTF-8.",
        )
    )


def _unreadable(path: Path, failures: dict[str, int]) -> UnusableInputError:
    zh = "，".join(
        f"不是 {name}（第 {place + 1:,} 字节起不符）" for name, place in failures.items()
    )
    en = ", ".join(
        f"not {name} (it breaks near byte {place + 1:,})" for name, place in failures.items()
    )
    return UnusableInputError(
        Text(
            f"{path.name} 无法按文本读取：{zh}；请另存为 UTF-8 的 CSV。",
            f"{path.name} cannot be read as text: {en}; save it as CSV in UTF-8.",
        )
    )
