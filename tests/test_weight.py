"""What a page costs to read: bytes before a slider is touched, and with all its pictures."""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))
PACKED = {".webp", ".woff2", ".png", ".ico"}  # packed already: gzip would gain nothing
MB = 1_000_000
LIGHT = 300_000  # bytes: a second and a half on a slow line

# The icons that a page shows before or after its elements, as numbers.
LETTERS = """() => [...document.querySelectorAll('*')].flatMap(element =>
    ['::before', '::after'].flatMap(side => {
        const style = getComputedStyle(element, side);
        const solid = /Font Awesome/.test(style.fontFamily) && !/Brands/.test(style.fontFamily);
        const code = style.content.charCodeAt(1);
        return solid && code >= 0xe000 && code <= 0xf8ff ? [code] : [];
    }))"""


def over_the_wire(path):
    """Bytes of a file as a server with gzip sends it."""
    data = path.read_bytes()
    return len(data) if path.suffix in PACKED else len(gzip.compress(data, 6))


@pytest.mark.parametrize("name", ["index", *(f"chapters/{name}" for name in CHAPTERS)])
def test_a_page_is_light_before_a_slider_is_touched(name, browser, base_url, site):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    asked = set()
    page.on("request", lambda request: asked.add(unquote(urlsplit(request.url).path)))
    page.goto(f"{base_url}/{name}.html", wait_until="networkidle")
    page.close()
    weight = {path: over_the_wire(site / path.lstrip("/")) for path in asked}
    assert len(weight) > 15
    heaviest = sorted(weight, key=weight.get)[-5:]
    assert sum(weight.values()) < LIGHT, {path: weight[path] for path in heaviest}


@pytest.mark.parametrize("name", CHAPTERS)
def test_all_pictures_of_a_chapter_weigh_less_than_6_mb(name, site):
    page = (site / "chapters" / f"{name}.html").read_text(encoding="utf-8")
    folders = set(re.findall(r"_frames/([\w.-]+)/", page))
    assert folders
    files = [file for folder in folders for file in (site / "_frames" / folder).iterdir()]
    assert sum(file.stat().st_size for file in files) < 6 * MB


def test_the_cut_icon_font_holds_every_icon_that_pages_show(browser, site):
    """Icons are letters of a private range: those that pages ask for must be in the font."""
    (path,) = site.glob("_static/**/webfonts/fa-solid-900.woff2")
    assert path.stat().st_size < 20_000
    has = set(TTFont(path).getBestCmap())
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    shown = set()
    for file in [site / "index.html", *sorted((site / "chapters").glob("*.html"))]:
        page.goto(file.as_uri())
        shown |= set(page.evaluate(LETTERS))
    page.close()
    assert len(shown) > 5
    assert shown <= has
