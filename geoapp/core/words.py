"""The fixed vocabulary of the product.

Kinds, amenities and amenity standards are data (tables filled from ``data/``); only the words that
the program's own logic depends on stand here.
"""

from enum import StrEnum

from geoapp.core.i18n import Text

# The layers of a map for which nobody chose any.
DEFAULT_LAYERS = (
    "stations",
    "bases",
    "homes",
    "without_position",
    "gaps",
    "regions",
    "demand",
    "cover_areas",
)


class Family(StrEnum):
    """The three families of facilities; kinds under them are data."""

    STATION = "station"
    BASE = "base"
    HOME = "home"


class Status(StrEnum):
    """Where a facility stands in its life."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Entry(StrEnum):
    """How one gets in."""

    OPEN = "open"
    STAFF = "staff"
    QR = "qr"
    APP = "app"
    CARD = "card"
    FACE = "face"
    KEY = "key"


class Access(StrEnum):
    """Who may come in."""

    ANYONE = "anyone"
    WORKERS = "workers"
    MEMBERS = "members"


class CallOutcome(StrEnum):
    """What came of a call to a facility."""

    REACHED = "reached"
    MOVED = "moved"
    CLOSED = "closed"
    NOBODY = "nobody"


class Datum(StrEnum):
    """Coordinate systems that a file, a request or an answer may name; WGS-84 alone is stored."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Basis(StrEnum):
    """What a walking distance rests on."""

    NETWORK = "network"
    ESTIMATE = "estimate"


class Level(StrEnum):
    """Levels of administrative regions (GB/T 2260), greatest first."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"


class OrganisationKind(StrEnum):
    """What an organisation is to the workers' service."""

    UNION = "union"
    ENTERPRISE = "enterprise"
    PARK = "park"
    PARTNER = "partner"
    HOST = "host"
    MEDIA = "media"
    INSTITUTE = "institute"


class OrganisationRole(StrEnum):
    """What an organisation does for a facility."""

    BEARS = "bears"
    JOINS = "joins"
    MANAGES = "manages"
    HOSTS = "hosts"
    RECOMMENDS = "recommends"
    OPERATES = "operates"


class PositionBasis(StrEnum):
    """What a facility's position rests on; the last two have none.

    ``given`` is a position that a file or a person stated without saying how it was found.
    """

    SURVEYED = "surveyed"
    ADDRESS = "address"
    GIVEN = "given"
    REGION_ONLY = "region_only"
    UNKNOWN = "unknown"

    @property
    def has_position(self) -> bool:
        """Whether a facility with this basis has a point or an area."""
        return self not in (PositionBasis.REGION_ONLY, PositionBasis.UNKNOWN)


class DateBasis(StrEnum):
    """How much of a date is known: the day, its month, its year, or nothing."""

    KNOWN = "known"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Whether a facility was there on a day: that is known, it may have been, or it was not."""

    KNOWN = "known"
    POSSIBLE = "possible"
    NO = "no"


class RunStatus(StrEnum):
    """The life of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Every(StrEnum):
    """How often a published answer is computed anew."""

    NIGHT = "night"
    MONTH = "month"


EVERY_TEXT = {
    Every.NIGHT: Text("每晚", "every night"),
    Every.MONTH: Text("每月 1 日", "on the first of each month"),
}


class Outcome(StrEnum):
    """What came of it when a published answer was due to be computed anew."""

    STARTED = "started"
    UNCHANGED = "unchanged"
    UNPUBLISHED = "unpublished"
    REFUSED = "refused"


FAMILY_TEXT = {
    Family.STATION: Text("户外劳动者服务站点", "Outdoor workers' service station"),
    Family.BASE: Text("服务职工基地", "Service base"),
    Family.HOME: Text("职工之家", "Worker home"),
}

# Not in service yet: their day of opening may be one to come.
PLANNED = frozenset({Status.PROPOSED, Status.APPROVED})

STATUS_TEXT = {
    Status.PROPOSED: Text("拟建", "Proposed"),
    Status.APPROVED: Text("已批准", "Approved"),
    Status.OPEN: Text("启用", "In service"),
    Status.SUSPENDED: Text("暂停", "Suspended"),
    Status.CLOSED: Text("停用", "Closed for good"),
}

ENTRY_TEXT = {
    Entry.OPEN: Text("敞开，直接进", "Open door"),
    Entry.STAFF: Text("有人值守", "Staff at a desk"),
    Entry.QR: Text("扫码进入", "Scan a QR code"),
    Entry.APP: Text("用 App 开门", "Opens with an app"),
    Entry.CARD: Text("刷卡进入", "Opens with a card"),
    Entry.FACE: Text("刷脸进入", "Opens by face"),
    Entry.KEY: Text("向所在单位取钥匙", "Key at the host"),
}

