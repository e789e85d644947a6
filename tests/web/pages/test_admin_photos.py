"""Photos and files that were removed are erased for good by administrators, and by nobody else."""

import io
import re
from hashlib import sha256
from typing import Any

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

    # An undo brings back the photo whose picture is kept; of that which is gone it says so. One that
    # is shown again is not erased.
    undo = "/api/v1/change-sets/{}/undo"
    done = admin.post(undo.format(last), json={}).get_json()
    assert (done["restored"], done["erased"]) == (1, 0)
    for keep in (None, "before"):
        gone = problem_of(admin.post(undo.format(last - 1), json={"keep": keep}), 409)
        assert "已由 a-admin 于" in gone["detail_zh"]
        assert "erased for good by a-admin" in gone["detail"]
    assert [one.id for one in list_photos(database, "T-1", unpublished=True)] == [other]
    assert admin.post(f"/admin/photos/{blue}", data={"sure": "yes"}).status_code == 409

    # A picture that was added again since is there already, and an undo of its removal says so.
    colour = {"photo": picture("green"), "caption_zh": "北门"}
    green = admin.post(PHOTOS, data=colour).get_json()["id"]
    assert admin.delete(f"{PHOTOS}/{green}", headers=ANY).status_code == 204
    removed = admin.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
    green = admin.post(PHOTOS, data={"photo": picture("green")}).get_json()["id"]
    for keep in (None, "before", "current"):
        there = problem_of(admin.post(undo.format(removed), json={"keep": keep}), 409)
        assert "后来又加过，现在就在" in there["detail_zh"]
    assert [one.id for one in list_photos(database, "T-1", unpublished=True)] == [other, green]
    # Once that one is gone, the first may come back.
    assert admin.delete(f"{PHOTOS}/{green}", headers=ANY).status_code == 204
    assert admin.post(undo.format(removed), json={}).get_json()["already_there"] == 0
    first = list_photos(database, "T-1", unpublished=True)[-1]
    assert (first.id < green, first.caption_zh) == (True, "北门")
    assert admin.delete(f"{PHOTOS}/{first.id}", headers=ANY).status_code == 204

    # The same picture may be given anew; what was there before comes back neither then nor by an undo.
    again = admin.post(PHOTOS, data={"photo": picture("red")}).get_json()
    assert admin.get(again["href"]).data
    problem_of(admin.post(undo.format(last - 1), json={}), 409)
    assert [one.id for one in list_photos(database, "T-1", unpublished=True)] == [
        other,
        again["id"],
    ]
    # Removed, the new one is like any other, and that the old one was erased stays written down.
    assert admin.delete(f"{PHOTOS}/{again['id']}", headers=ANY).status_code == 204
    page = admin.get("/admin/photos?lang=zh").text
    assert f'action="{address}"' in page
    assert "a-admin" in page
    newest = admin.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
    assert admin.post(undo.format(newest), json={}).get_json()["restored"] == 1
    assert admin.delete(f"{PHOTOS}/{again['id']}", headers=ANY).status_code == 204
    # Erasing it concerns every facility that showed it, and the page names each.
    elsewhere = PHOTOS.replace("T-1", "T-2")
    also = admin.post(elsewhere, data={"photo": picture("red")}).get_json()["id"]
    assert admin.delete(f"{elsewhere}/{also}", headers=ANY).status_code == 204
    assert re.search(r">T-2</a>、<a[^>]*>T-1</a>", admin.get("/admin/photos?lang=zh").text)
    assert admin.post(address, data={"sure": "yes"}).status_code == 302
    assert "T-2、T-1" in admin.get("/admin/photos?lang=zh").text

    # A facility comes back with the photos that are left.
    assert admin.delete(f"{PHOTOS[:-7]}", headers=ANY).status_code == 204
    assert admin.post(f"/admin/photos/{blue}", data={"sure": "yes"}).status_code == 302
    newest = admin.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
    page = admin.post(f"/steward/history/{newest}/undo", follow_redirects=True)
    assert "永久删除" in page.text
    assert (page.status_code, list_photos(database, "T-1", unpublished=True)) == (200, [])


def test_a_file_that_was_taken_away_is_erased_for_good(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    admin, steward = client_of(app, database, Role.ADMIN), client_of(app, database, Role.STEWARD)
    begun = {"scheme": "qingdao-2022", "track": "base", "facility": "T-1"}
    base = f"/api/v1/applications/{admin.post('/api/v1/applications', json=begun).get_json()['id']}"
    content = b"%PDF-1.4 370203199001010000"

    def attach() -> str:
        file = (io.BytesIO(content), "名单.pdf")
        added = admin.post(f"{base}/documents", data={"file": file})
        assert added.status_code == 201, added.text
        problem_of(
            admin.post(f"{base}/documents", data={"file": (io.BytesIO(content), "b.pdf")}), 409
        )
        return f"{base}/documents/{added.get_json()['id']}"

    def undo() -> Any:
        newest = admin.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
        return admin.post(f"/api/v1/change-sets/{newest}/undo", json={})

    address = f"/admin/files/{sha256(content).hexdigest()}"
    one = attach()
    assert admin.post(address, data={"sure": "yes"}).status_code == 409
    assert admin.delete(one, headers=ANY).status_code == 204
    page = admin.get("/admin/photos?lang=zh").text
    assert (f'action="{address}"' in page, "名单.pdf" in page) == (True, True)
    assert admin.get(address).data == content
    assert (steward.get(address).status_code, steward.post(address).status_code) == (403, 403)
    assert admin.post(address).status_code == 422
    assert undo().status_code == 200
    assert admin.get(address).status_code == 404
    assert admin.delete(one, headers=ANY).status_code == 204
    for status in (302, 404):
        assert admin.post(address, data={"sure": "yes"}).status_code == status
    with database.session() as session:
        assert session.execute(text("select octet_length(content) from document_file")).all() == [
            (0,)
        ]
    problem_of(undo(), 409)

    # Attached anew it is a new file; that the old one was erased stays written down.
    again = attach()
    assert admin.get(again).data == content
    assert [one["id"] for one in admin.get(base).get_json()["documents"]] == [int(again[-1])]
    assert "后来又附上过" in admin.get("/admin/photos?lang=zh").text

    # Taken away and attached again, it does not come back a second time; what else went does.
    removed = admin.delete(again, headers=ANY)
    assert removed.status_code == 204
    number = admin.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
    attach()
    gone = problem_of(admin.post(f"/api/v1/change-sets/{number}/undo", json={}), 409)
    assert "added again since" in gone["detail"]
    assert len(admin.get(base).get_json()["documents"]) == 1
    page = admin.post(f"/steward/history/{number}/undo")
    assert (page.status_code, "现在就在" in page.text) == (409, True)
