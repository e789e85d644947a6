"""The way in, in everyday words: one vocabulary for lists and for call sheets."""

import pytest

from geoapp.core.words import ENTRY_TEXT, Entry
from geoapp.importers.rows.entry import entry_of, not_understood


def test_everyday_words_are_understood(subtests: pytest.Subtests) -> None:
    said = {
        "扫码": Entry.QR,
        "微信扫码。": Entry.QR,
        "扫 码 进 门": Entry.QR,
        "掃碼": Entry.QR,
        "Scan": Entry.QR,
        "ＡＰＰ": Entry.APP,
        "小程序": Entry.APP,
        "刷卡": Entry.CARD,
        "刷工会卡": Entry.CARD,
        "门禁卡": Entry.CARD,
        "人脸识别": Entry.FACE,
        "有人": Entry.STAFF,
        "前台登记": Entry.STAFF,
        "直接进": Entry.OPEN,
        "敞开": Entry.OPEN,
        "拿钥匙": Entry.KEY,
    } | {name: entry for entry, text in ENTRY_TEXT.items() for name in (entry, text.zh, text.en)}
    for words, entry in said.items():
        with subtests.test(words=words):
            assert entry_of(words) is entry


def test_what_tells_something_else_is_not_guessed(subtests: pytest.Subtests) -> None:
    for words, hint in {
        "24小时": "是开放时间",
        "8:00-18:00": "是开放时间",
        "凭工会卡": "谁能用",
        "会员": "谁能用",
        "门禁": "没有说门怎么开",
        "密码": "没有说门怎么开",
        "预约": "没有说门怎么开",
        "登记": "没有说门怎么开",
        "自助": "没有说门怎么开",
        "窗户": "应为：open（敞开，直接进）",
        "扫码或刷卡": "应为：",
    }.items():
        with subtests.test(words=words):
            assert entry_of(words) is None
            assert hint in not_understood(words).zh
