"""Names by what people type."""

import pytest

from geoapp.core.sounds import Sounds, folded, search_terms, sounds_of


def test_a_name_is_folded_spelt_and_shortened() -> None:
    assert sounds_of("市南区 云霄路·户外A站 ３号") == Sounds(
        "市南区云霄路户外a站3号", "shinanquyunxiaoluhuwaiazhan3hao", "snqyxlhwaz3h"
    )
    # By the phrase, not by the sign: chong and not zhong, mo and not mei.
    assert sounds_of("重庆路").pinyin == "chongqinglu"
    assert sounds_of("即墨").initials == "jm"
    # Both ways to write ü.
    assert sounds_of("绿岛").pinyin == "lvdao ludao"
    assert sounds_of("") == Sounds("", "", "")


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Shì Nán", ["shi", "nan"]),
        ("shi4nan2", ["shinan"]),
        ("lǜdǎo", ["lvdao"]),
        ("ＹＸＬ", ["yxl"]),
        ("A3 0532-1234", ["a3", "05321234"]),
        ("　云霄路\u200b ", ["云霄路"]),
        ("·· -", []),
        ("", []),
    ],
)
def test_what_is_typed(typed: str, terms: list[str]) -> None:
    assert search_terms(typed) == terms


def test_folding_keeps_what_tells_names_apart() -> None:
    assert folded("Café №3") == "cafeno3"
    assert folded("𠮷野家") != folded("吉野家")
