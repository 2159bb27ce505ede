"""A class on one server: real Unix users, a real JupyterHub, and students who misbehave.

What is in deploy/ runs here as on a server without systemd. Thirty students at once are in
benchmarks/class.py.
"""

import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from hub import STRANGER, Student, forbidden, missing, running_hub
from lab import WAVE

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(DEPLOY))

import add_students  # noqa: E402
from copy_chapters import copy_chapters  # noqa: E402

NAMES = ["ada", "bo", "cleo", "dan"]


@pytest.fixture(scope="module")
def runner():
    """One event loop for all tests of the class."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def room(runner):
    """The hub with four students, who logged in at once and have an explorer on the screen."""
    if why := missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    if why := forbidden():
        pytest.skip(why)
    with running_hub(NAMES) as hub:
        room = SimpleNamespace(hub=hub, run=runner.run, students={}, kernels={})

        async def come_in(name):
            student = room.students[name] = Student(hub, name)
            assert await student.log_in() == 200
            await student.start()
            kernel = room.kernels[name] = await student.kernel()
            assert await kernel.run(WAVE) == ""

        async def all_come_in():
            await asyncio.gather(*map(come_in, NAMES))

        async def all_leave():
            await asyncio.gather(*(student.close() for student in room.students.values()))

        try:
            runner.run(all_come_in())
            yield room
        except BaseException:
            print(hub.log.read_text()[-5000:])
            raise
        finally:
            runner.run(all_leave())


async def walk(kernel, moves):
    """Seconds that each move took until its picture was there."""
    times = []
    for index in range(1, moves + 1):
        times.append(await kernel.move(index * 7 % 200, seconds=20))
        await asyncio.sleep(0.1)
    return times


# --- Everybody is in ---


def test_every_student_has_the_chapters_and_a_home_of_their_own(room):
    chapters = sorted(path.name for path in (ROOT / "chapters").glob("*.ipynb"))
    for name in NAMES:
        code = "import getpass, glob, os; os.chdir(os.path.expanduser('~/chapters'));"
        code += "print([getpass.getuser(), *sorted(glob.glob('*.ipynb'))])"
        assert room.run(room.kernels[name].run(code)) == f"{[name, *chapters]}\n"
        assert room.run(room.kernels[name].run("print(oct(os.stat('..').st_mode))")) == "0o40700\n"


def test_a_wrong_password_and_a_user_outside_the_class_stay_out(room):
    async def come(name, password):
        visitor = Student(room.hub, name)
        try:
            return await visitor.log_in(password)
        finally:
            await visitor.close()

    assert room.run(come("ada", "a-wrong-one")) == 403
    assert room.run(come(*STRANGER)) == 403  # a user of this machine, and the right password
    assert room.run(come("ada", room.hub.passwords["ada"])) == 200


def test_the_chapters_of_the_server_are_read_only(room):
    code = f"open({str(ROOT / 'chapters' / '01-the-neuron.ipynb')!r}, 'a')"
    assert "PermissionError" in room.run(room.kernels["ada"].run(code))


# --- Three misbehave, and the fourth goes on ---


def test_a_loop_a_full_memory_and_a_dead_kernel_trouble_nobody_else(room):
    ada, bo, cleo, dan = (room.kernels[name] for name in NAMES)

    async def lesson():
        for name, kernel in room.kernels.items():
            await kernel.run(f"mine = 'of {name}'; open('kept.txt', 'w').write(mine)")
        quiet = await walk(dan, 10)

        loop = asyncio.create_task(bo.run("while True: pass"))
        fill = asyncio.create_task(cleo.run("all = []\nwhile True: all.append(bytearray(10**7))"))
        dead = asyncio.create_task(ada.run("import os; os.kill(os.getpid(), 9)"))
        busy = await walk(dan, 10)
        assert statistics.median(busy) < 4 * statistics.median(quiet) + 0.2, (quiet, busy)
        assert max(busy) < 5, busy
        assert await dan.run("print(mine)") == "of dan\n"

        # Who filled the memory is told so, and has lost neither variable nor picture.
        assert await fill == "MemoryError: "
        assert await cleo.run("print(mine, len(all) < 110); del all") == "of cleo True\n"
        assert await cleo.move(5) < 20

        # The loop ends when its student says so.
        assert not loop.done()
        await bo.interrupt()
        assert await loop == "KeyboardInterrupt: "
        assert await bo.run("print(mine)") == "of bo\n"

        # The killed kernel is started anew by itself; its files are there.
        dead.cancel()
        for _ in range(20):
            with contextlib.suppress(TimeoutError):
                await ada.run("1", seconds=2)
                break
        assert await ada.run(WAVE) == ""
        code = "from pathlib import Path; print((Path.home() / 'chapters/kept.txt').read_text())"
        assert await ada.run(code) == "of ada\n"

    room.run(lesson())


# --- Nobody reads what is not theirs ---

PRY = """
import json, os, pathlib, urllib.error, urllib.request

