"""The book on an e-reader: two pages are packed, and read back."""

import io
import zipfile
from urllib.parse import unquote, urldefrag, urljoin
from xml.etree import ElementTree

import epub
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image

PAGES = ["chapters/04-losses-and-outputs", "glossary"]


@pytest.fixture(scope="module")
def packed(site, tmp_path_factory):
    path = tmp_path_factory.mktemp("epub") / "two.epub"
    epub.pack(PAGES, path)
    with zipfile.ZipFile(path) as book:
        yield book


@pytest.fixture(scope="module")
def texts(packed):
    """{name: the page}. One that is no XML would not open on an e-reader."""
    pages = {name: packed.read(name) for name in packed.namelist() if name.endswith(".xhtml")}
    for text in pages.values():
        ElementTree.fromstring(text)
    return {name: BeautifulSoup(text, "html.parser") for name, text in pages.items()}


def page_of(texts, title):
    (page,) = [page for page in texts.values() if page.h1 and page.h1.text == title]
    return page


def test_an_e_reader_knows_what_it_is_by_its_first_bytes(packed):
    first = packed.infolist()[0]
    assert (first.filename, packed.read(first)) == ("mimetype", b"application/epub+zip")
    assert first.compress_type == zipfile.ZIP_STORED


def test_each_page_is_a_chapter_and_the_contents_name_it(texts):
    contents = texts["EPUB/nav.xhtml"].find("nav", id="toc")
    chapters = [line.a.text for line in contents.ol.find_all("li", recursive=False)]
    assert chapters[-2:] == ["4 · Losses and outputs", "Glossary"]
    assert len([a for a in contents.select("a") if a.text in ("Answers", "Solutions")]) == 2


def test_every_link_within_leads_somewhere(texts, packed):
    names, followed = set(packed.namelist()), 0
    for name, page in texts.items():
        for each in page.select("[href], [src]"):
            address = each.get("href") or each.get("src")
            if "://" in address or address.startswith("mailto:"):
                continue
            target, anchor = urldefrag(urljoin(name, unquote(address)))
            assert target in names, f"{name} asks for {address}"
            if anchor:
                assert texts[target].find(id=anchor), f"{name} points to {address}"
                followed += 1
    assert followed > 20


def test_formulas_are_mathml_and_code_is_code(texts):
    chapter = page_of(texts, "4 · Losses and outputs")
    assert len(chapter.find_all("math")) > 50
    assert "\\frac" not in "".join(
        each.text for each in chapter.find_all(["p", "li"]) if not each.find("annotation")
    )
    assert chapter.select("pre.python span.kw")
    assert not chapter.select(".katex, script, button, input")


def test_pictures_are_png_and_say_what_they_show(texts, packed):
    pictures = [each for page in texts.values() for each in page.find_all("img")]
    assert len(pictures) > 5
    for each in pictures:
        data = packed.read("EPUB/" + each["src"].removeprefix("../"))
        assert Image.open(io.BytesIO(data)).format == "PNG"
        assert each["alt"]


def test_korean_brings_its_letters(texts, packed):
    words = "".join(each.text for each in page_of(texts, "Glossary").find_all(lang="ko"))
    font = TTFont(io.BytesIO(packed.read("EPUB/fonts/korean.woff2")))
    assert len(words) > 100
    assert {ord(letter) for letter in words if letter != " "} <= set(font.getBestCmap())
