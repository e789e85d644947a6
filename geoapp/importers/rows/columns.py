"""The columns that imports know, under their Chinese and English names."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import orjson

from geoapp.core.paths import shipped
from geoapp.core.simplified import simplified

_NOTE = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]$")
_IN_CHINESE = re.compile(r"(?<=[\u2e80-\u9fff])\s+|\s+(?=[\u2e80-\u9fff])")
# Instead of a field: a column that is passed over and told, and one whose content was used otherwise.
IGNORED = "!"
USED = ""
REJECT_COLUMNS = (
    "reject_line",
    "reject_field",
    "reject_value",
    "reject_reason_zh",
    "reject_reason_en",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its Chinese name and other names that are understood."""

    name: str
    zh: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, the English one first."""
        return (self.name, self.zh, *self.others)


_LON = Column("lon", "经度", ("lng", "long", "longitude", "x"))
_LAT = Column("lat", "纬度", ("latitude", "y"))
# Both in one cell: read, never written.
LONLAT = Column("lonlat", "经纬度")
_WKT = Column("geometry_wkt", "几何", ("wkt", "几何wkt"))
_CODE = Column("code", "编号", ("代码", "id"))

FACILITY_COLUMNS = (
    Column("code", "编号", ("站点编号",)),
    Column("kind", "类型", ("站点类型",)),
    Column("name_zh", "名称", ("name", "中文名", "站点名称")),
    Column("name_en", "英文名"),
    _LON,
    _LAT,
    _WKT,
    Column("status", "状态"),
    Column("opened_on", "启用日期"),
    Column("opened_basis", "启用日期依据"),
    Column("closed_on", "停用日期"),
    Column("closed_basis", "停用日期依据"),
    Column("status_note", "状态说明", ("暂停原因", "停用原因")),
    Column("verified_on", "核实日期"),
    Column("opening_hours", "开放时间", ("服务时间", "营业时间")),
    Column("opening_hours_raw", "开放时间原文"),
    Column("timezone", "时区"),
    Column("amenities", "设施"),
    Column("no_amenities", "无设施"),
    Column("entry", "进入方式"),
    Column("access", "开放对象"),
    Column("address", "地址", ("详细地址", "站点地址")),
    Column("phone", "电话", ("联系电话",)),
    Column("operator", "管理单位"),
    Column("host", "所在单位"),
    Column("capacity", "容纳人数"),
    Column("source", "来源"),
    Column("region", "区域代码"),
    Column("position_basis", "位置依据", ("定位依据",)),
    Column("position_accuracy_m", "定位精度米"),
    Column("sample", "示例"),
    Column("places", "流动地点"),
    Column("extra", "其他"),
)
# What the service says of a facility without being told; a file that has them is not obeyed.
FACILITY_DERIVED = (
    "family",
    "region_match",
    "region_distance_m",
    "rev",
    "created_at",
    "updated_at",
    "links",
    "parts",
    "part_of",
    "organisations",
    "photos",
    "services",
    "duty_desks",
    "recognitions",
    "doubtful",
    "confirmed_on",
    "states",
    "as_of",
    "as_of_standing",
    "as_of_statuses",
    # As an export of a past day calls them in Chinese.
    "截至日期",
    "当日是否在",
    "当日可能的状态",
)
REGION_COLUMNS = (
    Column("code", "代码", ("区域代码", "编号", "adcode", "行政区划代码")),
    Column("name_zh", "名称", ("name", "中文名")),
    Column("name_en", "英文名"),
    Column("level", "级别", ("层级",)),
    Column("parent", "上级", ("parent_code", "上级代码", "上级区域代码")),
    Column("population", "人口", ("常住人口",)),
    Column("population_source", "人口来源"),
    Column("source", "来源"),
    _WKT,
)
DEMAND_COLUMNS = (
    _LON,
    _LAT,
    _WKT,
    Column("weight", "需求", ("人数", "需求人数", "workers")),
    Column("group", "分组", ("grp", "群体")),
    Column("hours", "时段", ("小时系数",)),
)
CANDIDATE_COLUMNS = (
    _CODE,
    _LON,
    _LAT,
    _WKT,
    Column("cost", "费用", ("成本",)),
    Column("host_type", "单位类型", ("接纳单位类型",)),
    Column("name", "名称", ("name_zh",)),
)
LISTING_COLUMNS = (
    Column("listing", "条目编号", ("id", "uid", "poi_id", "poiid", "code", "编号")),
    Column("name", "名称", ("name_zh", "title")),
    _LON,
    _LAT,
    _WKT,
    Column("address", "地址", ("addr", "详细地址")),
    Column("status", "状态", ("营业状态", "business_status")),
)
ORGANISATION_COLUMNS = (
    Column("code", "编号", ("代码",)),
    Column("kind", "类型", ("单位类型",)),
    Column("name_zh", "名称", ("name", "中文名", "单位名称")),
    Column("name_en", "英文名"),
    Column("region", "区域代码", ("region_code",)),
    Column("group_name", "所属集团", ("集团",)),
    Column("parent", "上级单位编号", ("上级单位",)),
    Column("listed_as", "文件中的类别"),
    Column("listed_under", "文件中的所属"),
    Column("document", "文件", ("文件名称",)),
    Column("document_on", "文件日期"),
    Column("place_in_document", "文件中的位置"),
    Column("source", "来源"),
)
_FACILITY = Column("facility", "站点编号", ("设施编号",))
_SAMPLE = Column("sample", "示例")
_SOURCE = Column("source", "来源")
SERVICE_COLUMNS = (
    Column("code", "编号", ("服务编号", "事项编号")),
    Column("category", "服务类别", ("类别",)),
    Column("name_zh", "名称", ("name", "服务名称", "事项名称", "服务项目")),
    Column("name_en", "英文名"),
    Column("audience", "服务对象", ("对象",)),
    Column("process", "办理流程", ("服务流程", "流程")),
    Column("time_limit", "办理时限", ("时限",)),
    Column("promise", "服务承诺", ("承诺",)),
    Column("first_responsible", "首问责任岗位", ("首问责任",)),
    Column("document", "文件", ("文件名称",)),
    Column("document_on", "文件日期"),
    _SOURCE,
    _SAMPLE,
)
OFFER_COLUMNS = (
    Column("service", "服务编号", ("事项编号",)),
    _FACILITY,
    Column("organisation", "单位编号"),
    Column("hours", "服务时间", ("开放时间",)),
    Column("phone", "服务电话", ("电话", "联系电话")),
    Column("valid_from", "起始日", ("开始日期",)),
    Column("valid_to", "截止日", ("结束日期",)),
    _SOURCE,
    _SAMPLE,
)
DESK_COLUMNS = (
    _FACILITY,
    Column("name_zh", "窗口名称", ("名称",)),
    Column("phone", "公开电话", ("电话", "值守电话")),
    Column("hours", "值守时间", ("服务时间",)),
    _SOURCE,
    _SAMPLE,
)
_DAY = Column("day", "日期")
VISIT_COLUMNS = (
    _FACILITY,
    _DAY,
    Column("hour", "小时", ("时段",)),
    Column("n", "人次", ("到访人次", "访问量", "visits", "count")),
    Column("basis", "计数依据", ("依据",)),
)
OPINION_COLUMNS = (
    _FACILITY,
    _DAY,
    Column("stars", "星级", ("满意度", "评分")),
    Column("n", "人数", ("评价人数", "voices", "count")),
)
CARE_COLUMNS = (
    Column("code", "编号", ("活动编号",)),
    Column("kind", "活动类别", ("类别", "活动")),
    Column("region", "区域代码", ("区域",)),
    _DAY,
    Column("people", "数量", ("人数", "服务人数")),
    Column("unit", "单位", ("计量单位",)),
    Column("money", "金额", ("金额（元）", "经费")),
    Column("document", "文件", ("文件名称",)),
    _SOURCE,
    _SAMPLE,
)
CONTEST_COLUMNS = (
    Column("code", "编号", ("竞赛编号",)),
    Column("name_zh", "名称", ("name", "竞赛名称")),
    Column("name_en", "英文名"),
    Column("region", "区域代码", ("区域",)),
    Column("rules", "办法", ("竞赛办法",)),
    Column("stage", "阶段", ("进展",)),
    Column("entered", "参赛项目数"),
    Column("finalists", "决赛项目数"),
    Column("criteria", "评分标准"),
    Column("document", "文件", ("文件名称",)),
    Column("document_on", "文件日期"),
    _SOURCE,
    _SAMPLE,
)
ENTRY_COLUMNS = (
    Column("contest", "竞赛编号"),
    Column("code", "编号", ("项目编号",)),
    Column("organisation", "申报单位", ("单位",)),
    Column("project", "项目名称", ("项目",)),
    Column("points", "专家评分"),
    Column("votes", "职工票数", ("票数",)),
    Column("finalist", "进入决赛"),
    Column("prize", "奖项"),
    Column("service", "服务编号", ("事项编号",)),
    _SOURCE,
    _SAMPLE,
)
PRICE_COLUMNS = (
    Column("list", "价格表", ("价格表名称",)),
    Column("item", "项目", ("设施", "名称", "品名")),
    Column("price", "单价", ("价格", "单价（元）", "价格（元）")),
    Column("unit", "单位", ("计量单位",)),
    Column("as_of", "价格日期", ("日期", "截至")),
    _SOURCE,
    Column("noted_by", "填报人", ("登记人",)),
    Column("region", "区域代码", ("区域",)),
    _SAMPLE,
)
COLUMNS = {
    "facilities": (*FACILITY_COLUMNS, LONLAT),
    "regions": REGION_COLUMNS,
    "demand": DEMAND_COLUMNS,
    "candidates": CANDIDATE_COLUMNS,
    "public-map": LISTING_COLUMNS,
    "organisations": ORGANISATION_COLUMNS,
    "services": SERVICE_COLUMNS,
    "offers": OFFER_COLUMNS,
    "desks": DESK_COLUMNS,
    "visits": VISIT_COLUMNS,
    "opinions": OPINION_COLUMNS,
    "care": CARE_COLUMNS,
    "contests": CONTEST_COLUMNS,
    "entries": ENTRY_COLUMNS,
    "prices": PRICE_COLUMNS,
}


def field_zh(kind: str, field: str) -> str:
    """Return a problem's field, one column or several, with the Chinese names of the columns."""
    names = {column.name: column.zh for column in COLUMNS[kind]}
    known = [names[part] for part in field.split(", ") if part in names]
    return f"{'、'.join(known)}（{field}）" if known else field


