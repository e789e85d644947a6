"""How one gets in, as lists and call sheets say it: one vocabulary for both."""

import re
import unicodedata
from typing import Any, Final

from geoapp.core.hours import read_or_keep
from geoapp.core.i18n import Text
from geoapp.core.simplified import simplified
from geoapp.core.words import ENTRY_TEXT, Entry
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells

_SAID: Final = {
    Entry.OPEN: "敞开 直接进 直接进入 直接进来 推门进 推门即进 推门就进 自由进出 随便进 随便进出 随意进出 不锁门 "
    "门开着 开放式 敞开式 无需验证 不用验证 免验证",
    Entry.STAFF: "值守 有人 有人管 有人看 有人在 有人值班 专人值守 专人值班 专人管理 专人看管 保安开门 门卫开门 "
    "店员开门 工作人员开门 前台登记 保安登记 门卫登记 staffed attended",
    Entry.QR: "扫码 二维码 扫二维码 扫码进 扫码进门 扫码开门 扫码入内 扫码即可 扫一扫 微信扫码 支付宝扫码 scan",
    Entry.APP: "app app开门 用app app扫码开门 手机开门 手机app 手机app开门 小程序 小程序开门 微信小程序",
    Entry.CARD: "刷卡 刷卡进 刷卡开门 刷卡进门 刷门禁卡 门禁卡 门卡 刷工会卡 刷会员卡 刷工会会员卡 刷职工卡 "
    "刷员工卡 刷身份证",
    Entry.FACE: "刷脸 刷脸进 刷脸开门 刷脸进门 人脸 人脸识别 人脸识别开门 面部识别",
    Entry.KEY: "钥匙 取钥匙 拿钥匙 借钥匙 要钥匙 领钥匙 钥匙开门 找人拿钥匙 找单位拿钥匙",
}
_WORDS, ACCEPTED = cells.word_index(
    ENTRY_TEXT,
    {word: entry for entry, words in _SAID.items() for word in words.split()},
)
_BETWEEN: Final = re.compile(r"[\s_，,。.;；、!！\-/]+")
# Words that tell something, but not how the door opens; what they tell has a place of its own.
_UNCLEAR: Final = (
    (
        re.compile(
            "会员|工会卡|职工卡|凭证|证件|身份证|户外|骑手|环卫|快递|公众|市民|member",
            re.IGNORECASE,
        ),
        Text(
            "说的是谁能用，不是怎么进门；谁能用写在“使用对象”",
            "this says who may use it, not how one gets in; that belongs to “access”",
        ),
    ),
    (
        re.compile("门禁|密码|自助|智能|电子锁|无人|锁|预约|登记|lock|code|book", re.IGNORECASE),
        Text(
            "没有说门怎么开：刷卡、扫码、刷脸、用 App、取钥匙，还是有人开",
            "this does not say how the door opens: card, QR code, face, app, key, or somebody",
        ),
    ),
)


def entry_of(words: str) -> Entry | None:
    """Return the way in that some words mean; None where they mean none, or several."""
    folded = _folded(words)
    return _INDEX.get(folded) or _INDEX.get(simplified(folded))


def not_understood(words: str) -> Text:
    """Say why words are no way in: what they tell instead, or what is accepted."""
    shown = words[:40]
    hint = next((said for pattern, said in _UNCLEAR if pattern.search(words)), None)
    if hint is None and read_or_keep(words)[1]:
        hint = Text(
            "是开放时间，请写到那一列", "this is opening hours, which have a column of their own"
        )
    if hint is None:
        hint = Text(f"应为：{ACCEPTED.zh}", f"expected one of {ACCEPTED.en}")
    return Text(
        f"看不懂怎么进门“{shown}”：{hint.zh}。",
        f"The way in {shown!r} is not understood: {hint.en}.",
    )


def read_entry(found: Findings, column: str, cell: Any) -> Entry | None:
    """Return the way in that a cell states, or note that none is meant."""
    words = cells.read_text(found, column, cell)
    if words is None:
        return None
    entry = entry_of(words)
    if entry is None:
        said = not_understood(words)
        found.add(column, words, "unknown_word", said.zh, said.en)
    return entry


def _folded(words: str) -> str:
    """Return words without regard to width, case, and what stands between them or around them."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", words)).casefold()


_INDEX: Final = {_folded(word): entry for word, entry in _WORDS.items()}
