"""A JupyterLab on this machine, with a notebook of ours open in a real browser."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent

# A cell with an explorer as in the chapters, where every stop looks different.
WAVE = """
import numpy as np
from nnlib import explore, plots

x = np.linspace(0, 10, 400)

def draw(fig, rate):
    ax = fig.subplots()
    ax.plot(x, np.exp(-rate * x / 40) * np.cos(x), color=plots.BLUE)
    ax.plot(x, np.exp(-rate * x / 40), color=plots.ORANGE, ls="--")
    ax.set(xlabel="time", ylabel="amplitude", title="a damped wave", ylim=(-1, 1))
    return f"At rate {rate} the wave ends at {np.exp(-rate / 4):.2f} of its height."

explore(draw, rate=range(200))
"""


@contextlib.contextmanager
def running_lab(folder):
    """JupyterLab on a free port of 127.0.0.1, serving `folder`; yields address and token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    # A newcomer's Lab, but for the news it would fetch and the browser it would open.
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        f"--notebook-dir={folder}",
        "--LabApp.news_url=None",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    clean = {k: v for k, v in os.environ.items() if k != "NNLIB_FRAMES"}
    own = {
        "JUPYTER_CONFIG_DIR": f"{folder}/.config",
        "JUPYTER_DATA_DIR": f"{folder}/.data",
        "JUPYTER_RUNTIME_DIR": f"{folder}/.runtime",
    }
    with open(Path(folder) / "lab.log", "w") as log:
        server = subprocess.Popen(command, env=clean | own, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_up(f"{address}/api?token={token}", server)
            yield address, token
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_until_up(url, server, seconds=60):
    for _ in range(seconds * 5):
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with code {server.returncode}: see lab.log")
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab did not answer within {seconds} s")


def write_notebook(path, *cells):
    """A notebook with these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, path)


def open_and_run(page, lab, name):
    """Open the notebook and run all its cells."""
    address, token = lab
    page.goto(f"{address}/lab/tree/{name}?token={token}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
        "?.connectionStatus === 'connected'",
        timeout=60_000,
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
