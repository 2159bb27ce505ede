"""Run the chapters for the site: side by side, again when nnlib changes, with clear errors."""

import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from exercises import drop_solutions
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from nbclient import NotebookClient
from sphinx.util import logging

logger = logging.getLogger(__name__)


def digest(files):
    """A number that changes when one of the files does."""
    made = hashlib.sha256()
    for file in sorted(files):
        made.update(file.name.encode() + b"\0" + file.read_bytes())
    return made.hexdigest()


def engine_digest(root):
    """A number that changes when the engine or the environment does."""
    own = set(root.glob("nnlib/exercises/chapter*.py"))  # each the matter of its chapter
    files = [*(root / "nnlib").rglob("*.py"), *(root / "nnlib").glob("*.npz")]
    return digest([*(set(files) - own), root / "requirements.txt"])


def own_digest(root, path):
    """A number that changes when something else does that this chapter alone reads."""
    number, text = path.name[:2], path.read_text(encoding="utf-8")
    files = [root / "nnlib" / "exercises" / f"chapter{number}.py"]
    files += [path.parent / "quizzes" / f"{number}.toml"]
    data = [*(root / "chapters").glob("data/*"), root / "benchmarks" / "results.json"]
    return digest(file for file in [*files, *(f for f in data if f.name in text)] if file.is_file())


def forget_old_runs(app, config):
    """Empty the cache of executed chapters, which knows their code but not the engine's."""
    config.nnlib_digest = engine_digest(Path(app.srcdir))
    build = Path(app.outdir).parent
    stamp = build / ".jupyter_cache" / "nnlib.sha256"
    if not stamp.exists() or stamp.read_text() != config.nnlib_digest:
        shutil.rmtree(stamp.parent, ignore_errors=True)
        shutil.rmtree(build / "frames", ignore_errors=True)
        stamp.parent.mkdir(parents=True)
        stamp.write_text(config.nnlib_digest)


def stamp_of(app, path):
    return Path(app.outdir).parent / ".jupyter_cache" / f"{path.stem}.sha256"


def is_stale(app, path):
    """Has anything changed that this chapter alone reads, since it was run?"""
    stamp = stamp_of(app, path)
    return not stamp.exists() or stamp.read_text() != own_digest(Path(app.srcdir), path)


def find_stale(app, env, added, changed, removed):
    """The chapters that Sphinx shall read again though their own files are as they were."""
    paths = {docname: Path(env.doc2path(docname)) for docname in env.found_docs}
    return [
        docname
        for docname, path in paths.items()
        if path.suffix == ".ipynb" and is_stale(app, path)
    ]


def run_chapters(app, env, docnames):
    """Run the chapters that changed, and put them into the cache from which MyST-NB reads them."""
    cache = get_cache(env.mystnb_config.execution_cache_path)
    paths = [Path(env.doc2path(docname)) for docname in docnames]
    notebooks = {path: nbformat.read(path, 4) for path in paths if path.suffix == ".ipynb"}
    if not app.config.solutions:
        notebooks = {path: drop_solutions(notebook) for path, notebook in notebooks.items()}
    failures = []
    # A kernel a processor: drawing the frames keeps one busy.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {
            pool.submit(run, path, notebook, env.mystnb_config.execution_timeout): path
            for path, notebook in notebooks.items()
            if not is_cached(cache, notebook) or is_stale(app, path)
        }
        for done in as_completed(runs):
            path, result = runs[done], done.result()
            if result.err:
                failures.append(f"A chapter failed: {describe(path, result.nb, result.err)}")
                continue
            bundle = CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            stamp_of(app, path).write_text(own_digest(Path(app.srcdir), path))
            logger.info("ran %s in %.0f s", path.name, result.time)
    if failures:
        # Leaving here, rather than raising, keeps the message the last thing on the terminal.
        sys.exit("\n" + "\n".join(failures))


def is_cached(cache, notebook):
    try:
        return bool(cache.match_cache_notebook(notebook))
    except KeyError:
        return False


def run(path, notebook, timeout):
    logger.info("running %s", path.name)
    return single_nb_execution(notebook, str(path.parent), timeout, allow_errors=False)


def describe(path, notebook, cause):
    """Name the chapter, the cell and the exception."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    for number, cell in enumerate(code, start=1):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        # A cell that ran out of time leaves no error, but no number either.
        if errors or not cell.execution_count:
            what = f"{errors[0].ename}: {errors[0].evalue}" if errors else type(cause).__name__
            first_line = cell.source.strip().splitlines()[0]
            return f"{path}, code cell {number}, which begins with\n    {first_line}\n{what}"
    return f"{path}: {cause}"


def setup(app):
    # Kernels inherit this: it tells the explorers that a site is being built, and where frames go.
    os.environ["NNLIB_FRAMES"] = str((Path(app.outdir).parent / "frames").resolve())
    # One kernel a processor, one thread a kernel: more threads would only wait for one another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Without this every kernel greets the reader with a warning about encryption on this machine.
    NotebookClient.extra_arguments.default_args = (["--log-level=ERROR"],)
    # As a setting of Sphinx, the digest makes it read every chapter again when it changes.
    app.add_config_value("nnlib_digest", "", "env")
    app.connect("config-inited", forget_old_runs)
    app.connect("env-get-outdated", find_stale)
    app.connect("env-before-read-docs", run_chapters)
    return {"parallel_read_safe": False}
