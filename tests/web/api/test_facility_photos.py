"""Photos of a facility and files of an application by the API, held to what the pages do."""

import io

from PIL import Image
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app, problem_of

PHOTOS = "/api/v1/facilities/T-1/photos"
ANY = {"If-Match": "*"}


def picture() -> tuple[io.BytesIO, str]:
    """Return a picture that says where and by what it was taken."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    Image.new("RGB", (60, 40), "red").save(file, "JPEG", exif=exif)
    file.seek(0)
    return file, "door.jpg"


def test_photos(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    steward, anybody = client_of(app, database, Role.STEWARD), client_of(app, database)
    assert b"Camera" in picture()[0].read()
    added = steward.post(PHOTOS, data={"photo": picture(), "caption_zh": "门口"})
    assert added.status_code == 201, added.text
    told = added.get_json()
    assert (told["caption_zh"], told["caption_en"], told["public"]) == ("门口", None, False)
    assert b"Camera" not in steward.get(told["href"]).data
    assert anybody.get(PHOTOS).get_json() == {"photos": []}
    assert anybody.get(told["href"]).status_code == 404
    one = f"{PHOTOS}/{told['id']}"
    changed = steward.patch(one, json={"public": True}, headers=ANY).get_json()
    assert changed == told | {"public": True}
    assert anybody.get(PHOTOS).get_json() == {"photos": [changed]}

    # The same picture is there once; what is not known or not what is meant is said.
    twice = problem_of(steward.post(PHOTOS, data={"photo": picture()}), 409)
    assert f"（{told['id']} 号）" in twice["detail_zh"]
    typed = {"photo": picture(), "caption": "门口"}
    problem_of(steward.post(PHOTOS.replace("T-1", "T-2"), data=typed), 422, "caption")
    for wrong in ("no", 0, None):
        problem_of(steward.patch(one, json={"public": wrong}, headers=ANY), 422, "public")
    cleared = steward.patch(one, json={"caption_zh": None, "caption_en": "door"}, headers=ANY)
    assert cleared.get_json() == changed | {"caption_zh": None, "caption_en": "door"}

    problem_of(steward.post(PHOTOS, data={"caption_zh": "门口"}), 422, "photo")
    problem_of(steward.post(PHOTOS, data={"photo": (io.BytesIO(b"x"), "a.jpg")}), 422)
    problem_of(steward.post(PHOTOS.replace("T-1", "T-0"), data={"photo": picture()}), 404)
    problem_of(steward.patch(one, json={"caption_zh": "门" * 201}, headers=ANY), 422, "caption_zh")
    problem_of(steward.delete(one, headers={"If-Match": '"0"'}), 409)
    problem_of(steward.delete(one.replace("T-1", "T-2"), headers=ANY), 404)
    assert steward.delete(one, headers=ANY).status_code == 204
    problem_of(steward.delete(one, headers=ANY), 404)
    with database.session() as session:
        made = session.execute(text("select max(id) from change_set")).scalar_one()
    assert steward.post(f"/api/v1/change-sets/{made}/undo", json={}).status_code == 200
    assert len(anybody.get(PHOTOS).get_json()["photos"]) == 1


def test_files_of_applications(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    steward = client_of(make_app(settings, database), database, Role.STEWARD)
    begun = {"scheme": "qingdao-2022", "track": "base", "facility": "T-1"}
    application = steward.post("/api/v1/applications", json=begun)
    base = f"/api/v1/applications/{application.get_json()['id']}"
    content = b"%PDF-1.4 x"
    added = steward.post(f"{base}/documents", data={"file": (io.BytesIO(content), "计划.pdf")})
    assert (added.status_code, added.get_json()["name"]) == (201, "计划.pdf")
    one = f"{base}/documents/{added.get_json()['id']}"
    assert steward.get(one).data == content
    assert steward.get(base).get_json()["documents"] == [added.get_json()]
    wrong = {"file": (io.BytesIO(b"MZ"), "a.pdf")}
    problem_of(steward.post(f"{base}/documents", data=wrong), 422, "file")
    problem_of(steward.post(f"{base}/documents", data={}), 422, "file")
    extra = {"file": (io.BytesIO(content), "a.pdf"), "note": "x"}
    problem_of(steward.post(f"{base}/documents", data=extra), 422, "note")
    nameless = "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"
    of_parts = "multipart/form-data; boundary=x"
    problem_of(steward.post(f"{base}/documents", data=nameless, content_type=of_parts), 422)
    problem_of(steward.delete(one, headers={"If-Match": '"0"'}), 409)
    assert steward.delete(one, headers=ANY).status_code == 204
    problem_of(steward.get(one), 404)
