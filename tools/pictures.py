"""Draw the README's pictures anew from the built site: a page, and a slider that is dragged."""

import argparse
import io
from pathlib import Path

from browser import chromium
from PIL import Image
from serve import SITE, serving

IMAGES = Path(__file__).resolve().parent.parent / "images"
PAGE = "chapters/11-optimizers.html"
EXPLORER = 'figure.explore[data-name="heavy_ball"]'
CONTROL = "momentum"
SETTING = "heavy_ball.momentum=0.9"  # a link to a setting opens what a question hides
WINDOW = {"width": 1180, "height": 820}
HEADER = 70  # pixels at the top of the page, which lie over it
FRAME = 720  # pixels across, of the picture that moves
SHORT, LONG = 260, 1500  # milliseconds that a frame stays; the first and the last stay longer


def pixels(shot):
    return Image.open(io.BytesIO(shot)).convert("RGB")


def page_picture(page):
    """What a reader sees who has scrolled to the explorer."""
    figure = page.locator(EXPLORER).first
    figure.evaluate(f"e => window.scrollBy(0, e.getBoundingClientRect().top - {HEADER})")
    page.wait_for_timeout(500)
    return pixels(page.screenshot())


def drag(figure, control):
    """The explorer at every stop of a slider, from the first to the last."""
    slider = figure.locator(f'[data-control="{control}"] input[type=range]')
    picture = figure.locator("img.explore-picture")
    for stop in range(int(slider.get_attribute("max")) + 1):
        slider.fill(str(stop))
        slider.blur()  # without the frame that shows where the keyboard is
        picture.evaluate("image => image.decode()")
        yield pixels(figure.screenshot())


def save_moving(frames, path):
    """There and back again, without a jump where it begins anew."""
    width, height = FRAME, round(frames[0].height * FRAME / frames[0].width)
    small = [frame.resize((width, height), Image.Resampling.LANCZOS) for frame in frames]
    loop = [*small, *small[-2:0:-1]]
    stays = [SHORT] * len(loop)
    stays[0] = stays[len(small) - 1] = LONG
    loop[0].save(
        path, save_all=True, append_images=loop[1:], duration=stays, loop=0, quality=80, method=6
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    if not (SITE / PAGE).is_file():
        parser.exit(1, f"There is no {PAGE} in {SITE} yet: run `make book` first.\n")
    with serving(SITE) as address, chromium() as browser:
        page = browser.new_page(viewport=WINDOW, color_scheme="light")
        page.goto(f"{address}/{PAGE}?{SETTING}", wait_until="networkidle")
        page.add_style_tag(content="#pst-back-to-top { display: none !important }")
        page_picture(page).quantize(256).save(IMAGES / "book.png", optimize=True)
        page.set_viewport_size({"width": FRAME, "height": WINDOW["height"]})
        frames = list(drag(page.locator(EXPLORER).first, CONTROL))
        save_moving(frames, IMAGES / "slider.webp")
    for name in ("book.png", "slider.webp"):
        print(f"images/{name}: {(IMAGES / name).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
