"""The server behind `make serve`: many readers at once, and those who behave strangely."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import serve

ROOT = Path(__file__).resolve().parent.parent
READERS = 50
BIG = 4_000_000  # bytes: more than a connection holds, so that a slow reader makes the server wait


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A small site of its own: pages, frames and one large file, all different."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "frames").mkdir()
    (folder / "index.html").write_text("<title>Home</title>", encoding="utf-8")
    for k in range(40):
        (folder / "frames" / f"{k}.webp").write_bytes(bytes([k]) * (5_000 + 997 * k))
    (folder / "big.html").write_bytes(bytes(range(250)) * (BIG // 250))
    (folder.parent / "secret.txt").write_text("not for readers", encoding="utf-8")
    return folder


@pytest.fixture
def server(site, capfd):
    """The address of a server; afterwards it must still answer, and have complained of nothing."""
    with serve.serving(site) as address:
        yield urlsplit(address)
        assert get(urlsplit(address), "/index.html")[0] == 200
    assert capfd.readouterr().err == ""


def connect(server):
    return http.client.HTTPConnection(server.hostname, server.port, timeout=30)


def get(server, path, method="GET"):
    connection = connect(server)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(server, request):
    """What comes back for these bytes."""
    with socket.create_connection((server.hostname, server.port), timeout=30) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def files(site):
    found = [path for path in site.rglob("*") if path.is_file()]
    return {f"/{path.relative_to(site).as_posix()}": path.read_bytes() for path in found}


def test_many_readers_at_once_get_every_byte(site, server):
    wanted = files(site)
    together = threading.Barrier(READERS)

    def read(reader):
        together.wait(timeout=30)
        names = sorted(wanted)
        names = names[reader % len(names) :] + names[: reader % len(names)]
        return [name for name in names[:20] if get(server, name) != (200, wanted[name])]

    with ThreadPoolExecutor(READERS) as pool:
        assert [bad for bad in pool.map(read, range(READERS)) if bad] == []


def test_a_reader_who_hangs_up_does_not_disturb_the_others(site, server):
    for _ in range(20):
        with socket.create_connection((server.hostname, server.port)) as line:
            line.sendall(b"GET /big.html HTTP/1.0\r\n\r\n")
            line.recv(100)
        with socket.create_connection((server.hostname, server.port)) as line:
            line.sendall(b"GET /big.ht")
    assert get(server, "/big.html") == (200, files(site)["/big.html"])


def test_a_slow_reader_gets_everything_while_others_are_served(site, server):
    wanted = files(site)
    with socket.create_connection((server.hostname, server.port), timeout=30) as line:
        line.sendall(b"GET /big.html HTTP/1.0\r\n\r\n")
        got = [line.recv(1000)]
        for _ in range(5):
            time.sleep(0.05)
            got.append(line.recv(1000))
            assert get(server, "/frames/7.webp") == (200, wanted["/frames/7.webp"])
        got.extend(iter(lambda: line.recv(65536), b""))
    assert b"".join(got).partition(b"\r\n\r\n")[2] == wanted["/big.html"]


def test_a_reader_who_falls_asleep_is_given_up(site, monkeypatch, capfd):
    monkeypatch.setattr(serve.Handler, "timeout", 0.3)
    with serve.serving(site) as address:
        server, before = urlsplit(address), threading.active_count()
        sleepers = [socket.create_connection((server.hostname, server.port)) for _ in range(10)]
        for line in sleepers[5:]:
            line.sendall(b"GET /big.html HTTP/1.0\r\n\r\n")  # and never takes it
        deadline = time.monotonic() + 15
        assert get(server, "/index.html")[0] == 200
        while threading.active_count() > before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert threading.active_count() <= before
        for line in sleepers:
            line.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/frames/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//../secret.txt",
        "/..%5csecret.txt",
        "/missing.html",
        "/index.html/more",
        "/frames/7.webp%00.html",
        "/" + "a" * 5_000,
        "/" + "a/" * 5_000,
        "/%ff%fe",
    ],
)
def test_what_is_not_in_the_site_is_not_found(server, path):
    status, body = get(server, path)
    assert status == 404
    assert b"not for readers" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_methods_it_does_not_know_are_refused(site, server, method):
    assert get(server, "/index.html", method)[0] == 501
    assert (site / "index.html").is_file()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.0", 414),
        (b"GET", 400),
        (b"GET / HTTP/9.9", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),  # a browser that tries https
    ],
)
def test_strange_requests_are_answered(server, request_line, status):
    answer = raw(server, request_line + b"\r\n\r\n")
    assert re.search(rf"\b{status}\b".encode(), answer[:300])


def test_too_many_headers_are_refused(server):
    headers = b"".join(b"X-%d: y\r\n" % k for k in range(200))
    assert b" 431 " in raw(server, b"GET / HTTP/1.1\r\n" + headers + b"\r\n")[:100]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_memory_stays_bounded(site):
    """Readers of large files, all slow: the server must not hold the files for them."""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT / "tools")!r})
import serve
with serve.make_server({str(site)!r}, 0) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline())
        before = memory(process.pid)
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(READERS)]
        for line in lines:
            line.sendall(b"GET /big.html HTTP/1.0\r\n\r\n")
            assert line.recv(10)
        grown = memory(process.pid) - before
        for line in lines:
            line.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert grown < READERS * BIG / 5


def memory(pid):
    """Bytes that the process held at most so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1]) * 1024


@pytest.mark.skipif(os.name != "posix", reason="Windows has no name for such a file")
def test_names_beyond_ascii_are_served(site, server):
    (site / "일.html").write_text("하나", encoding="utf-8")
    assert get(server, "/%EC%9D%BC.html") == (200, "하나".encode())