seen = []

def reads(path):
    try:
        with open(path, "rb") as file:
            if file.read(1):
                seen.append(path)
    except OSError:
        pass

def lists(path):
    try:
        if os.listdir(path):
            seen.append(path)
    except OSError:
        pass

class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # being sent to the hub's form is a no

ask = urllib.request.build_opener(Stay)

def answers(url, headers):
    try:
        with ask.open(urllib.request.Request(url, headers=headers), timeout=10) as page:
            seen.append(f"{url}: {page.read(80)}")
    except OSError:
        pass

for name in GIVEN["others"]:
    lists(f"/home/{name}")
    lists(f"/home/{name}/.local/share/jupyter/runtime")
    reads(f"/home/{name}/kept.txt")
    reads(f"/home/{name}/chapters/kept.txt")
lists(GIVEN["state"])
for name in ("cookie_secret", "jupyterhub.sqlite", "traefik.toml", "rules.toml"):
    reads(f"{GIVEN['state']}/{name}")
reads("/etc/shadow")

# Environment, memory and open files of every process that is not ours: hub, proxy, students.
others = 0
for each in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        foreign = each.stat().st_uid != os.getuid()
    except OSError:
        continue
    others += foreign
    if foreign:
        reads(each / "environ")
        reads(each / "mem")
        lists(each / "fd")
        lists(each / "cwd")

token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
for headers in ({}, {"Authorization": f"token {token}"}):
    answers(f"{GIVEN['hub']}/hub/api/users", headers)
    answers(f"{GIVEN['hub']}/hub/api/proxy", headers)
    answers(f"{GIVEN['proxy']}/api/http/routers", headers)
    for name, port in GIVEN["others"].items():
        answers(f"{GIVEN['hub']}/hub/api/users/{name}", headers)
        for way in (GIVEN["public"], f"http://127.0.0.1:{port}"):  # through the proxy, and past it
            answers(f"{way}/user/{name}/api/contents/chapters", headers)

