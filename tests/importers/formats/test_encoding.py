"""Text in other encodings than UTF-8: read where it is certain, asked for where it is not."""

from pathlib import Path

import pytest

from geoapp.core.errors import UnusableInputError
from geoapp.importers.formats.encoding import find_encoding


@pytest.mark.parametrize(
    ("words", "codec", "name"),
    [
        ("K-1,station,노동자 쉼터입니다", "euc_kr", "EUC-KR"),
        ("J-1,station,ここはみんなのやすみどころです", "euc_jp", "EUC-JP"),
    ],
)
def test_what_is_not_certain_is_asked_for(
    tmp_path: Path, words: str, codec: str, name: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(words.encode(codec))
    with pytest.raises(UnusableInputError) as caught:
        find_encoding(path)
    assert name in str(caught.value)
    stated = find_encoding(path, codec)
    assert path.read_bytes().decode(stated.codec) == words


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("编号,名称\nA1,户外劳动者服务站点\nA2,工会驿站，泰安市岱岳区\n", "gb18030"),
        ("编号,名称\nA,B\n", "gb18030"),
        ("code,name\nA,工会\n", "gb18030"),
        ("編號,名稱\nA1,戶外勞動者服務站點\nA2,工會驛站,泰安市岱嶽區\n", "big5hkscs"),
    ],
)
def test_ordinary_chinese_is_read_without_asking(tmp_path: Path, words: str, codec: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(words.encode(codec))
    assert find_encoding(path).codec == codec
