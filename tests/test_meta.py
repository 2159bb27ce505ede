"""What search engines and shared links see of a page."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from cards import PAPER, SIZE, card
from docutils.core import publish_doctree
from meta import LONGEST, description
from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent

META = re.compile(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">')
PAGES = [
    f"{name}.html"
    for name in re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Title\n=====\n\n**What is it?\nWho knows? Somebody does.**", "What is it? Who knows?"),
        ("Too short.\n\nA sentence that is long enough to describe.", "A sentence that is long"),
        ("With :math:`x` nobody can read it in a result.\n\n" + "Words and more. " * 20, "Words"),
        ("One sentence of words is before it.\nThen :math:`x` comes.", "One sentence of words"),
        ("Nothing here ends like a sentence, so it says nothing", ""),
    ],
)
def test_a_page_is_described_by_its_first_whole_sentences(text, said):
    found = description(publish_doctree(text))
    assert found.startswith(said)
    assert bool(found) == bool(said)
    assert len(found) <= LONGEST


def tags(site, name):
    html = (site / name).read_text(encoding="utf-8").partition("</head>")[0]
    found = {}
    for key, value in META.findall(html):
        found.setdefault(key, []).append(unescape(value))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_page_describes_itself_once(site, name):
    found = tags(site, name)
    assert len(found["og:title"]) == 1
    for key in ("description", "og:description"):
        assert len(found[key]) == 1
        assert 30 < len(found[key][0]) < 320


def test_descriptions_differ(site):
    said = [tags(site, name)["description"][0] for name in PAGES]
    assert len(set(said)) == len(said)


def test_a_chapter_is_a_resource_for_learning(site):
    for name in (name for name in PAGES if name.startswith("chapters/")):
        html = (site / name).read_text(encoding="utf-8")
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
        about = json.loads(data)
        assert about["@type"] == "LearningResource"
        assert about["description"] == tags(site, name)["description"][0]


@pytest.mark.parametrize("size", [(800, 438), (800, 800), (300, 900)])
def test_a_card_shows_its_title_and_picture_whole(size):
    title = "A title that is so long that it would never fit at its full size"
    image = card(title, "The book", Image.new("RGB", size, "#d55e00"))
    assert image.size == SIZE
    margins = image.crop((0, 13, 40, SIZE[1])), image.crop((SIZE[0] - 40, 13, *SIZE))
    assert all(ImageChops.invert(each).getbbox() is None for each in margins), "nothing is cut off"
    colors = {color: n for n, color in image.getcolors(maxcolors=1 << 24)}
    shown = colors[(0xD5, 0x5E, 0x00)]
    assert shown == pytest.approx(size[0] * size[1] * (470 / size[1]) ** 2, rel=0.02)
    assert PAPER == "#ffffff"
