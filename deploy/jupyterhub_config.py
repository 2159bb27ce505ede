"""JupyterHub for a class on one server. The page "Teaching with this book" says how to use it.

Every student is a Unix user in the group `class`: who is in it may come in, with the password of
that user. Teachers are in the group `teachers`. add_students.py makes both.
"""

import asyncio
import os
import pwd
import resource
import shutil
import sys
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

c = get_config()  # noqa: F821 (JupyterHub provides it)

BOOK = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"
# systemd makes this folder for jupyterhub.service, and sets the variable.
STATE = Path(os.environ.get("STATE_DIRECTORY", "/var/lib/jupyterhub"))

# --- What a student may use. The page says what was measured. ---

MEMORY = "1G"  # a chapter with its sliders takes about a fifth of it
CORES = 1.0  # so that an endless loop leaves the other cores alone
PROCESSES = 200  # and threads: enough for ten kernels, too few for a fork bomb

# --- Who comes in ---

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"class", "teachers"}
c.PAMAuthenticator.admin_groups = {"teachers"}

# --- The hub, and what must stay its own ---

# On this machine only. What speaks HTTPS stands in front, such as Caddy, and is believed when it
# says so: then the cookies are for HTTPS alone.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8081"
c.TraefikProxy.extra_static_config = {
    "entryPoints": {"http": {"forwardedHeaders": {"trustedIPs": ["127.0.0.1"]}}}
}

# The secret of the cookies, the database with its tokens and the rules of the proxy
# are in a folder that root alone can enter.
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
STATE.chmod(0o700)
os.umask(0o077)
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.pid_file = str(STATE / "jupyterhub.pid")

# Traefik comes as a Python package, so nobody installs Node for a proxy.
os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
c.JupyterHub.proxy_class = "traefik_file"
c.TraefikProxy.traefik_api_url = "http://127.0.0.1:8099"
c.TraefikProxy.static_config_file = str(STATE / "traefik.toml")
c.TraefikFileProviderProxy.dynamic_config_file = str(STATE / "rules.toml")

# A restart of the hub leaves the servers of the students running: nobody loses a variable.
c.JupyterHub.cleanup_servers = False

# All thirty open the book in the same minute. Nobody is told to try again, and on few cores
# the last may wait a while.
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180

# --- Idle kernels and servers ---

c.JupyterHub.services = [
    {
        "name": "culler",
        # An idle server stops after two hours; none runs longer than twelve, busy or not.
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            "--timeout=7200",
            "--max-age=43200",
            "--cull-every=300",
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "services": ["culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

# --- The server of a student ---

c.Spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab/tree/chapters"
c.Spawner.args = [
    # Between kernel and server: a socket in the student's home, which nobody else can open.
    # The default, ports on the loopback, would send all output to whoever connects.
    "--KernelManager.transport=ipc",
    # An idle kernel ends after an hour, even in a tab left open. A busy one goes on.
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_connected=True",
    # Nothing leaves the server: no news, no look for a newer JupyterLab, no extension manager.
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
]
c.Spawner.environment = {
    # Small matrices: one thread each is faster than many that wait for one another.
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would set 64 MB of addresses aside for every thread.
    "MALLOC_ARENA_MAX": "2",
}
c.Spawner.mem_limit = MEMORY
c.Spawner.cpu_limit = CORES


async def copy_chapters(spawner):
    """The student's own copy of the chapters, made by the student: root never writes in a home."""
    user = pwd.getpwnam(spawner.user.name)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(BOOK / "deploy" / "copy_chapters.py"),
        str(BOOK / "chapters"),
        str(Path(user.pw_dir) / "chapters"),
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        umask=0o077,
        cwd="/",
        env={"HOME": user.pw_dir},
    )
    if await asyncio.wait_for(process.wait(), 60):
        # A full disk, say. The server starts all the same, for what is there already.
        spawner.log.error("The chapters could not be copied for %s", user.pw_name)


c.Spawner.pre_spawn_hook = copy_chapters

# --- What enforces the limits ---


class LimitedProcessSpawner(LocalProcessSpawner):
    """For a machine without systemd, such as a container: the limits that a process can be given.

    Memory is limited for each process, not for all of a student's together; the processors are
    shared out by the kernel, and nothing caps them.
    """

    def make_preexec_fn(self, name):
        become_student = super().make_preexec_fn(name)

        def preexec():
            resource.setrlimit(resource.RLIMIT_AS, (self.mem_limit, self.mem_limit))
            resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
            os.nice(5)
            os.umask(0o077)
            become_student()

        return preexec


if Path("/run/systemd/system").is_dir():
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.default_shell = shutil.which("bash") or "/bin/sh"
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.isolate_tmp = True  # a /tmp of one's own
    c.SystemdSpawner.readonly_paths = [str(BOOK)]
    c.SystemdSpawner.unit_extra_properties = {
        # One process that wants too much gets a MemoryError, and keeps its variables.
        "LimitAS": MEMORY,
        # All of a student's processes together (MemoryMax, which the spawner sets):
        # the largest is killed, and not, as by default, the student's whole server.
        "OOMPolicy": "continue",
        "MemorySwapMax": "0",
        "TasksMax": str(PROCESSES),
        "Nice": "5",
        "UMask": "0077",
        "ProtectProc": "invisible",  # other people's processes are not even listed
    }
else:
    c.JupyterHub.spawner_class = LimitedProcessSpawner
