"""Log lines: one JSON object a line, naming rows by id and never by what they say."""

import logging
import sys
import traceback
from pathlib import Path

import structlog

OURS = str(Path(__file__).parent)


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


def fault(error: BaseException, *, request_id: str) -> None:
    """An error nobody foresaw: its kind and the line it came from, never its message or the values it was about."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    ours = next((f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames) if OURS in one.filename), "")
    structlog.get_logger().error("fault", kind=type(error).__name__, request_id=request_id, where=where, ours=ours)
