"""Print the whole book from the built site: _build/book.pdf, or some of its pages.

    python tools/pdf.py                            the whole book
    python tools/pdf.py chapters/05-backpropagation --out five.pdf

All pages become one document, which Chromium prints: so links lead to pages, and the numbers of
the pages run through. It prints twice, since a table of contents has to know those numbers.
"""

import os
import sys
import time
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urljoin

from browser import chromium
from bs4 import BeautifulSoup
from paper import address_of, article, asked_for, cover, korean, place, settings, source_of
from pypdf import PdfReader
from serve import SITE

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "_ext"))

import npm  # noqa: E402

STYLE = Path(__file__).with_name("pdf.css")
MINUTES = 10
# The same letters on every machine, Korean ones too; the formulas bring their own.
SERIF = "@fontsource/source-serif-4@5.3.1"
SERIF_SHA512 = (
    "cWcTCXjYYrgF9A67fThVir1VSc0lPEYmwQ6jA4pPt01s2MSCi/maINUcZoCzaqnU8fyUReDO97eGcBUkHgOeug=="
)
RANGES = {  # which letters a file of the serif holds
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02DC, U+2000-206F, U+20AC, U+2122, U+2212",
    "latin-ext": "U+0100-0130, U+0132-0151, U+0154-02BA, U+1E00-1EFF",
    "greek": "U+0370-03FF",
}
WIDTH = 658  # CSS pixels of a line: A4 without its margins, as pdf.css has them

# Make what is wider than the paper as narrow as the paper.
FIT = """() => {
    let smallest = 1;
    document.querySelectorAll('.katex-display, table').forEach(each => {
        const room = each.parentElement.clientWidth;
        const wide = Math.max(each.scrollWidth, each.getBoundingClientRect().width);
        if (room && wide > room + 1) {
            each.style.zoom = room / wide;
            smallest = Math.min(smallest, room / wide);
        }
    });
    return smallest;
}"""
READY = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map(image => image.decode()));
}"""
# Write the numbers of the pages into the table of contents.
FILL = """numbers => document.querySelectorAll('.paper-number').forEach(each => {
    each.textContent = numbers[each.parentElement.hash.slice(1)] || '';
})"""
PAPER = dict(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def fonts():
    """The style rules that name the fonts, fetched once into the environment."""
    serif = npm.fetch(SERIF, SERIF_SHA512, {"files/*-[46]00-*.woff2": "fonts"}) / "fonts"
    rules = [
        f"@font-face {{ font-family: Book; font-weight: {weight}; font-style: {style}; "
        f"src: url({(serif / f'source-serif-4-{letters}-{weight}-{style}.woff2').as_uri()}); "
        f"unicode-range: {covers}; }}"
        for letters, covers in RANGES.items()
        for weight in (400, 600)
        for style in ("normal", "italic")
    ]
    rules.append(
        f"@font-face {{ font-family: Korean; src: url({korean().as_uri()}); "
        "unicode-range: U+1100-11FF, U+3130-318F, U+AC00-D7AF; }"
    )
    return "\n".join(rules)


def compose(names, address=""):
    """The HTML of the document with these pages; the contents have no page numbers yet."""
    articles, heads, sheets = [], [], {}
    for name in names:
        html = source_of(name)
        # A page names only the style sheets that it needs itself.
        head = BeautifulSoup(html.partition("</head>")[0], "html.parser")
        for sheet in head.select("link[rel=stylesheet]"):
            sheets[urljoin(f"html/{name}.html", sheet["href"]).split("?")[0]] = None
        body = article(html, f"{name}.html", {f"{each}.html" for each in names}, address)
        title = body.h1.get_text().strip()
        body["style"] = f"page: {page_name(name)}"
        heads.append(f"@page {page_name(name)} {{ @top-left {{ content: {css_string(title)}; }} }}")
        articles.append(body)
    title, kind, license = settings()
    return PAGE.format(
        title=escape(title),
        picture=f"html/{cover()}",
        kind=escape(kind),
        read=f'<p>With its sliders: <a href="{address}">{address}</a></p>' if address else "",
        license=escape(license),
        day=f"{date.today():%B %Y}",
        sheets="\n".join(f'<link rel="stylesheet" href="{each}">' for each in sheets),
        style="\n".join([fonts(), STYLE.read_text(encoding="utf-8"), *heads]),
        contents="\n".join(entry for body in articles for entry in entries(body)),
        pages="\n".join(map(str, articles)),
    )


def page_name(name):
    return "paper-" + place(name)


def css_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def entries(body):
    """A page's lines in the table of contents: its title and its sections."""
    for heading in body.select("h1, h2"):
        target = body if heading.name == "h1" else heading.find_parent("section")
        yield (
            f'<p class="paper-entry-{heading.name}"><a href="#{target["id"]}">'
            f'<span>{heading.decode_contents()}</span><span class="paper-number"></span></a></p>'
        )


PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light">
<head>
<meta charset="utf-8">
<title>{title}: {kind}</title>
{sheets}
<style>
{style}
</style>
</head>
<body>
<section class="paper-title">
<h1>{title}</h1>
<p class="paper-kind">{kind}</p>
<img src="{picture}" alt="">
{read}
<p>{license}</p>
<p>Printed in {day}. Pictures with sliders are shown as they begin.</p>
</section>
<section class="paper-contents">
<h1>Contents</h1>
{contents}
</section>
{pages}
</body>
</html>
"""


def print_pdf(browser, html, path):
    """Print the HTML; returns how far the widest thing on it had to be narrowed."""
    # Beside the site, whose pictures it shows; two may print at the same time.
    source = SITE.parent / f"paper-{os.getpid()}.html"
    source.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    page.set_default_timeout(MINUTES * 60_000)
    page.emulate_media(media="print")
    page.goto(source.as_uri())
    page.evaluate(READY)
    narrowed = page.evaluate(FIT)
    page.pdf(path=path, **PAPER)
    page.evaluate(FILL, page_numbers(path))
    page.pdf(path=path, **PAPER)
    page.close()
    source.unlink()
    return narrowed


def page_numbers(path):
    """{place in the document: the number of its page}."""
    reader = PdfReader(path)
    return {
        name.lstrip("/"): reader.get_destination_page_number(target) + 1
        for name, target in reader.named_destinations.items()
    }


def main():
    names, out = asked_for(__doc__, "book.pdf")
    begun = time.monotonic()
    with chromium() as browser:
        print_pdf(browser, compose(names, address_of()), out)
    pages, size = len(PdfReader(out).pages), out.stat().st_size / 1e6
    print(f"{out}: {pages} pages, {size:.1f} MB, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