ACCESS_TEXT = {
    Access.ANYONE: Text("所有人", "Anyone"),
    Access.WORKERS: Text("户外劳动者", "Outdoor workers"),
    Access.MEMBERS: Text("工会会员", "Union members"),
}

CALL_TEXT = {
    CallOutcome.REACHED: Text("接通，还开着", "Answered: still open"),
    CallOutcome.MOVED: Text("搬走了", "It has moved"),
    CallOutcome.CLOSED: Text("不开了", "It has closed"),
    CallOutcome.NOBODY: Text("没人接，改天再打", "Nobody answered: call again"),
}

POSITION_BASIS_TEXT = {
    PositionBasis.SURVEYED: Text("实地测定", "Measured on the spot"),
    PositionBasis.ADDRESS: Text("按地址定位", "Found by its address"),
    PositionBasis.GIVEN: Text("资料所给", "As given"),
    PositionBasis.REGION_ONLY: Text("只知所在区域", "Only the region is known"),
    PositionBasis.UNKNOWN: Text("位置不详", "Not known"),
}

DATE_BASIS_TEXT = {
    DateBasis.KNOWN: Text("确知", "The day is known"),
    DateBasis.MONTH: Text("只知年月", "Only the month is known"),
    DateBasis.YEAR: Text("只知年份", "Only the year is known"),
    DateBasis.UNKNOWN: Text("不详", "Not known"),
}

DATUM_TEXT = {
    Datum.WGS84: Text("WGS-84", "WGS-84"),
    Datum.CGCS2000: Text("国家大地坐标系（CGCS2000）", "CGCS2000"),
    Datum.GCJ02: Text("火星坐标（GCJ-02，高德、腾讯）", "GCJ-02 (Amap, Tencent)"),
    Datum.BD09: Text("百度坐标（BD-09）", "BD-09 (Baidu)"),
}

BASIS_TEXT = {
    Basis.NETWORK: Text("按步行路网", "on the walking network"),
    Basis.ESTIMATE: Text("估算（直线×绕行系数）", "estimate (straight line x detour factor)"),
}

LEVEL_TEXT = {
    Level.PROVINCE: Text("省级", "Province"),
    Level.CITY: Text("地市", "City"),
    Level.DISTRICT: Text("区县", "District"),
    Level.STREET: Text("街道", "Street"),
}

ORGANISATION_KIND_TEXT = {
    OrganisationKind.UNION: Text("工会", "Trade union"),
    OrganisationKind.ENTERPRISE: Text("企业", "Enterprise"),
    OrganisationKind.PARK: Text("园区", "Industrial park"),
    OrganisationKind.PARTNER: Text("公益伙伴", "Charity partner"),
    OrganisationKind.HOST: Text("基地承办单位", "Host of a service base"),
    OrganisationKind.MEDIA: Text("新闻媒体", "News medium"),
    OrganisationKind.INSTITUTE: Text("研究机构", "Institute"),
}

ORGANISATION_ROLE_TEXT = {
    OrganisationRole.BEARS: Text("承担", "Bears"),
    OrganisationRole.JOINS: Text("参加", "Joins in"),
    OrganisationRole.MANAGES: Text("管理", "Manages"),
    OrganisationRole.HOSTS: Text("提供场地", "Hosts"),
    OrganisationRole.RECOMMENDS: Text("推荐", "Recommends"),
    OrganisationRole.OPERATES: Text("运营", "Operates"),
}

# Groups of workers that demand files often name by these codes; any other name stands for itself.
GROUP_TEXT = {
    "courier": Text("外卖和快递", "Couriers and riders"),
    "sanitation": Text("环卫", "Sanitation workers"),
    "driver": Text("司机", "Drivers"),
    "construction": Text("建筑和市政", "Construction and municipal works"),
    "other": Text("其他", "Others"),
}

RUN_STATUS_TEXT = {
    RunStatus.QUEUED: Text("排队中", "Queued"),
    RunStatus.RUNNING: Text("运行中", "Running"),
    RunStatus.SUCCEEDED: Text("已完成", "Done"),
    RunStatus.FAILED: Text("失败", "Failed"),
    RunStatus.CANCELLED: Text("已取消", "Cancelled"),
}

OSM_NAME = "OpenStreetMap"
OSM_ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
"""What the licence asks to be shown wherever OpenStreetMap's data is."""

OSM_LICENCE = "https://www.openstreetmap.org/copyright"
"""Where every link to the licence leads: it names whose data it is as well, which some links have no words for."""


def is_of_osm(source: str | None) -> bool:
    """Tell whether words on where data come from name OpenStreetMap."""
    return source is not None and OSM_NAME.lower() in source.lower()


SAMPLE_TEXT = Text("示例", "Sample")
