"""A tiny book, to be built with the extensions and the settings of the real one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


class Book:
    """A book of one chapter. It leaves out "Open live", which takes a while, until told."""

    def __init__(self, folder):
        self.folder = folder
        settings = (ROOT / "_config.yml").read_text(encoding="utf-8")
        self.settings(settings.replace("open_live: true", "open_live: false"))
        shutil.copy(ROOT / "references.bib", folder)
        for name in ("_ext", "images"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("nnlib", "chapters"):
            (folder / name).mkdir()
        (folder / "requirements.txt").touch()
        (folder / "nnlib" / "net.py").touch()
        (folder / "index.md").write_text("# A book\n")
        (folder / "_toc.yml").write_text(
            "format: jb-book\nroot: index\nchapters: [{file: chapters/01-waves}]\n"
        )

    def settings(self, text):
        (self.folder / "_config.yml").write_text(text, encoding="utf-8")

    def change(self, before, after):
        """Change a setting of the book."""
        text = (self.folder / "_config.yml").read_text(encoding="utf-8")
        assert before in text
        self.settings(text.replace(before, after))

    def chapter(self, *cells, prose="# Waves"):
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose), *code])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.folder / "chapters" / "01-waves.ipynb")

    def build(self, *how):
        """The exit code of the build, of pages if nothing else is said, and what it said."""
        command = "from jupyter_book.cli.main import main; main()"
        how = how or ("-W", "--keep-going")
        done = subprocess.run(
            [sys.executable, "-P", "-c", command, "build", *how, "."],  # nnlib is not the folder's
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
