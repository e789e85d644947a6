"""Photos that were removed are erased for good by administrators, and by nobody else."""

import io
import re

from PIL import Image
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities.photos import list_photos
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app, problem_of

PHOTOS = "/api/v1/facilities/T-1/photos"
ANY = {"If-Match": "*"}


def picture(colour: str) -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "PNG")
    file.seek(0)
    return file, "door.png"


def test_a_removed_photo_is_erased_for_good(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    admin, steward = client_of(app, database, Role.ADMIN), client_of(app, database, Role.STEWARD)
    face = admin.post(PHOTOS, data={"photo": picture("red")}).get_json()["id"]
    other = admin.post(PHOTOS, data={"photo": picture("blue")}).get_json()["id"]
    for number in (face, other):
        assert admin.delete(f"{PHOTOS}/{number}", headers=ANY).status_code == 204
    with database.session() as session:
        hashes = session.execute(
            text(
                "select after ->> 'content_hash' from change where table_name = 'facility_photo' "
                "and op = 'insert' order by seq"
            )
        ).scalars()
        red, blue = (one.removeprefix("\\x") for one in hashes)
        last = session.execute(text("select max(id) from change_set")).scalar_one()
    page = admin.get("/admin/photos?lang=zh").text
    assert set(re.findall(r'action="/admin/photos/(\w+)"', page)) == {red, blue}
    assert page.count("T-1") >= 2
    assert admin.get(f"/admin/photos/{red}.jpg").mimetype == "image/jpeg"
    address = f"/admin/photos/{red}"
    assert steward.post(address, data={"sure": "yes"}).status_code == 403
    assert admin.post(address).status_code == 422
    assert admin.post("/admin/photos/x", data={"sure": "yes"}).status_code == 404

    assert admin.post(address, data={"sure": "yes"}).status_code == 302
    assert admin.post(address, data={"sure": "yes"}).status_code == 404
    assert admin.get(f"{address}.jpg").status_code == 404
    with database.session() as session:
        kept = session.execute(
            text("select encode(hash, 'hex') from photo_content where jpeg <> ''")
        )
        assert kept.scalars().all() == [blue]
    page = admin.get("/admin/photos?lang=zh").text
    assert (f'action="/admin/photos/{red}"' in page, red[:16] in page, "a-admin" in page) == (
        False,
        True,
        True,
    )

    # An undo brings back the photo whose picture is kept, and none of that which is gone; one that
    # is shown again is not erased.
    for number in (last, last - 1):
        undone = admin.post(f"/api/v1/change-sets/{number}/undo", json={})
        assert undone.status_code == 200, undone.text
    assert [one.id for one in list_photos(database, "T-1", unpublished=True)] == [other]
    assert admin.post(f"/admin/photos/{blue}", data={"sure": "yes"}).status_code == 409
    # The same picture may be taken anew.
    again = admin.post(PHOTOS, data={"photo": picture("red")})
    assert again.status_code == 201
    assert admin.get(again.get_json()["href"]).data
    problem_of(admin.delete(f"{PHOTOS}/0", headers=ANY), 422)
