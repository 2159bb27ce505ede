"""Pack the book for an e-reader, from the built site: _build/book.epub, or some of its pages.

    python tools/epub.py                            the whole book
    python tools/epub.py chapters/05-backpropagation --out five.epub

The pages are those of the printed book. An e-reader sets formulas by itself, so they go as MathML;
pictures go as PNG, which every e-reader knows. Pandoc makes one file of it all.
"""

import sys
import tempfile
import textwrap
import time
import uuid
from datetime import date
from pathlib import Path

import pypandoc
from fontTools.subset import Options, Subsetter, load_font, save_font
from paper import ROOT, address_of, article, asked_for, cover, korean, settings, source_of
from PIL import Image, ImageDraw
from serve import SITE

sys.path.append(str(ROOT / "_ext"))

import cards

STYLE = Path(__file__).with_name("epub.css")
JACKET = (1200, 1800)  # pixels
# Code is told apart by weight and slant: many e-readers are gray.
PANDOC = """--mathml --toc --toc-depth=2 --split-level=1 --syntax-highlighting=monochrome
    --fail-if-warnings"""


def formulas(body):
    """Of what KaTeX wrote for browsers, keep the MathML in it."""
    for each in body.select(".katex"):
        whole = each.find_parent(class_="katex-display") or each
        whole.replace_with(each.math.extract())


def marks(body):
    """Write as Pandoc reads it: code names its language, and what has a class is no plain <p>."""
    for each in body.select(".highlight-ipython3 pre, .highlight-python pre"):
        each.string = each.get_text()
        each["class"] = "python"
    for each in body.select("p[class]"):
        each.name = "div"


def sections(body):
    """Take the wraps off the headings, where Pandoc looks for chapters. {old place: new place}."""
    moved = {}
    for each in body.select("section[id]"):
        heading = each.find(["h1", "h2", "h3", "h4"])
        heading["id"] = body["id"] if heading.name == "h1" else each["id"]
        moved[f"#{each['id']}"] = f"#{heading['id']}"
        each.unwrap()
    return moved


def pictures(body, folder):
    """Put the pictures into the folder as PNG, in 256 colors: drawings need no more."""
    for each in body.select("img"):
        source = SITE.parent / each["src"]
        if source.suffix == ".webp":
            png = folder / f"{source.parent.name}-{source.stem}.png"
            with Image.open(source) as image:
                image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(png)
            source = png
        each["src"] = str(source)


def jacket(title, kind, path):
    """The front of the book: its name, over one of its pictures."""
    image = Image.new("RGB", JACKET, cards.PAPER)
    draw, margin = ImageDraw.Draw(image), 90
    width, top = JACKET[0] - 2 * margin, 330
    draw.rectangle((0, 0, JACKET[0], 24), fill=cards.ACCENT)
    for line in textwrap.wrap(title, 16):
        draw.text((margin, top), line, cards.INK, cards.font("DejaVuSans-Bold.ttf", 96))
        top += 130
    draw.text((margin, top + 30), kind, cards.ACCENT, cards.font("DejaVuSans.ttf", 46))
    with Image.open(SITE / cover()) as picture:
        shown = picture.convert("RGB").resize(
            (width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS
        )
    image.paste(shown, (margin, JACKET[1] - margin - shown.height))
    image.save(path)


def letters(html, path):
    """Of the Korean font the letters that the book uses: not every e-reader has them."""
    options = Options(flavor="woff2", layout_features=[])
    with load_font(korean(), options) as font:
        subset = Subsetter(options)
        subset.populate(text=html)
        subset.subset(font)
        save_font(font, path, options)


def document(names, folder, address=""):
    """The HTML of the book with these pages, its pictures in the folder."""
    title, kind, _ = settings()
    known = {f"{name}.html" for name in names}
    bodies, moved = [], {}
    for name in names:
        body = article(source_of(name), f"{name}.html", known, address)
        formulas(body)
        marks(body)
        moved |= sections(body)
        pictures(body, folder)
        bodies.append(body)
    for each in (link for body in bodies for link in body.select("a[href]")):
        each["href"] = moved.get(each["href"], each["href"])
    pages = "\n".join(body.decode_contents() for body in bodies)
    return f"<title>{title}: {kind}</title>\n{pages}"


def pack(names, path, address=""):
    title, kind, license = settings()
    about = {
        "title": title,
        "subtitle": kind,
        "lang": "en-US",
        "rights": license,
        "date": f"{date.today():%Y-%m-%d}",
        # The same book when it is packed again: a reader's place in it is kept.
        "identifier": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, title)}",
    }
    with tempfile.TemporaryDirectory() as folder:
        front, font = Path(folder, "front.png"), Path(folder, "korean.woff2")
        jacket(title, kind, front)
        html = document(names, Path(folder), address)
        letters(html, font)
        pypandoc.convert_text(
            html,
            "epub3",
            format="html-auto_identifiers",
            outputfile=str(path),
            extra_args=[
                *PANDOC.split(),
                f"--css={STYLE}",
                f"--epub-cover-image={front}",
                f"--epub-embed-font={font}",
                *(f"--metadata={name}={value}" for name, value in about.items()),
            ],
        )


def main():
    names, out = asked_for(__doc__, "book.epub")
    begun = time.monotonic()
    pack(names, out, address_of())
    size = out.stat().st_size / 1e6
    print(f"{out}: {size:.1f} MB, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
