"""Run every notebook in order, each from a fresh kernel, and save it with its outputs."""

import argparse
import os
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [*sorted((ROOT / "chapters").glob("*.ipynb")), *sorted(ROOT.glob("*.ipynb"))]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"


def run(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=600,
        extra_arguments=["--log-level=ERROR"],  # no greeting from every kernel
        record_timing=False,  # no times in the file: the same run gives the same bytes
        store_widget_state=False,
        coalesce_streams=True,  # one output for all that a cell prints
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def clean(notebook):
    """Keep what a reader sees, and nothing that depends on this machine or this run."""
    kept = {k: v for k, v in notebook.metadata.items() if k not in ("widgets", "language_info")}
    notebook.metadata = nbformat.from_dict(
        kept | {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        for key in ("execution", "collapsed", "scrolled", "jupyter", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if "solution" in cell.metadata.get("tags", []):
            cell.metadata["jupyter"] = {"source_hidden": True}  # folded in JupyterLab, too
        for output in cell.get("outputs", []):
            # A slider needs its kernel. Its sentence, the plain text beside it, does not.
            output.get("data", {}).pop(WIDGET, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", nargs="*", type=Path, help="default: all of the book")
    notebooks = parser.parse_args().notebook or NOTEBOOKS
    if not notebooks:
        parser.error(f"notebook: none found in {ROOT}")
    for path in notebooks:
        if path.suffix != ".ipynb" or not path.is_file():
            parser.error(f"notebook: {path} is not a notebook file (.ipynb)")
    # Outputs are those of a live kernel, not of a site that is being built.
    os.environ.pop("NNLIB_FRAMES", None)
    for path in notebooks:
        print(f"{path.name} …", end=" ", flush=True)
        start = time.perf_counter()
        try:
            run(path.resolve())
        except (CellExecutionError, CellTimeoutError) as error:
            parser.exit(1, f"failed; the file is unchanged.\n{error}\n")
        print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
