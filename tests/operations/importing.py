"""What the tests of imports and exports share: files, a small country, a store in one picture."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geoapp.store.engine import Database

# Two districts side by side and their city; a third of a degree is about 30 km here.
CITY = "POLYGON((120 36, 120.6 36, 120.6 36.3, 120 36.3, 120 36))"
WEST = "POLYGON((120 36, 120.3 36, 120.3 36.3, 120 36.3, 120 36))"
EAST = "POLYGON((120.3 36, 120.6 36, 120.6 36.3, 120.3 36.3, 120.3 36))"

FULL_HEADER = [
    "code",
    "kind",
    "name_zh",
    "name_en",
    "lon",
    "lat",
    "geometry_wkt",
    "status",
    "opened_on",
    "closed_on",
    "verified_on",
    "opening_hours",
    "opening_hours_raw",
    "timezone",
    "amenities",
    "no_amenities",
    "entry",
    "access",
    "address",
    "phone",
    "operator",
    "host",
    "capacity",
    "source",
    "region",
    "position_accuracy_m",
    "sample",
    "places",
    "备注",
    "电梯",
]


def seed_regions(database: Database) -> None:
    """Write a city with two districts."""
    with database.session() as session:
        for code, parent, level, name, outline in (
            ("370200", None, "city", "青岛市", CITY),
            ("370202", "370200", "district", "市南区", WEST),
            ("370203", "370200", "district", "市北区", EAST),
        ):
            session.execute(
                text(
                    "insert into region (code, parent_code, level, name_zh, geom) values "
                    "(:code, :parent, :level, :name, st_multi(st_geomfromtext(:outline, 4326)))"
                ),
                {
                    "code": code,
                    "parent": parent,
                    "level": level,
                    "name": name,
                    "outline": outline,
                },
            )


def write_csv(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], encoding: str = "utf-8"
) -> Path:
    """Write a CSV file and return its path."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def facility_picture(database: Database) -> list[tuple[Any, ...]]:
    """Return everything stored of facilities and their places, but when it was written."""
    with database.session() as session:
        rows = session.execute(
            text(
                "select f.id, f.code, kind_code, name_zh, name_en, st_astext(f.geom, 15), address, "
                "region_code, region_match, region_distance_m, status, opened_on, closed_on, "
                "f.opening_hours, opening_hours_raw, timezone, amenities, no_amenities, entry, "
                "access, phone, operator, host, capacity, source, verified_on, "
                "position_accuracy_m, is_sample, extra, rev, f.updated_at, "
                "(select jsonb_agg(to_jsonb(p) order by p.id) from facility_place p "
                "where p.facility_id = f.id) from facility f order by code"
            )
        )
        return [tuple(row) for row in rows]


def stored(database: Database, code: str) -> dict[str, Any]:
    """Return one facility's columns, with its point as lon and lat."""
    with database.session() as session:
        row = session.execute(
            text(
                "select *, st_x(st_pointonsurface(geom)) as lon, "
                "st_y(st_pointonsurface(geom)) as lat, geometrytype(geom) as shape "
                "from facility where code = :code"
            ),
            {"code": code},
        ).one()
        return dict(row._mapping)


def version(database: Database, name: str = "facilities") -> int:
    """Return the counter of one kind of data."""
    with database.session() as session:
        return int(
            session.execute(
                text("select version from data_version where name = :name"), {"name": name}
            ).scalar_one()
        )


def rich_rows() -> list[list[Any]]:
    """Rows that use every column: an area, a moving facility, unknown things, awkward texts."""
    area = "POLYGON((120.1 36.1,120.11 36.1,120.11 36.11,120.1 36.11,120.1 36.1))"
    places = (
        '[{"lon":120.21,"lat":36.1,"label_zh":"东门","valid_from":"2026-06-01",'
        '"valid_to":"2026-08-31","opening_hours":"10:00-16:00"},{"lon":120.22,"lat":36.12}]'
    )
    nothing = [""] * 7
    return [
        # fmt: off
        [
            "Q-1",
            "爱心驿站",
            "=1+1 驿站",
            "+Care",
            120.15,
            36.15,
            "",
            "open",
            "2024-05-01",
            "",
            "2026-01-02",
            "周一至周五 9:00-17:00",
            "",
            "",
            "微波炉、饮水;wifi",
            "toilet",
            "qr",
            "workers",
            "香港中路\n1号",
            "+86 532 8888",
            "@工会",
            "-",
            20,
            "调查, “现场”",
            "",
            5.5,
            "true",
            "",
            "=HYPERLINK(1)",
            "有",
        ],
        [
            "Q-2",
            "base",
            "面状基地",
            "",
            "",
            "",
            area,
            "proposed",
            *nothing[:3],
            "24小时",
            "",
            "",
            "",
            "",
            "",
            "",
            *nothing[:6],
            "370200",
            "",
            "",
            "",
            "",
            "",
        ],
        [
            "Q-3",
            "mobile_station",
            "流动车",
            "Bus",
            120.2,
            36.1,
            "",
            "",
            *nothing[:3],
            "",
            "不定时",
            "Asia/Urumqi",
            "",
            "",
            "",
            "",
            *nothing[:6],
            "",
            "",
            "false",
            places,
            "'quoted",
            "",
        ],
        [
            "Q-4",
            "职工之家",
            "海边",
            "",
            120.2,
            35.99,
            "",
            "closed",
            "2020-01-01",
            "2025-12-31",
            "",
            "Mo-Su 08:00-22:00; PH off",
            "",
            "",
            "",
            "",
            "",
            "",
            *nothing[:6],
            "",
            "",
            "",
            "",
            "001",
            "",
        ],
        # fmt: on
    ]
