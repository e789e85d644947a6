"""The nearest facilities by PostGIS alone: the truth behind the index in the process."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import Status


def nearest_by_postgis(
    session: Session, *, lon: float, lat: float, k: int
) -> Iterator[tuple[str, float]]:
    """Return code and spheroid distance (metres) of the k nearest facilities in service, by PostGIS.

    The truth behind the in-process index: candidates by the geography index in order of sphere
    distance, rechecked on the spheroid under the guard that no sphere distance differs from the
    spheroid's by more than a factor of 0.9943; when the guard fails, all within reach are measured.
    Moving facilities are not considered. Ties are ordered by code.
    """
    parameters = {"lon": lon, "lat": lat, "k": k, "fetch": k + 6, "open": Status.OPEN}
    rows = session.execute(_NEAREST, parameters).all()
    exact = sorted((row.distance_m, row.code) for row in rows)[:k]
    if len(rows) == k + 6:
        farthest_sphere_m = max(row.sphere_m for row in rows)
        if 0.9943 * farthest_sphere_m < exact[-1][0]:
            within = session.execute(_WITHIN, {**parameters, "reach_m": exact[-1][0]}).all()
            exact = sorted((row.distance_m, row.code) for row in within)[:k]
    return iter([(code, distance_m) for distance_m, code in exact])


_NEAREST = text(
    """
    select code, st_distance(geom::geography, q.here) as distance_m, sphere_m
    from (
        select code, geom, geom::geography <-> here as sphere_m
        from facility, (select st_makepoint(:lon, :lat)::geography as here) q0
        where status = :open and not exists (select from facility_place where facility_id = facility.id)
        order by geom::geography <-> here limit :fetch
    ) near, (select st_makepoint(:lon, :lat)::geography as here) q
    """
)
_WITHIN = text(
    """
    select code, st_distance(geom::geography, here) as distance_m
    from facility, (select st_makepoint(:lon, :lat)::geography as here) q
    where status = :open and not exists (select from facility_place where facility_id = facility.id)
        and st_dwithin(geom::geography, here, :reach_m + 0.001)
    """
)
