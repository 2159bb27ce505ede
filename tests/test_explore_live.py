"""The explorers in a live JupyterLab: every move of a control draws anew in Python."""

import pytest
from lab import open_and_run, running_lab, write_notebook

NOTEBOOK = """
import os
from nnlib import explore, play

def draw(fig, rate, curve, epoch):
    if curve == "broken" and rate > 2:
        raise ValueError("this rate is too much")
    fig.subplots().plot([0, rate], [0, epoch])
    return f"rate {rate}, {curve}, epoch {epoch}, drawn by process {os.getpid()}"

explore(draw, rate=[1, 2, 3, 4, 5], curve=["smooth", "broken"], epoch=play(range(8)))
"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    write_notebook(folder / "demo.ipynb", NOTEBOOK)
    with running_lab(folder) as lab:
        context = browser.new_context(viewport={"width": 1300, "height": 950})
        page = context.new_page()
        page.set_default_timeout(30_000)
        open_and_run(page, lab, "demo.ipynb")
        page.wait_for_selector(".jp-OutputArea .widget-image", timeout=60_000)
        yield page
        context.close()


def picture(page):
    return page.locator(".jp-OutputArea .widget-image").get_attribute("src")


def readout(page):
    return page.locator(".jp-OutputArea .widget-html-content").last


def wait_for_text(page, text):
    readout(page).filter(has_text=text).wait_for()


def test_dragging_a_slider_redraws_from_python(page):
    before = picture(page)
    handle = page.locator(".widget-hslider .noUi-handle").first
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    track = page.locator(".widget-hslider .noUi-target").first.bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + track["width"] * 0.55, y, steps=8)
    page.mouse.up()
    wait_for_text(page, "rate 3, smooth, epoch 0, drawn by process")
    assert picture(page) != before


def test_arrow_keys_move_the_slider_and_not_the_notebook(page):
    page.locator(".widget-hslider .noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    wait_for_text(page, "rate 4, smooth")
    page.keyboard.press("ArrowLeft")
    wait_for_text(page, "rate 3, smooth")


def test_an_error_in_draw_is_shown_and_the_slider_lives_on(page):
    before = picture(page)
    page.locator(".widget-toggle-button", has_text="broken").click()
    wait_for_text(page, "this rate is too much")
    assert picture(page) == before
    page.locator(".widget-toggle-button", has_text="smooth").click()
    wait_for_text(page, "rate 3, smooth")


def test_play_walks_through_the_epochs(page):
    page.locator(".widget-play button").first.click()
    wait_for_text(page, "epoch 7")
