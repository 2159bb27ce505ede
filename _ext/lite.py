"""*Open live*: a chapter as a notebook that runs in the reader's own browser, with JupyterLite.

JupyterLite is Jupyter without a server: its kernel is Pyodide, which is Python for the browser.
It stands in lite/ of the site with the chapters, the engine and the widgets. The pages load
nothing of it before the click. Then only Pyodide itself comes from elsewhere: from its usual
home, or, where `pyodide_url` in _config.yml names one, from the site's own copy.

Why not jupyterlite-sphinx: it puts its script and style on every page and brings all of
JupyterLite's applications along. This needs one application, and no script before the click.
"""

import json
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import wheels
from computing import COPY, is_address
from exercises import drop_solutions
from plain import plain
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

MEGABYTES = 34  # of Pyodide and its packages, at the first visit

# What the kernel and nnlib import: of Pyodide's own packages, and from wheels of the site. All are
# loaded at once when the kernel starts, so that it asks no index for any of them.
PACKAGES = ["micropip", "ssl", "sqlite3", "jedi", "ipython", "numpy", "matplotlib", "pillow"]
PURE = ["comm", "ipywidgets"]
# From the script of the kernel, which looks for them, to where they are.
TO_WHEELS = "../../../../pypi/"

# The notebook would take these keys from a slider that has the focus.
FREED = [
    {
        "command": f"notebook:move-cursor-heading-{command}",
        "keys": [key],
        "selector": ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus",
        "disabled": True,
    }
    for key, command in (("ArrowLeft", "above-or-collapse"), ("ArrowRight", "below-or-expand"))
]

LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
# Without jupyterlab-myst: there is none that goes with both the JupyterLab of this environment and
# the older one in JupyterLite. plain.py turns the text into what JupyterLite shows by itself.
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension"]
PROGRAMS = ["jupyterlite-core", "jupyterlite-pyodide-kernel", "ipywidgets"]


def kernel(pyodide_url, files):
    """The settings of the kernel: where Pyodide is, and what it loads as it starts."""
    # The site's own copy is beside lite/; JupyterLite resolves what begins with a dot.
    home = pyodide_url if is_address(pyodide_url) else f"./../{COPY}"
    return {
        "pyodideUrl": f"{home.rstrip('/')}/pyodide.js",
        "loadPyodideOptions": {
            "packages": [*PACKAGES, *(TO_WHEELS + name for name in files)],
            # /drive is what JupyterLite keeps in the browser from one visit to the next.
            "env": {"NNLIB_PROGRESS": "/drive/nnlib-progress.json"},
        },
    }


def page_settings(title, pyodide_url, files):
    """What JupyterLite reads when it is opened."""
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": title,
            "litePluginSettings": {
                "@jupyterlite/pyodide-kernel-extension:kernel": kernel(pyodide_url, files)
            },
            "settingsOverrides": {
                # Light or dark as the reader's system has it, like the book.
                "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
                # Cells stay when they are out of sight: an explorer far up is not made anew.
                "@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"},
                "@jupyterlab/shortcuts-extension:shortcuts": {"shortcuts": FREED},
            },
        },
    }


def build_settings(out):
    """What JupyterLite reads when it is built: one application, without what it does not need."""
    return {
        "LiteBuildConfig": {
            "output_dir": str(out),
            "apps": ["notebooks"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(LABEXTENSIONS / name) for name in EXTENSIONS],
        }
    }


def stage(app, folder):
    """Lay out what goes into JupyterLite: chapters, what they read, wheels, settings."""
    source = Path(app.srcdir)
    chapters = folder / "files" / "chapters"
    chapters.mkdir(parents=True)
    for docname in chapters_of(app):
        path = Path(app.env.doc2path(docname))
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if not app.config.solutions:
            notebook = drop_solutions(notebook)
        write_json(chapters / path.name, plain(notebook, source / "references.bib"))
    for name in ("quizzes", "data"):
        if (source / "chapters" / name).is_dir():
            shutil.copytree(source / "chapters" / name, chapters / name)
    made = [wheels.engine(source, folder / "pypi")]
    made += [wheels.installed(name, folder / "pypi") for name in PURE]
    settings = page_settings(app.config.html_title, app.config.pyodide_url, [w.name for w in made])
    write_json(folder / "jupyter-lite.json", settings)


def chapters_of(app):
    return sorted(name for name in app.env.found_docs if name.startswith("chapters/"))


def write_json(path, data):
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def stamp_of(folder):
    """A text that changes when the staged files or the programs do."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{path.relative_to(folder)} {wheels.digest(path.read_bytes())}" for path in files]
    lines += [f"{name} {version(name)}" for name in PROGRAMS]
    return "\n".join([*lines, json.dumps(build_settings("lite"))])


def build(app, exception):
    """Build lite/ beside the pages, unless it is there and nothing changed."""
    if exception or app.builder.format != "html":
        return
    out, folder = Path(app.outdir) / "lite", Path(app.outdir).parent / "lite"
    if not app.config.open_live:
        shutil.rmtree(out, ignore_errors=True)
        return
    shutil.rmtree(folder, ignore_errors=True)
    stage(app, folder)
    stamp, now = out / "nnlib.stamp", stamp_of(folder)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    logger.info("building JupyterLite")
    shutil.rmtree(out, ignore_errors=True)
    write_json(folder / "jupyter_lite_config.json", build_settings(out))
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise ExtensionError(f"JupyterLite was not built:\n{done.stdout[-2000:]}")
    stamp.write_text(now, encoding="utf-8")


def add_button(app, pagename, templatename, context, doctree):
    """A button on the page of each chapter. _static/lite.js takes it away where it cannot work."""
    if not (app.config.open_live and pagename.startswith("chapters/") and "body" in context):
        return
    host = urlsplit(app.config.pyodide_url).netloc
    asks = f"; loads about {MEGABYTES} MB of Python from {host}" if host else ""
    name = pagename.removeprefix("chapters/")
    context.setdefault("header_buttons", []).append(
        {
            "type": "link",
            "url": f"../lite/notebooks/index.html?path=chapters/{name}.ipynb",
            "tooltip": f"Open live: run and change this chapter in your browser{asks}",
            "icon": "fa-solid fa-rocket",
            "label": "lite lite-away" if host else "lite",
        }
    )


def setup(app):
    app.add_config_value("open_live", True, "html", [bool])
    app.setup_extension("computing")  # for the setting pyodide_url
    app.connect("html-page-context", add_button, priority=890)  # after the theme has made the list
    app.connect("build-finished", build)
    return {"parallel_read_safe": True}
