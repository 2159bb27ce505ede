"""Serve the built site to this machine alone, on port 8000 or another if that is taken."""

import argparse
import contextlib
import errno
import os
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"


class Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".webp": "image/webp",  # some systems do not know it
        ".js": "text/javascript",  # and Windows may have been told something else
    }
    timeout = 60  # seconds: a reader who neither asks nor takes anything holds a thread no longer

    def send_head(self):
        try:
            return super().send_head()
        except ValueError:  # no file can have such a name: it holds a zero byte
            self.send_error(404, "File not found")
            return None

    def end_headers(self):
        # A page that was just rebuilt must not come from the browser's memory.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args):
        """Keep the terminal quiet: the address should stay in sight."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a class that opens one page in the same instant

    # On Windows this would share a port that is taken, instead of saying so.
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request, client_address):
        # A reader who left, or fell asleep, needs no report.
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def make_server(site, port, handler=Handler):
    """A server for the folder; it takes any free port if this one is taken."""
    handler = partial(handler, directory=str(site))
    try:
        return Server(("127.0.0.1", port), handler)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return Server(("127.0.0.1", 0), handler)


@contextlib.contextmanager
def serving(site, handler=Handler):
    """The folder on a free port, served beside what the caller does; yields the address."""
    with make_server(site, 0, handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", nargs="?", type=int, default=8000, help="default: 8000")
    port = parser.parse_args().port
    if not 0 <= port <= 65535:
        parser.error(f"port is {port}, but must lie between 0 and 65535")
    if not (SITE / "index.html").is_file():
        parser.exit(1, f"There is no site in {SITE} yet: run `make book` first.\n")
    with make_server(SITE, port) as server:
        if server.server_port != port and port:
            print(f"Port {port} is taken, so this is another one.")
        url = f"http://127.0.0.1:{server.server_port}/"
        print(f"The book is at {url} (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
