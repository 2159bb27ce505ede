"""Cut the theme's icon font down to the icons that the book shows: 156 kB become a few."""

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

WORD = re.compile(r"\bfa-[a-z][\w-]+")
# .fa-play-circle:before,.fa-circle-play:before{content:"\f144"}
NAMED = re.compile(r"((?:\.fa-[\w-]+::?before,?)+)\{content:\s*\"\\([0-9a-f]+)\"\}")
PLAIN = re.compile(r"(?:content|--pst-icon[\w-]*):\s*[\"']\\(f[0-9a-f]{3})[\"']")


def code_points(html):
    """The icons that pages, scripts and styles of the site ask for."""
    # JupyterLite in lite/ draws its own.
    ours = [path for path in html.rglob("*") if path.relative_to(html).parts[0] != "lite"]
    styles = [path.read_text(encoding="utf-8") for path in ours if path.suffix == ".css"]
    users = [path for path in ours if path.suffix == ".html"] + [*html.glob("_static/**/*.js")]
    users = [path for path in users if "fontawesome" not in path.name]  # it lists all there are
    words = {word for path in users for word in WORD.findall(path.read_text(encoding="utf-8"))}
    found = set()
    for style in styles:
        for names, code in NAMED.findall(style):
            if words & set(WORD.findall(names)):
                found.add(int(code, 16))
        rest = NAMED.sub("", style)
        found.update(int(code, 16) for code in PLAIN.findall(rest))
        found.update(ord(letter) for letter in rest if "\ue000" <= letter <= "\uf8ff")
    return found


def cut(app, exception):
    if exception or app.builder.format != "html":
        return
    html = Path(app.outdir)
    wanted = code_points(html)
    for path in html.glob("_static/**/webfonts/fa-*"):
        if path.suffix == ".ttf":
            path.unlink()  # for browsers of before 2016
            continue
        options = Options(flavor="woff2", layout_features=[], notdef_outline=True)
        font = load_font(path, options)
        keep = Subsetter(options)
        keep.populate(unicodes=wanted & set(TTFont(path).getBestCmap()))
        keep.subset(font)
        save_font(font, path, options)


def setup(app):
    app.connect("build-finished", cut, priority=800)  # when every page and part is there
    return {"parallel_read_safe": True}
