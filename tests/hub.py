"""A JupyterHub on this machine, from deploy/, and students who speak to it as a browser does.

The hub runs in namespaces of its own: its Unix users, their homes and every process of theirs are
gone when it ends, and the machine's /etc and /home never see them.
"""

import asyncio
import contextlib
import json
import os
import re
import secrets
import select
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A user of the machine who is not in the class, and their password.
STRANGER = "stranger", "right-but-not-invited"

CONFIG = """
load_subconfig({shipped!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.TraefikProxy.traefik_api_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.cleanup_servers = True
"""


def become_root():
    """What to put before a command so that root runs it; None if this user cannot."""
    if os.getuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive", "--preserve-env=PATH"]
    with contextlib.suppress(OSError):
        if subprocess.run([*sudo, "true"], capture_output=True).returncode == 0:
            return sudo
    return None


def missing():
    """Why there can be no hub here, or None."""
    if become_root() is None or not shutil.which("unshare"):
        return "a hub with real users needs root, on Linux"
    if not (Path(sys.prefix) / "bin" / "jupyterhub-singleuser").exists():
        return "JupyterHub is not installed"
    return None


def forbidden():
    """Why a hub cannot have a world of its own here, as in many containers, or None."""
    probe = (
        "mount --make-rprivate / && mount -t tmpfs tmpfs /home && mkdir /home/up /home/work && "
        "mount -t overlay -o lowerdir=/etc,upperdir=/home/up,workdir=/home/work overlay /etc"
    )
    private = [*become_root(), "unshare", "--mount", "--pid", "--fork", "--mount-proc"]
    tried = subprocess.run([*private, "sh", "-c", probe], capture_output=True, text=True)
    return f"no namespaces or mounts here: {tried.stderr.strip()}" if tried.returncode else None


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class Hub:
    """Where a running hub is: its address, the students' passwords, the folder of its state."""

    def __init__(self, folder, names):
        self.folder, self.names, self.passwords = folder, names, {}
        self.public, self.hub, self.proxy = free_ports(3)
        self.address = f"http://127.0.0.1:{self.public}"
        self.state = folder / "room" / "state"
        self.log = folder / "hub.log"


@contextlib.contextmanager
def running_hub(names):
    """JupyterHub with deploy/jupyterhub_config.py and these students, on free ports."""
    folder = Path(tempfile.mkdtemp(prefix="class-"))
    folder.chmod(0o755)
    hub = Hub(folder, names)
    (folder / "students.txt").write_text("\n".join(names))
    (folder / "config.py").write_text(
        CONFIG.format(shipped=str(ROOT / "deploy" / "jupyterhub_config.py"), **vars(hub))
    )
    private = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command = [*become_root(), *private, sys.executable, __file__, str(folder)]
    with open(hub.log, "w") as log:
        # The hub ends when its standard input does: also if this process is killed.
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            wait_until_up(hub, server)
            yield hub
        finally:
            server.stdin.close()
            server.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def wait_until_up(hub, server, seconds=60):
    for _ in range(seconds * 5):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", hub.public), 1):
            found = re.findall(r"^(\w+) +(\w{4}-\w{4}-\w{4})$", hub.log.read_text(), re.M)
            hub.passwords = dict(found)
            if "JupyterHub is now running" in hub.log.read_text():
                return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterHub did not come up:\n{hub.log.read_text()[-3000:]}")


# --- What runs as root, in the namespaces ---


