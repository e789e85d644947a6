"""Which streets an address names: Chinese, English and pinyin, numbers, crossings, and what is no street."""

from collections.abc import Callable

import pytest

from geoapp.analysis.streets.addresses import AddressWords, read_address
from geoapp.analysis.streets.index import StreetIndex
from geoapp.importers.osm.street_names import read_street_names
from tests.osm_file import write_city_streets

Read = Callable[[str], AddressWords]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    path = write_city_streets(tmp_path_factory.mktemp("osm") / "city.osm.pbf")
    index = StreetIndex(read_street_names(path))
    regions = frozenset({"青岛市", "青岛", "市南区", "市南"})
    return lambda address: read_address(address, index, regions)


def said(words: AddressWords) -> str:
    named = " ".join(
        one.words + "".join(f"#{number}" for number in one.numbers) for one in words.named
    )
    return f"{named}{' X' if words.is_crossing else ''}{' ?' + '?'.join(words.unknown) if words.unknown else ''}"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("香港中路68号", "香港中路#68"),
        ("青岛市市南区香港中路６８号华润大厦", "香港中路#68"),
        ("市南香港中路", "香港中路"),
        ("青岛市 市南区 香港中路 68 号", "香港中路#68"),
        ("台东三路 77 号甲", "台东三路#77甲"),
        ("台东三路9号A座", "台东三路#9a#9"),
        ("台东三路12-3号", "台东三路#12-3"),
        ("香港中路12弄3号", "香港中路"),
        ("香港中路東段", "香港中路"),
        ("中山路街道香港中路68号", "香港中路#68"),
        # Crossings, as people write them.
        ("香港中路与南京路交叉口", "香港中路 南京路 X"),
        ("香港中路、南京路路口东北角", "香港中路 南京路 X"),
        ("南京路香港中路口", "南京路 香港中路 X"),
        ("香港中路（南京路口）", "香港中路 南京路 X"),
        ("香港中路和南京路", "香港中路 南京路 X"),
        # Two streets that are no crossing.
        ("香港中路与南京路之间", "香港中路 南京路"),
        ("香港中路68号（近南京路口）", "香港中路#68 南京路"),
        ("香港中路近南京路", "香港中路 南京路"),
        # A longer name is another name, and what is called after a street need not lie on it.
        ("新香港中路68号", ""),
        ("香港中路一支路3号", " ?一支路"),
        ("香港中路12巷", ""),
        ("香港中路小学", ""),
        ("香港中路街道", ""),
        ("延安路4号", " ?延安路"),
        ("香港中路与延安路交叉口", "香港中路 ?延安路"),
        ("海边", ""),
        # English and pinyin.
        ("68 Hong Kong Middle Rd", "hong kong middle road#68"),
        ("No. 68, Hong Kong Mid. Road, Qingdao", "hong kong middle road#68"),
        ("Xianggang Zhong Lu 68", "xianggang zhong lu#68"),
        ("Xianggang Middle Road 68a", "xianggang middle road#68a#68"),
        ("corner of Hong Kong Middle Rd and Nanjing Road", "hong kong middle road nanjing road X"),
        ("Nanjing Rd / Hong Kong Middle Rd", "nanjing road hong kong middle road X"),
        ("between Nanjing Rd and Hong Kong Middle Rd", "nanjing road hong kong middle road"),
        ("New Hong Kong Middle Road 3", ""),
        ("Hong Kong Middle Road North", ""),
        # Latin letters among Chinese words, as the page in Chinese writes them itself.
        ("Xianggang Zhong Lu 68 号", "xianggang zhong lu#68"),
        ("Xianggang Zhong Lu 68 号（约）", "xianggang zhong lu#68"),
        ("Hong Kong Middle Road与Nanjing Road路口", "hong kong middle road nanjing road X"),
        ("Nanjing Rd 和 Hong Kong Middle Rd 交叉口", "nanjing road hong kong middle road X"),
        ("Nanjing Road与Hong Kong Middle Road之间", ""),
        ("Nanjing Road小学", ""),
        ("", ""),
        ("号" * 5000, ""),
    ],
)
def test_what_an_address_says(read: Read, address: str, wanted: str) -> None:
    assert said(read(address)) == wanted
