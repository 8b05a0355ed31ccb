"""Log lines: one JSON object a line, naming rows by id and never by what they say."""

import logging
import sys

import structlog


def configure() -> None:
    """Send the application's log lines to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def fault(kind: str, *, request_id: str, where: str) -> None:
    """An error nobody foresaw: its kind and where it came from, never the values it was about."""
    structlog.get_logger().error("fault", kind=kind, request_id=request_id, where=where)
