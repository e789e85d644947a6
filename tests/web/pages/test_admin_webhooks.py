"""``/admin/webhooks``: added, tried out, paused and removed by administrators, in both languages."""

import re

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.webhooks.edit import list_deliveries, list_webhooks
from geoapp.store.engine import Database
from tests.conftest import Command
from tests.web.api_client import client_of, make_app

FORM = {
    "name": "门户 <b>",
    "address": "https://portal.example.org/hook?token=abc",
    "event": ["facility.created", "run.finished"],
    "region": "370203",
}


def test_pages_api_and_command_tell_the_same(
    town_template: str,
    database: Database,
    settings: Settings,
    geoapp: Command,
) -> None:
    admin = client_of(make_app(settings, database), database, Role.ADMIN)
    assert "什么都不往外发" in admin.get("/admin/webhooks?lang=zh").text
    # What was typed stays where it is refused.
    refused = admin.post("/admin/webhooks?lang=en", data={**FORM, "address": "https://10.0.0.1/"})
    assert refused.status_code == 422
    assert 'value="https://10.0.0.1/"' in refused.text
    assert "GEOAPP_WEBHOOKS_PRIVATE" in refused.text
    assert re.findall(r'name="event" value="([^"]+)" checked', refused.text) == FORM["event"]
    assert admin.post("/admin/webhooks", data={**FORM, "event": []}).status_code == 422
    assert admin.post("/admin/webhooks", data={**FORM, "region": "1"}).status_code == 422
    made = admin.post("/admin/webhooks", data=FORM)
    assert made.headers["Cache-Control"] == "no-store"
    [secret] = re.findall(r"whsec_[\w+/=]+", made.text)
    assert admin.post("/admin/webhooks", data=FORM).status_code == 409
    [hook] = list_webhooks(database)
    page = f"/admin/webhooks/{hook.id}"
    for address in ("/admin/webhooks", page):
        shown = admin.get(f"{address}?lang=zh").text
        assert "门户 &lt;b&gt;" in shown
        assert "新增站点、分析结束；市北区" in shown
        assert secret not in shown
    assert admin.post(f"{page}/test").status_code == 302
    assert "等待发送" in admin.get(f"{page}?lang=zh").text
    assert admin.post(f"{page}/standing", data={"enabled": "no"}).status_code == 302
    assert "没有送达：推送已停" in admin.get(f"{page}?lang=zh").text
    assert "已暂停：现在的变化不推送" in admin.get(f"{page}?lang=zh").text
    assert admin.post(f"{page}/test").status_code == 409
    assert admin.post(f"{page}/standing", data={"enabled": "?"}).status_code == 422
    assert admin.post(f"{page}/standing", data={"enabled": "yes"}).status_code == 302
    assert "已暂停：" not in admin.get(f"{page}?lang=zh").text
    changed = admin.post(f"{page}/rotate?lang=zh", data={"overlap_hours": "24"})
    assert changed.headers["Cache-Control"] == "no-store"
    assert "密钥已换" in changed.text
    assert "旧密钥还签到" in changed.text
    [fresh] = re.findall(r"whsec_[\w+/=]+", changed.text)
    assert fresh != secret
    shown = admin.get(f"{page}?lang=zh").text
    assert "旧密钥还签到" in shown
    assert fresh not in shown
    assert admin.post(f"{page}/rotate", data={"overlap_hours": "x"}).status_code == 422
    rotated = admin.post(f"/api/v1/webhooks/{hook.id}/rotate", json={"overlap_hours": 0})
    assert rotated.headers["Cache-Control"] == "no-store"
    assert rotated.get_json(force=True)["former_until"] is None
    assert admin.post("/api/v1/webhooks/99/rotate", json={}).status_code == 404
    told = geoapp("webhook", "rotate", hook.id, "--overlap-hours", "2").output
    assert re.search(r"whsec_[\w+/=]+", told)
    assert "每条同时带新旧两个签名" in told
    [delivery] = list_deliveries(database, hook.id)
    again = f"{page}/deliveries/{delivery.id}/redeliver"
    assert [admin.post(again).status_code for _ in range(2)] == [302, 409]
    told = admin.get("/api/v1/webhooks").get_json(force=True)["webhooks"]
    assert [one["events"] for one in told] == [FORM["event"]]
    assert told[0]["waiting"] == 1
    for missing in ("/admin/webhooks/99", f"/admin/webhooks/{2**40}"):
        problem = admin.get(missing, headers={"Accept": "application/json"})
        assert problem.status_code == 404

    listed = geoapp("webhook", "list").output
    assert "门户 <b>\tenabled\thttps://portal.example.org/hook?token=abc" in listed
    assert "waiting" in geoapp("webhook", "deliveries", hook.id).output
    for arguments, code in (
        (("add", "x", "http://portal.example.org/", "--event", "run.finished"), 2),
        (("add", "x", "https://portal.example.org/", "--event", "run.ended"), 2),
        (("add", "x", "https://portal.example.org/", "--event", "run.finished"), 0),
        (("pause", hook.id), 0),
        (("test", hook.id), 2),
        (("resume", hook.id), 0),
        (("redeliver", hook.id, delivery.id), 0),
        (("remove", 99), 2),
    ):
        assert geoapp("webhook", *arguments).exit_code == code, arguments
    assert admin.post(f"{page}/remove").status_code == 302
    assert [one.name for one in list_webhooks(database)] == ["x"]
    # The history names it, without what opens the receiver.
    history = geoapp("history").output
    assert "token=abc" not in history
    assert "推送" in history
