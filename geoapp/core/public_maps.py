"""Public maps, what they list of the facilities, and what is found when the two are compared."""

from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.words import Datum

# A listing that stands farther off than this is told to be moved; whoever asks may state another.
MOVED_M: Final = 100
LEAST_MOVED_M, MOST_MOVED_M = 10, 1000


class PublicMap(StrEnum):
    """A map that everybody uses."""

    AMAP = "amap"
    BAIDU = "baidu"
    TENCENT = "tencent"
    OTHER = "other"


PUBLIC_MAP_TEXT: Final = {
    PublicMap.AMAP: Text("高德地图", "Amap"),
    PublicMap.BAIDU: Text("百度地图", "Baidu Maps"),
    PublicMap.TENCENT: Text("腾讯地图", "Tencent Maps"),
    PublicMap.OTHER: Text("其他地图", "another map"),
}
# What each map's own coordinates are in; another map's have to be stated.
PUBLIC_MAP_DATUM: Final = {
    PublicMap.AMAP: Datum.GCJ02,
    PublicMap.BAIDU: Datum.BD09,
    PublicMap.TENCENT: Datum.GCJ02,
}


class ListedStatus(StrEnum):
    """What a map says of a place; what it does not say is unknown."""

    OPEN = "open"
    CLOSED = "closed"


LISTED_STATUS_TEXT: Final = {
    ListedStatus.OPEN: Text("营业", "open"),
    ListedStatus.CLOSED: Text("停业", "closed"),
}
# How lists put it, beside the codes and names.
LISTED_STATUS_WORDS: Final = {
    "营业中": ListedStatus.OPEN,
    "正常营业": ListedStatus.OPEN,
    "正常": ListedStatus.OPEN,
    "开放": ListedStatus.OPEN,
    "在用": ListedStatus.OPEN,
    "operational": ListedStatus.OPEN,
    "关闭": ListedStatus.CLOSED,
    "已关闭": ListedStatus.CLOSED,
    "永久关闭": ListedStatus.CLOSED,
    "停用": ListedStatus.CLOSED,
    "已停用": ListedStatus.CLOSED,
    "已停业": ListedStatus.CLOSED,
    "暂停营业": ListedStatus.CLOSED,
    "歇业": ListedStatus.CLOSED,
    "搬迁": ListedStatus.CLOSED,
    "已搬迁": ListedStatus.CLOSED,
    "closed_permanently": ListedStatus.CLOSED,
    "closed_temporarily": ListedStatus.CLOSED,
}


class Sureness(StrEnum):
    """How sure it is which facility a listing is."""

    BY_HAND = "by_hand"
    ALIKE = "alike"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


class Verdict(StrEnum):
    """What somebody decided of a listing and a facility."""

    SAME = "same"
    DIFFERENT = "different"


class Finding(StrEnum):
    """What is to be told of a facility or of a listing; the first wants doing most."""

    MISSING = "missing"
    MOVED = "moved"
    CLOSED_LISTED = "closed_listed"
    LISTED_CLOSED = "listed_closed"
    UNDECIDED = "undecided"
    NOT_OURS = "not_ours"
    UNLISTED = "unlisted"
    LISTED = "listed"


FINDING_TEXT: Final = {
    Finding.MISSING: Text("图上没有", "Missing from the map"),
    Finding.MOVED: Text("位置不对", "In another place"),
    Finding.CLOSED_LISTED: Text("已停用，图上还在", "Closed, and still listed"),
    Finding.LISTED_CLOSED: Text("在用，图上写停业", "In use, and listed as closed"),
    Finding.UNDECIDED: Text("待判断", "To be decided"),
    Finding.NOT_OURS: Text("名册里没有", "Not in the register"),
    Finding.UNLISTED: Text("没列出，未知缺不缺", "Not listed, perhaps missing"),
    Finding.LISTED: Text("图上有", "Listed"),
}
# What the owner of a map can put right.
FOR_THE_OWNER: Final = (
    Finding.MISSING,
    Finding.MOVED,
    Finding.CLOSED_LISTED,
    Finding.LISTED_CLOSED,
)