def serve(folder):
    """Hide this machine's users behind a copy, make the class, run the hub until stdin ends."""
    room = folder / "room"
    room.mkdir()
    run("mount --make-rprivate /")
    run(f"mount -t tmpfs -o mode=755 tmpfs {room}")
    open_to_students(room, [Path(sys.base_prefix), Path(sys.prefix), ROOT])
    for name in ("upper", "work", "state"):
        (room / name).mkdir(mode=0o755)
    layers = f"lowerdir=/etc,upperdir={room}/upper,workdir={room}/work"
    run(f"mount -t overlay -o {layers} overlay /etc")
    run("mount -t tmpfs -o mode=755 tmpfs /home")
    run("mount -t tmpfs -o mode=755 tmpfs /run")  # no systemd in here, whatever runs outside
    make = [sys.executable, str(ROOT / "deploy" / "add_students.py")]
    subprocess.run([*make, str(folder / "students.txt")], check=True)
    run(f"useradd --create-home {STRANGER[0]}")
    subprocess.run("chpasswd", input=":".join(STRANGER), text=True, check=True)

    env = os.environ | {"STATE_DIRECTORY": str(room / "state")}
    env.pop("NNLIB_FRAMES", None)
    command = [sys.executable, "-m", "jupyterhub", f"--config={folder}/config.py"]
    hub = subprocess.Popen(command, cwd=room / "state", env=env, stdin=subprocess.DEVNULL)
    while hub.poll() is None:
        if select.select([sys.stdin], [], [], 0.5)[0] and not sys.stdin.read(1):
            break
    # This process is the first of its namespace: with its end, all the others are killed.


def run(command):
    subprocess.run(command.split(), check=True)


def open_to_students(room, paths):
    """Let everybody reach these folders, in here, also if they lie in a home that is closed."""
    closed = {}
    for path in paths:
        for above in reversed(path.parents):
            if not above.stat().st_mode & stat.S_IXOTH:
                closed.setdefault(above, []).append(path)
                break
    kept = {}
    for path in (path for each in closed.values() for path in each):
        kept[path] = room / f"kept{len(kept)}"
        kept[path].mkdir()
        run(f"mount --bind {path} {kept[path]}")
    for above, inside in closed.items():
        run(f"mount -t tmpfs -o mode=755 tmpfs {above}")
        for path in sorted(set(inside)):
            path.mkdir(parents=True, exist_ok=True)
            run(f"mount --bind {kept[path]} {path}")


# --- A student, and their kernel ---


class Student:
    """A browser's part: cookies, the form of the hub, a server of one's own, its kernels."""

    def __init__(self, hub, name):
        import aiohttp  # comes with JupyterHub, without which this module is imported as well

        self.hub, self.name = hub, name
        self.home = f"/home/{name}"
        self.base = f"{hub.address}/user/{name}"
        jar = aiohttp.CookieJar(unsafe=True)  # cookies also for an address in digits
        self.http = aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=180))
        self.kernels = []

    async def close(self):
        for kernel in self.kernels:
            await kernel.close()
        await self.http.close()

    def xsrf(self, url):
        import yarl

        cookie = self.http.cookie_jar.filter_cookies(yarl.URL(url)).get("_xsrf")
        return cookie.value if cookie else ""

    async def log_in(self, password=None):
        """The status of the answer to the form: 200 when the hub let us in."""
        page = f"{self.hub.address}/hub/login"
        async with self.http.get(page):
            pass
        form = {
            "username": self.name,
            "password": password or self.hub.passwords[self.name],
            "_xsrf": self.xsrf(f"{self.hub.address}/hub/"),
        }
        async with self.http.post(f"{page}?next=/hub/home", data=form) as answer:
            self.cookies = answer.history[0].cookies if answer.history else {}
            return answer.status

    async def ask(self, method, url, **data):
        """(status, JSON) of a request with this student's cookies."""
        headers = {"X-XSRFToken": self.xsrf(url)}
        async with self.http.request(method, url, headers=headers, **data) as answer:
            with contextlib.suppress(ValueError):
                return answer.status, json.loads(await answer.text())
            return answer.status, None

    async def start(self, seconds=120):
        """Start the server and wait for it, as the page that spins does."""
        own = f"{self.hub.address}/hub/api/users/{self.name}"
        status, _ = await self.ask("POST", f"{own}/server", json={})
        assert status in (201, 202), status
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, user = await self.ask("GET", own)
            if status == 200 and user["servers"].get("", {}).get("ready"):
                break
            await asyncio.sleep(0.3)
        else:
            raise TimeoutError(f"no server for {self.name} within {seconds} s")
        async with self.http.get(f"{self.base}/lab") as page:  # the hub hands over who we are
            assert page.status == 200, page.status

    async def stop(self):
        own = f"{self.hub.address}/hub/api/users/{self.name}"
        await self.ask("DELETE", f"{own}/server")
        for _ in range(200):
            _, user = await self.ask("GET", own)
            if not user["servers"]:
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"the server of {self.name} does not stop")

    async def kernel(self):
        status, made = await self.ask("POST", f"{self.base}/api/kernels", json={"name": "python3"})
        assert status == 201, (status, made)
        kernel = Kernel(self, made["id"])
        await kernel.connect()
        self.kernels.append(kernel)
        return kernel


