"""The application on a real server: waitress on a free port of this machine, in a thread beside the test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from waitress.server import create_server
from waitress.wasyncore import close_all


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the application while it is served; when the block ends every request has been answered."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(app, sockets=[listener], threads=4, ident=None, clear_untrusted_proxy_headers=True)
    loop = threading.Thread(target=server.run, name="waitress")
    loop.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.task_dispatcher.shutdown()
        # The loop's own thread closes its sockets: it ends when none is left.
        server.trigger.pull_trigger(lambda: close_all(server._map))
        loop.join()
        listener.close()