print(json.dumps({"seen": [str(each) for each in seen], "processes": others, "token": bool(token)}))
"""

PORT = """
import os
from urllib.parse import urlsplit
print(urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port)
"""

CONNECTION = """
import json
from ipykernel.connect import get_connection_file
print(json.dumps(json.load(open(get_connection_file()))))
"""


def test_no_student_reads_what_is_of_others_or_of_the_hub(room):
    async def look():
        given = {
            "others": {name: int(await room.kernels[name].run(PORT)) for name in NAMES[1:]},
            "state": str(room.hub.state),
            "hub": f"http://127.0.0.1:{room.hub.hub}",
            "proxy": f"http://127.0.0.1:{room.hub.proxy}",
            "public": room.hub.address,
        }
        return json.loads(await room.kernels["ada"].run(f"GIVEN = {given!r}\n{PRY}"))

    found = room.run(look())
    assert found["processes"] > len(NAMES)  # it did look at others'
    assert found["token"]
    assert found["seen"] == []


def test_what_a_kernel_prints_goes_through_a_socket_in_the_home(room):
    connection = json.loads(room.run(room.kernels["bo"].run(CONNECTION)))
    assert connection["transport"] == "ipc"
    assert connection["ip"].startswith("/home/bo/")


def test_cookies_of_one_student_open_no_server_of_another(room):
    async def visit():
        ada, other = room.students["ada"], room.students["bo"]
        statuses = [
            (await ada.ask("GET", f"{other.base}/{way}"))[0]
            for way in ("lab", "api/contents/chapters", "api/kernels")
        ]
        statuses.append((await ada.ask("GET", f"{room.hub.address}/hub/api/users"))[0])
        url = f"{room.hub.address}/hub/api/users/bo/server"
        statuses.append((await ada.ask("DELETE", url))[0])
        statuses.append((await other.ask("GET", f"{other.base}/api/kernels"))[0])
        return statuses

    assert room.run(visit()) == [403, 403, 403, 403, 404, 200]


def test_behind_https_the_cookie_of_the_login_is_for_https_alone(room):
    async def look():
        visitor = Student(room.hub, "ada")
        visitor.http.headers["X-Forwarded-Proto"] = "https"  # as what stands in front sends it
        await visitor.log_in()
        await visitor.close()
        return visitor.cookies

    assert room.run(look())["jupyterhub-hub-login"]["secure"]


# --- A later start ---


def test_a_new_start_keeps_what_the_student_wrote(room):
    async def tomorrow():
        dan = room.students["dan"]
        own = "from pathlib import Path; own = Path.home() / 'chapters/01-the-neuron.ipynb'"
        await room.kernels["dan"].run(f"{own}; own.write_text('dan was here')")
        await dan.stop()
        await dan.start()
        kernel = room.kernels["dan"] = await dan.kernel()
        return await kernel.run(f"{own}; print(own.read_text())")

    assert room.run(tomorrow()) == "dan was here\n"


# --- Copying the chapters ---


@pytest.fixture
def folders(tmp_path):
    book, own = tmp_path / "book", tmp_path / "home" / "chapters"
    (book / "data").mkdir(parents=True)
    (book / "01.ipynb").write_text("one")
    (book / "02.ipynb").write_text("two")
    (book / "data" / "runs.json").write_text("{}")
    (book / ".cache").mkdir()
    (book / ".cache" / "x").write_text("not a chapter")
    return book, own


def test_the_first_start_copies_all_but_what_is_hidden(folders):
    book, own = folders
    assert copy_chapters(book, own) == ["01.ipynb", "02.ipynb", "data/runs.json"]
    assert (own / "data" / "runs.json").read_text() == "{}"
    assert not (own / ".cache").exists()
    assert copy_chapters(book, own) == []


def test_an_update_reaches_an_untouched_chapter_and_no_other(folders):
    book, own = folders
    copy_chapters(book, own)
    (own / "01.ipynb").write_text("my own work")
    (own / "mine.ipynb").write_text("mine")
    (book / "01.ipynb").write_text("one, corrected")
    (book / "02.ipynb").write_text("two, corrected")
    (book / "03.ipynb").write_text("three")
    assert copy_chapters(book, own) == ["02.ipynb", "03.ipynb"]
    assert (own / "01.ipynb").read_text() == "my own work"
    assert (own / "02.ipynb").read_text() == "two, corrected"
    assert (own / "mine.ipynb").read_text() == "mine"


def test_a_file_that_was_there_before_is_the_students_own(folders):
    book, own = folders
    own.mkdir(parents=True)
    (own / "01.ipynb").write_text("from last year")
    assert copy_chapters(book, own) == ["02.ipynb", "data/runs.json"]
    assert (own / "01.ipynb").read_text() == "from last year"


def test_a_deleted_chapter_comes_back_and_a_broken_record_costs_nothing(folders):
    book, own = folders
    copy_chapters(book, own)
    (own / "01.ipynb").unlink()
    assert copy_chapters(book, own) == ["01.ipynb"]
    (own / ".copied.json").write_text("not JSON")
    (own / "02.ipynb").write_text("my own work")
    assert copy_chapters(book, own) == []
    assert (own / "02.ipynb").read_text() == "my own work"


# --- The class list, and the files for a cluster ---


def test_a_class_list_has_a_name_a_line():
    assert add_students.names("kim7\n\n  lee  # repeats\n# none\nkim7\n") == ["kim7", "lee"]
    for name in ("Kim", "7kim", "kim lee", "-r", "a" * 33, "../kim"):
        with pytest.raises(SystemExit, match="is no name for a user"):
            add_students.names(name)


def test_passwords_differ_and_are_long_enough():
    made = {add_students.password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(each) == 14 for each in made)


# What the schema of the chart allows, as far as the values use it. It refuses any other key.
CHART = {
    "hub": {"config": dict},
    "proxy": {"https": {"enabled": bool, "hosts": list, "letsencrypt": {"contactEmail": str}}},
    "singleuser": {
        "image": {"name": str, "tag": str},
        "defaultUrl": str,
        "memory": {"limit": str, "guarantee": str},
        "cpu": {"limit": (int, float), "guarantee": (int, float)},
        "storage": {"type": str, "capacity": str, "homeMountPath": str},
        "lifecycleHooks": {"postStart": dict},
        "cloudMetadata": {"blockWithIptables": bool},
    },
    "cull": {"enabled": bool, "timeout": int, "every": int, "maxAge": int},
}


def unknown(values, schema, path=""):
    """The keys of the values that the schema does not have, or has with another type."""
    if not isinstance(schema, dict):
        return [] if isinstance(values, schema) else [path]
    if not isinstance(values, dict):
        return [path]
    return [
        wrong
        for key, value in values.items()
        for wrong in (
            unknown(value, schema[key], f"{path}.{key}") if key in schema else [f"{path}.{key}"]
        )
    ]


@pytest.fixture
def values():
    return yaml.safe_load((DEPLOY / "zero-to-jupyterhub" / "values.yaml").read_text())


def test_the_values_have_only_keys_of_the_chart(values):
    assert unknown(values, CHART) == []
    assert unknown({"cull": {"timeout": "2h"}, "users": 1}, CHART) == [".cull.timeout", ".users"]


def test_the_cluster_has_the_limits_of_the_server(values):
    config = (DEPLOY / "jupyterhub_config.py").read_text()
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    limit = values["singleuser"]["memory"]["limit"]
    assert f'MEMORY = "{limit}"' in config
    assert f"--as={int(limit.removesuffix('G')) * 2**30}" in dockerfile
    assert f"CORES = {float(values['singleuser']['cpu']['limit'])}" in config
    for key, option in (("timeout", "timeout"), ("every", "cull-every"), ("maxAge", "max-age")):
        assert f'"--{option}={values["cull"][key]}"' in config


def test_the_dockerfile_copies_what_is_there_and_passes_its_linter():
    text = (DEPLOY / "Dockerfile").read_text()
    for line in text.splitlines():
        if line.startswith("COPY "):
            for path in line.split()[1:-1]:
                assert (ROOT / path).exists(), path
    hadolint = Path(sys.prefix) / "bin" / "hadolint"
    if hadolint.exists():
        run = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout


def test_the_unit_of_the_hub_passes_systemds_own_check(tmp_path):
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("no systemd-analyze here")
    unit = tmp_path / "jupyterhub.service"
    text = (DEPLOY / unit.name).read_text()
    unit.write_text(text.replace("/opt/book/.venv/bin/jupyterhub", "/bin/true"))
    run = subprocess.run([verify, "verify", unit], capture_output=True, text=True)
    assert "jupyterhub.service" not in run.stderr, run.stderr
