"""A small town with answers known in advance: places on a grid near Qingdao, WGS-84.

One hundredth of a degree of latitude is about 1,110 m, of longitude at 36 degrees about 902 m.
"""

from sqlalchemy import text

from geoapp.store.engine import Database

TOWN_LON, TOWN_LAT = 120.35, 36.07

# code, east and north in thousandths of a degree, kind, status, hours, amenities, known absent, entry
_FACILITIES = [
    (
        "T-1",
        0,
        0,
        "outdoor_station",
        "open",
        "24/7",
        ["microwave", "drinking_water"],
        ["toilet"],
        "open",
    ),
    ("T-2", 2, 0, "outdoor_station", "open", "Mo-Su 08:00-18:00", ["drinking_water"], [], "staff"),
    ("T-3", 0, 4, "worker_home", "open", None, ["seating"], [], None),
    ("T-4", 6, 6, "service_base", "open", "Mo-Fr 09:00-17:00; PH off", [], [], "card"),
    ("T-5", 1, 1, "outdoor_station", "closed", "24/7", [], [], "open"),
    ("T-6", 1, 2, "outdoor_station", "suspended", "24/7", [], [], "open"),
]


def seed_town(database: Database) -> None:
    """Write a district, six facilities (four in service) and a demand set of 25 points."""
    with database.session() as session:
        session.execute(
            text(
                """
                insert into region (code, parent_code, level, name_zh, name_en, geom) values
                ('370200', null, 'city', '青岛市', 'Qingdao', null),
                ('370203', '370200', 'district', '市北区', 'Shibei', st_multi(st_makeenvelope(
                    120.34, 36.06, 120.36, 36.08, 4326)))
                """
            )
        )
        for code, east, north, kind, status, hours, present, absent, entry in _FACILITIES:
            session.execute(
                text(
                    """
                    insert into facility (code, kind_code, name_zh, name_en, geom, status,
                        opening_hours, amenities, no_amenities, entry, region_code, region_match)
                    values (:code, :kind, '示例·' || :code, 'Sample ' || :code,
                        st_setsrid(st_makepoint(:lon, :lat), 4326), :status, :hours,
                        :present, :absent, :entry, '370203', 'inside')
                    """
                ),
                {
                    "code": code,
                    "kind": kind,
                    "lon": TOWN_LON + east / 1000,
                    "lat": TOWN_LAT + north / 1000,
                    "status": status,
                    "hours": hours,
                    "present": present,
                    "absent": absent,
                    "entry": entry,
                },
            )
        set_id = session.execute(
            text(
                "insert into demand_set (code, name_zh, name_en, points, weight) "
                "values ('town', '小镇', 'Town', 25, 250) returning id"
            )
        ).scalar_one()
        for east in range(5):
            for north in range(5):
                session.execute(
                    text(
                        "insert into demand_point (set_id, geom, weight, region_code) values "
                        "(:set_id, st_setsrid(st_makepoint(:lon, :lat), 4326), 10, '370203')"
                    ),
                    {
                        "set_id": set_id,
                        "lon": TOWN_LON + east * 2 / 1000,
                        "lat": TOWN_LAT + north * 2 / 1000,
                    },
                )


def announce_years(database: Database) -> None:
    """Announce this year and the next without holidays where none are announced.

    Else nobody knows which hours hold then, on weekdays and on public holidays.
    """
    with database.session() as session:
        session.execute(
            text(
                "insert into calendar_year (year, source) select extract(year from now()) + n, 'test' "
                "from generate_series(0, 1) n on conflict do nothing"
            )
        )


def fill_town(database: Database) -> None:
    """Seed the small town, and give its facilities what the screens have to show well."""
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                """
                update facility set is_sample = true, access = 'anyone', phone = '0532 8888 0001',
                    address = '青岛市市北区示例路 1 号', verified_on = current_date - 20
                where code = 'T-1';
                update facility set verified_on = '2021-05-01', entry = 'qr', access = 'workers',
                    name_zh = '名字特别特别长的工会户外劳动者综合服务站点'
                        || '暨新就业形态劳动者暖心驿站（重庆南路店）'
                where code = 'T-2';
                update facility set name_zh = '<b>名</b>&"引号"' where code = 'T-3';
                """
            )
        )
