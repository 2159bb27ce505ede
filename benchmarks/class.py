"""Does one server hold a class? Thirty students at once, each with a kernel, moving sliders.

    python benchmarks/class.py [STUDENTS]

A JupyterHub from deploy/ on this machine, with real Unix users, and the time from a move of a
slider to the arrival of its new picture. Then one kernel is killed, one student loops for ever,
one fills the memory: what do the others notice? Needs root, for the users.
"""

import asyncio
import contextlib
import os
import random
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tests")]

from hub import Student, missing, running_hub  # noqa: E402
from lab import WAVE  # noqa: E402

PAUSE = 2.0  # seconds that a student looks at a picture before the next move
LESSON = 30.0  # seconds of moving
TROUBLE = {
    "one kernel killed": "import os; os.kill(os.getpid(), 9)",
    "one endless loop": "while True: pass",
    "one filling memory": "all = []\nwhile True: all.append(bytearray(10**7))",
}


async def come_in(student):
    """Log in, start the server, run the first cell; returns the kernel and the seconds it took."""
    begin = time.perf_counter()
    assert await student.log_in() == 200
    await student.start(seconds=300)
    kernel = await student.kernel()
    assert await kernel.run(WAVE, seconds=300) == ""
    return kernel, time.perf_counter() - begin


async def walk(kernel, dice, seconds=LESSON):
    """Move the slider, look, move on; returns what every move took."""
    times = []
    end = time.perf_counter() + seconds
    await asyncio.sleep(dice.uniform(0, PAUSE))
    while time.perf_counter() < end:
        times.append(await kernel.move(other_stop(kernel, dice), seconds=120))
        await asyncio.sleep(dice.uniform(0.5, 1.5) * PAUSE)
    return times


def other_stop(kernel, dice):
    """A stop other than the last: the same picture is not sent twice."""
    last = getattr(kernel, "stop", 0)
    kernel.stop = (last + dice.randint(1, 199)) % 200
    return kernel.stop


async def all_walk(kernels, dice):
    begin = time.perf_counter()
    walks = await asyncio.gather(*(walk(kernel, dice) for kernel in kernels))
    times = [took for each in walks for took in each]
    return times, len(times) / (time.perf_counter() - begin)


def memory(uids):
    """Bytes by user: proportional, so that a page which all share counts once in the sum."""
    used = dict.fromkeys(uids, 0)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            uid = process.stat().st_uid
            if uid in used:
                pss = re.search(r"^Pss: +(\d+) kB", (process / "smaps_rollup").read_text(), re.M)
                used[uid] += int(pss[1]) * 1024
    return list(used.values())


def row(name, times, note=""):
    ordered = sorted(times)
    median, late = statistics.median(ordered), ordered[int(0.95 * len(ordered))]
    print(f"{name:<44}{median:>8.2f}{late:>8.2f}{ordered[-1]:>8.2f}{len(times):>8}  {note}")


async def lesson(hub):
    dice = random.Random(0)
    students = [Student(hub, name) for name in hub.names]
    try:
        came = await asyncio.gather(*map(come_in, students))
        kernels = [kernel for kernel, _ in came]
        print(f"{'seconds':<44}{'median':>8}{'95%':>8}{'most':>8}{'number':>8}")
        row("logging in, server, kernel, first picture", [took for _, took in came])

        times, rate = await all_walk(kernels, dice)
        row(f"a move, all moving every {PAUSE:.0f} s", times, f"{rate:.1f} moves a second")
        uids = [int(await kernel.run("import os; print(os.getuid())")) for kernel in kernels]
        used = memory(uids)

        together = []
        for _ in range(5):
            moves = [kernel.move(other_stop(kernel, dice), seconds=120) for kernel in kernels]
            together += await asyncio.gather(*moves)
            await asyncio.sleep(PAUSE)
        row("a move, all in the same instant", together)

        bad = [
            asyncio.create_task(kernel.run(code, seconds=300))
            for kernel, code in zip(kernels, TROUBLE.values(), strict=False)
        ]
        times, rate = await all_walk(kernels[len(TROUBLE) :], dice)
        row("a move, beside the three", times, f"{rate:.1f} moves a second")
        print(f"({', '.join(TROUBLE)})")
        assert await bad[2] == "MemoryError: "
        for task in bad:
            task.cancel()
        await asyncio.gather(*bad, return_exceptions=True)

        print(
            f"memory of a student: {statistics.median(used) / 2**20:.0f} MB at the median, "
            f"{max(used) / 2**20:.0f} MB at most, {sum(used) / 2**30:.1f} GB together"
        )
    finally:
        await asyncio.gather(*(student.close() for student in students))


def main():
    count = int(sys.argv[1]) if sys.argv[1:] else 30
    if why := missing():
        print(f"class.py: not measured, for {why}")
        return
    print(f"{count} students, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}")
    with running_hub([f"student{number}" for number in range(1, count + 1)]) as hub:
        asyncio.run(lesson(hub))


if __name__ == "__main__":
    main()
