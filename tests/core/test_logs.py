"""Every line of the log is one JSON object, whoever writes it."""

import json
import logging
import sys
import threading

import pytest
import structlog

from geoapp.core.logs import configure_logs, log_uncaught
from geoapp.core.settings import Settings


def test_each_line_is_one_json_object(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    configure_logs(settings)
    configure_logs(settings)  # a second application in the process doubles no line
    log_uncaught()

    def fail() -> None:
        raise ValueError("two\nlines")

    try:
        fail()
    except ValueError as error:
        structlog.get_logger("geoapp.x").error("ours", exc_info=error)
        logging.getLogger("geoapp.y").exception("by logging of %s", "geoapp")
        logging.getLogger("library").warning("a library")
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    logging.getLogger("library").info("a library that talks much")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == [
        "ours", "by logging of geoapp", "a library", "uncaught", "uncaught",
    ]  # fmt: skip
    assert all(line["level"] and line["timestamp"] for line in lines)
    for line in (lines[0], lines[1], lines[3], lines[4]):
        assert "Traceback" in line["exception"], line
        assert "two\nlines" in line["exception"]
