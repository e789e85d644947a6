"""Structured logs: one JSON object a line, to standard error."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from geoapp.core.settings import Settings

_STAMPED: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_RENDERED: list[Any] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


class _JsonHandler(logging.StreamHandler):  # type: ignore[type-arg]  # not generic at run time
    """Writes what libraries log by Python's own logging as the same JSON."""


def _to_stderr(*_names: Any) -> structlog.PrintLogger:
    """Return a logger to what standard error is now: it may be another than at the start."""
    return structlog.PrintLogger(sys.stderr)


def configure_logs(settings: Settings) -> None:
    """Send log lines to standard error as JSON: our own, and those of libraries from warnings on."""
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=[*_STAMPED, *_RENDERED],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    handler = _JsonHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_STAMPED, _with_exception],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDERED],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _JsonHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries at their most talkative could write a position; ours alone may be as loud as asked.
    logging.getLogger("geoapp").setLevel(level)


def _with_exception(_logger: Any, _name: str, line: Any) -> Any:
    """Take the exception over from the record of Python's own logging."""
    if line["_record"].exc_info:
        line["exc_info"] = line["_record"].exc_info
    return line


def log_uncaught() -> None:
    """Log what nobody catches, in any thread, as a line too; Ctrl-C stays as it is."""
    log = structlog.get_logger("geoapp.uncaught")

    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("uncaught", exc_info=(kind, error, trace))

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
