"""The picture that a shared link to a page shows: the chapter's title, over its own explorer.

They are made from the pictures of the gallery on the front page, for a site that has an address.
"""

from pathlib import Path
from urllib.parse import unquote

import gallery
import matplotlib
from bs4 import BeautifulSoup
from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)  # what the places where links are shared ask for
MARGIN = 50
INK, ACCENT, PAPER = "#1b1f24", "#0062a3", "#ffffff"
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")  # of the book's own figures
BOOK = "03-forward"  # whose picture stands for pages that are no chapter


def font(name, size):
    return ImageFont.truetype(FONTS / name, size)


def fitting(text, name, size, width):
    """The font at this size, or at the largest below it at which the text fits."""
    while font(name, size).getlength(text) > width:
        size -= 2
    return font(name, size)


def card(title, book, picture):
    """The title, the book's name and the picture on one card."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    draw.rectangle((0, 0, SIZE[0], 12), fill=ACCENT)
    draw.text(
        (MARGIN, 62), title, INK, fitting(title, "DejaVuSans-Bold.ttf", 60, width), anchor="lm"
    )
    draw.text((MARGIN, 118), book, ACCENT, fitting(book, "DejaVuSans.ttf", 28, width), anchor="lm")
    top = 146
    shown = picture.convert("RGB")
    room = (width, SIZE[1] - top - 14)
    scale = min(room[0] / shown.width, room[1] / shown.height)
    shown = shown.resize(
        (round(shown.width * scale), round(shown.height * scale)), Image.Resampling.LANCZOS
    )
    image.paste(shown, ((SIZE[0] - shown.width) // 2, top))
    return image


def make(app, exception):
    """A card for every chapter of the gallery, and one for all other pages."""
    out = Path(app.outdir)
    index = out / "index.html"
    if exception or app.builder.format != "html" or not app.config.html_baseurl:
        return
    folder = out / "cards"
    folder.mkdir(exist_ok=True)
    page = BeautifulSoup(index.read_text(encoding="utf-8"), "html.parser")
    book, _, kind = app.config.html_title.partition(": ")
    for link in page.select("a.gallery-card"):
        source = out / unquote(link.img["src"])
        title = link.select_one(".gallery-title").get_text()
        name = Path(link["href"]).stem
        with Image.open(source) as picture:
            save(card(title, book, picture), folder / f"{name}.png")
            if name == BOOK:
                save(card(book, kind, picture), folder / "book.png")


def save(image, path):
    # 64 colors: these are drawings, and a card should come quickly.
    image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def setup(app):
    app.setup_extension(gallery.__name__)
    app.connect("build-finished", make, priority=870)  # when the gallery has its pictures
    return {"parallel_read_safe": True}
