"""Server logs with keys, never with names: exceptions lose their message.

An exception's message may quote a row (a unique violation) or a form field, so only its type and
the places it passed are written.
"""

from __future__ import annotations

import logging
import logging.config
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

_PORTAL_PLACES = 12  # frames kept of a traceback


def without_messages(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replaces an exception by its type and the places it passed, deepest last."""
    info = event.pop("exc_info", None)
    if info:
        kind, _error, trace = info if isinstance(info, tuple) else (None, None, None)
        if kind is not None:
            event["error"] = f"{kind.__module__}.{kind.__qualname__}"
            frames = traceback.extract_tb(trace)[-_PORTAL_PLACES:]
            event["places"] = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno}" for f in frames]
    return event


class KeysOnly(logging.Filter):
    """Drops the arguments that third-party loggers put into their sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record; only what it might say about a person."""
        if record.exc_info or record.name.startswith("django"):
            record.msg = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
            status = getattr(record, "status_code", None)
            record.args = ()
            record.msg = record.msg.replace("%", "%%") + (f" status={status}" if status else "")
            record.msg = record.msg.replace("%%", "%")
        return True


def configure(_settings: dict[str, object]) -> None:
    """Sets up logging for web, worker and commands: JSON lines on standard error."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"keys_only": {"()": KeysOnly}},
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        without_messages,
                        structlog.processors.JSONRenderer(),
                    ],
                }
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "filters": ["keys_only"],
                }
            },
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            # Django's own would mail an exception with its message, or print it.
            "loggers": {
                "django": {"handlers": [], "level": "INFO", "propagate": True},
                "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            },
        }
    )
