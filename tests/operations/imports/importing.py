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
                "region_code, region_match, region_distance_m, status, status_note, opened_on, closed_on, "
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


def rich_rows() -> list[dict[str, Any]]:
    """Rows that use every column: an area, a moving facility, unknown things, awkward texts."""
    places = (
        '[{"lon":120.21,"lat":36.1,"label_zh":"东门","valid_from":"2026-06-01",'
        '"valid_to":"2026-08-31","opening_hours":"10:00-16:00"},{"lon":120.22,"lat":36.12}]'
    )
    return [
        {
            "code": "Q-1",
            "kind": "爱心驿站",
            "name_zh": "=1+1 驿站",
            "name_en": "+Care",
            "lon": 120.15,
            "lat": 36.15,
            "status": "启用",
            "status_note": "装修<完>",
            "opened_on": "2024-05-01",
            "verified_on": "2026/1/2",
            "opening_hours": "周一至周五 9:00-17:00",
            "amenities": "微波炉、饮水;wifi",
            "no_amenities": "toilet",
            "entry": "扫码",
            "access": "workers",
            "address": "香港中路\n1号",
            "phone": "+86 532 8888",
            "operator": "@工会",
            "host": "-",
            "capacity": 20,
            "source": "调查, “现场”",
            "position_accuracy_m": 5.5,
            "sample": "是",
            "备注": "=HYPERLINK(1)",
            "电梯": "有",
            "=列": "-5",
        },
        {
            "code": "Q-2",
            "kind": "base",
            "name_zh": "面状基地",
            "geometry_wkt": "POLYGON((120.1 36.1,120.11 36.1,120.11 36.11,120.1 36.11,120.1 36.1))",
            "status": "proposed",
            "opening_hours": "24小时",
            "region": "370200",
        },
        {
            "code": "Q-3",
            "kind": "mobile_station",
            "name_zh": "流动车",
            "status": "suspended",
            "name_en": "Bus",
            "lon": 120.2,
            "lat": 36.1,
            "opening_hours_raw": "不定时",
            "timezone": "Asia/Urumqi",
            "sample": "false",
            "places": places,
            "备注": "'quoted",
        },
        {
            "code": "Q-4",
            "kind": "职工之家",
            "name_zh": "海边",
            "lon": 120.2,
            "lat": 35.99,
            "status": "closed",
            "opened_on": "2020-01-01",
            "closed_on": "2025-12-31",
            "opening_hours": "Mo-Su 08:00-22:00; PH off",
            "备注": "001",
        },
    ]


def write_rows(path: Path, rows: Sequence[dict[str, Any]], encoding: str = "utf-8") -> Path:
    """Write rows by column name, with every column that one of them has."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in header] for row in rows]
    return write_csv(path, header, cells, encoding)