class Kernel:
    """Jupyter's protocol over one websocket: run a cell, move a slider, see the picture arrive."""

    def __init__(self, student, id):
        self.student, self.id = student, id
        self.session = secrets.token_hex(8)
        self.models, self.waiting, self.texts = {}, {}, {}

    async def connect(self):
        url = f"{self.student.base}/api/kernels/{self.id}/channels?session_id={self.session}"
        self.socket = await self.student.http.ws_connect(url, max_msg_size=0)
        self.listener = asyncio.create_task(self.listen())

    async def close(self):
        self.listener.cancel()
        await self.socket.close()

    async def listen(self):
        async for raw in self.socket:
            self.receive(unpack(raw.data))

    def receive(self, message):
        kind, content = message["msg_type"], message["content"]
        parent = message["parent_header"].get("msg_id")
        if kind == "comm_open":
            model = content["data"].get("state", {}).get("_model_name")
            self.models.setdefault(model, content["comm_id"])
        text = content.get("text") if kind == "stream" else None
        if kind == "error":
            text = f"{content['ename']}: {content['evalue']}"
        if text:
            self.texts[parent] = self.texts.get(parent, "") + text
        done, sign = self.waiting.get(parent, (None, None))
        if done and not done.done() and sign(kind, content):
            done.set_result(time.perf_counter())

    async def send(self, channel, kind, content, sign, seconds):
        """Send, wait until `sign` says that an answer is the one; returns (id, seconds it took)."""
        id = secrets.token_hex(16)
        header = {
            "msg_id": id,
            "session": self.session,
            "username": self.student.name,
            "msg_type": kind,
            "version": "5.3",
            "date": "",
        }
        done = asyncio.get_running_loop().create_future()
        self.waiting[id] = done, sign
        begin = time.perf_counter()
        await self.socket.send_json(
            {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
                "channel": channel,
                "buffers": [],
            }
        )
        try:
            return id, await asyncio.wait_for(done, seconds) - begin
        finally:
            del self.waiting[id]

    async def run(self, code, seconds=60):
        """What the cell printed, or how it failed."""
        content = {"code": code, "silent": False, "store_history": True, "stop_on_error": True}
        content |= {"user_expressions": {}, "allow_stdin": False}

        def idle(kind, content):
            return kind == "status" and content["execution_state"] == "idle"

        id, _ = await self.send("shell", "execute_request", content, idle, seconds)
        return self.texts.pop(id, "")

    async def move(self, index, seconds=60):
        """Move the slider to a stop; seconds until the new picture is here."""
        data = {"method": "update", "state": {"index": index}, "buffer_paths": []}
        content = {"comm_id": self.models["SelectionSliderModel"], "data": data}
        picture = self.models["ImageModel"]

        def arrived(kind, content):
            return (
                kind == "comm_msg"
                and content["comm_id"] == picture
                and ["value"] in content["data"].get("buffer_paths", [])
            )

        return (await self.send("shell", "comm_msg", content, arrived, seconds))[1]

    async def interrupt(self):
        await self.student.ask("POST", f"{self.student.base}/api/kernels/{self.id}/interrupt")


def unpack(data):
    """A message off the websocket: JSON, or with buffers behind it, binary."""
    if isinstance(data, bytes):
        count = struct.unpack_from("!I", data)[0]
        begin, *others = struct.unpack_from(f"!{count}I", data, 4)
        data = data[begin : others[0] if others else None]
    return json.loads(data)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