def folded(name: str) -> str:
    """Return a column's name without regard to width, case, script, and spaces."""
    name = unicodedata.normalize("NFKC", name).strip().strip("\ufeff*").casefold()
    # Headings are spread over their cell's width, and broken where it ends.
    name = _IN_CHINESE.sub("", simplified(name))
    return "_".join(name.replace("-", "_").split())


def bare(name: str) -> str:
    """Return a folded name without the notes in brackets at its end, such as a unit or a datum."""
    return _NOTE.sub("", name).rstrip("_") or name


def by_name(columns: Sequence[Column]) -> dict[str, str]:
    """Return which column each of their names, folded, leads to."""
    return {folded(name): column.name for column in columns for name in column.names}


_IN_REGIONS = frozenset({"organisations", "care", "contests", "prices"})


@cache
def further_names(kind: str) -> dict[str, str]:
    """Return further names of a kind's columns as ``data/vocabulary/columns.json`` has them, folded.

    What lies in a region says so under the same names, whatever it is.

    Raises
    ------
    ValueError
        If one name leads to two columns, or to one that there is not.
    """
    path = shipped("data") / "vocabulary" / "columns.json"
    every: dict[str, dict[str, list[str]]] = orjson.loads(path.read_bytes())
    listed = every.get(kind, {})
    if kind in _IN_REGIONS:
        listed = {"region": every["facilities"]["region"]} | listed
    own = by_name(COLUMNS[kind])
    found: dict[str, str] = {}
    for column, names in listed.items():
        if column not in {one.name for one in COLUMNS[kind]}:
            raise ValueError(f"columns.json: {kind} have no column {column!r}")
        for name in names:
            other = own.get(folded(name)) or found.setdefault(folded(name), column)
            if other != column:
                raise ValueError(f"columns.json: {name!r} leads to {other!r} and {column!r}")
    return found


def count_known(cells: Iterable[str], kind: str) -> int:
    """Return how many different columns of a kind some cells name."""
    meaning = by_name(COLUMNS[kind])
    further = further_names(kind)
    found = set()
    for cell in cells:
        name = folded(cell)
        for one in (name, bare(name)):
            column = meaning.get(one) or further.get(one)
            if column is not None:
                found.add(column)
    return len(found)


def is_coordinate(heading: str) -> bool:
    """Tell whether a facility's column is called as one of those that say where it is."""
    named = by_name(COLUMNS["facilities"]) | further_names("facilities")
    name = folded(heading)
    return bool({named.get(name), named.get(bare(name))} & {"lon", "lat", "lonlat"})
