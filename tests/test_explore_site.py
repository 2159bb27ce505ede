"""The explorers of the built site, moved in a real browser by mouse, by keyboard and by Play."""

import json

import pytest
from conftest import WIDE, chapters_with
from walk import open_predictions, wait_for_picture


@pytest.fixture(scope="module")
def pages(site):
    """The pages that hold explorers."""
    return chapters_with(site, 'class="explore"')


def walk(root, pages):
    """A third of the pages from a server; from a disk, where only the addresses differ, two.

    One script moves all explorers. What each has of its own, its pictures and its sentences, is
    tried on every page by `test_every_stop_shows_its_own_picture_and_sentence`.
    """
    return pages[::3] if root.startswith("http") else pages[1:3]


def explorers(page):
    """Every explorer of the page, switched on, as (figure, its data)."""
    page.wait_for_selector("figure.explore-on", state="attached")
    open_predictions(page)
    found = page.locator("figure.explore").all()
    assert page.locator("figure.explore-on").count() == len(found)
    names = [figure.get_attribute("data-name") for figure in found]
    assert len(set(names)) == len(names), f"{page.url}: two explorers of one name"
    for figure in found:
        yield figure, json.loads(figure.locator(".explore-data").text_content())


def seen(figure):
    """What the reader meets: the picture's file, its description, and the sentence."""
    picture = figure.locator(".explore-picture")
    wait_for_picture(picture)
    return picture.get_attribute("src"), picture.get_attribute("alt"), says(figure)


def says(figure):
    return figure.locator(".explore-says").text_content()


def wait_for_change(figure, before):
    handle = figure.locator(".explore-picture").element_handle()
    figure.page.wait_for_function(
        "([p, old]) => p.getAttribute('src') !== old", arg=[handle, before[0]]
    )


def test_sliders_answer_to_keys(page, root, pages):
    for name in walk(root, pages):
        page.goto(f"{root}/{name}")
        for figure, data in explorers(page):
            for slider in figure.locator("input[type=range]").all():
                before = seen(figure)
                text = slider.get_attribute("aria-valuetext")
                at_end = slider.input_value() == slider.get_attribute("max")
                slider.focus()
                page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
                wait_for_change(figure, before)
                after = seen(figure)
                assert slider.get_attribute("aria-valuetext") != text
                assert after[1] == after[2]
                assert after[2] in data["says"]


def test_sliders_answer_to_the_mouse(page, root, pages):
    for name in walk(root, pages[1:]):
        page.goto(f"{root}/{name}")
        for figure, data in explorers(page):
            for slider in figure.locator("input[type=range]").all():
                before, last = seen(figure), int(slider.get_attribute("max"))
                slider.scroll_into_view_if_needed()
                box = slider.bounding_box()
                to_left = int(slider.input_value()) > last / 2
                x = box["x"] + (6 if to_left else box["width"] - 6)
                y = box["y"] + box["height"] / 2
                page.mouse.move(box["x"] + box["width"] / 2, y)
                page.mouse.down()
                page.mouse.move(x, y, steps=5)
                page.mouse.up()
                assert slider.input_value() == ("0" if to_left else str(last))
                wait_for_change(figure, before)
                assert seen(figure)[2] in data["says"]


# Puts every control on its first stop and on its last, and notes what is seen there:
# [where all controls stand, the picture's file, its description, the sentence].
TRY_ENDS = """async figure => {
    const positions = () => [...figure.querySelectorAll('.explore-control')].map(control => {
        const slider = control.querySelector('input[type=range]');
        if (slider) return Number(slider.value);
        return [...control.querySelectorAll('input[type=radio]')].findIndex(r => r.checked);
    });
    const picture = figure.querySelector('.explore-picture'), seen = [];
    for (const control of figure.querySelectorAll('.explore-control')) {
        const slider = control.querySelector('input[type=range]');
        const choices = control.querySelectorAll('input[type=radio]');
        for (const at of [0, slider ? Number(slider.max) : choices.length - 1]) {
            const chosen = slider || choices[at], before = picture.getAttribute('src');
            const moves = slider ? Number(slider.value) !== at : !chosen.checked;
            if (slider) slider.value = at; else chosen.checked = true;
            chosen.dispatchEvent(new Event('input', {bubbles: true}));
            const end = performance.now() + 10000;
            while (moves && picture.getAttribute('src') === before && performance.now() < end)
                await new Promise(done => setTimeout(done, 5));
            const says = figure.querySelector('.explore-says').textContent;
            seen.push([positions(), picture.getAttribute('src'), picture.alt, says]);
        }
    }
    return seen;
}"""


def test_every_stop_shows_its_own_picture_and_sentence(page, base_url, pages):
    """The index that the script computes is the one the pictures were drawn with."""
    for name in pages:
        page.goto(f"{base_url}/{name}")
        for figure, data in explorers(page):
            wait_for_picture(figure.locator(".explore-picture"))
            tried = figure.evaluate(TRY_ENDS)
            assert len(tried) == 2 * len(data["stops"])
            for positions, picture, alt, says in tried:
                wanted = number(positions, data)
                assert picture.endswith(f"/{wanted}.webp")
                assert alt == says == data["says"][wanted]


def number(positions, data):
    """The number of the picture drawn with these stops, the last control moving fastest."""
    index = 0
    for at, stops in zip(positions, data["stops"], strict=True):
        index = index * len(stops) + at
    return index


def choose(control, at):
    """Put a slider or a group of buttons on its stop number `at`."""
    control.evaluate(
        """(control, at) => {
            const slider = control.querySelector('input[type=range]');
            const chosen = slider || control.querySelectorAll('input[type=radio]')[at];
            if (slider) slider.value = at; else chosen.checked = true;
            chosen.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        at,
    )


def test_buttons_answer_to_click_and_keys(page, base_url, pages):
    tried = 0
    for name in walk(base_url, pages[2:]):
        page.goto(f"{base_url}/{name}")
        for figure, data in explorers(page):
            for group in figure.locator(".explore-choice").all():
                options = group.locator("input")
                chosen = next(i for i, one in enumerate(options.all()) if one.is_checked())
                other = 1 if chosen == 0 else chosen - 1
                before = seen(figure)
                group.locator("label").nth(other).click()
                wait_for_change(figure, before)
                assert options.nth(other).is_checked()
                before = seen(figure)
                options.nth(other).focus()
                page.keyboard.press("ArrowLeft" if chosen < other else "ArrowRight")
                wait_for_change(figure, before)
                assert options.nth(chosen).is_checked()
                assert says(figure) in data["says"]
                tried += 1
    assert tried


def test_play_runs_to_the_end_and_stops_on_request(page, root, pages):
    tried = 0
    for name in walk(root, pages):
        page.goto(f"{root}/{name}")
        for figure, _ in explorers(page):
            button = figure.locator(".explore-play").first
            if not button.count():
                continue
            slider = page.locator(f"#{button.get_attribute('data-for')}")
            choose(figure.locator(".explore-control", has=slider), 0)
            button.click()
            last = slider.get_attribute("max")
            page.wait_for_function(
                "([s, n]) => s.value === n", arg=[slider.element_handle(), last], timeout=60_000
            )
            page.wait_for_function(
                "b => b.getAttribute('aria-pressed') === 'false'", arg=button.element_handle()
            )
            button.click()  # from the end it begins again
            page.wait_for_function("s => Number(s.value) >= 1", arg=slider.element_handle())
            button.click()
            assert button.get_attribute("aria-pressed") == "false"
            stopped = slider.input_value()
            page.wait_for_timeout(500)
            assert slider.input_value() == stopped != last
            tried += 1
            break  # one of each page: a run takes seconds
    assert tried


def test_with_less_motion_play_moves_one_stop(browser, base_url, pages):
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    for name in pages:
        page.goto(f"{base_url}/{name}")
        buttons = page.locator("figure.explore-on .explore-play")
        if buttons.count():
            break
    slider = page.locator(f"#{buttons.first.get_attribute('data-for')}")
    slider.evaluate("s => s.value = 0")
    buttons.first.click()
    page.wait_for_timeout(700)
    assert slider.input_value() == "1"
    context.close()


# Elements that move by themselves when they change.
MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
    const style = getComputedStyle(e);
    return style.transitionDuration.split(', ').some(time => parseFloat(time) > 0) ||
        style.animationName !== 'none' || style.scrollBehavior === 'smooth';
}).length"""


@pytest.mark.parametrize("folder", ["chapters", "slides"])
def test_with_less_motion_nothing_glides(browser, base_url, pages, folder):
    name = pages[0].replace("chapters/", f"{folder}/")
    moving = {}
    for wish in ("reduce", "no-preference"):
        context = browser.new_context(viewport=WIDE, reduced_motion=wish)
        page = context.new_page()
        page.goto(f"{base_url}/{name}")
        moving[wish] = page.evaluate(MOVING)
        context.close()
    assert moving["reduce"] == 0 < moving["no-preference"]


def test_without_a_script_the_first_picture_stands(browser, root, pages):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    for name in walk(root, pages):
        page.goto(f"{root}/{name}")
        for figure in page.locator("figure.explore").all():
            picture = figure.locator(".explore-picture")
            picture.scroll_into_view_if_needed()
            assert picture.bounding_box()["width"] > 300
            assert len(picture.get_attribute("alt")) > 20
            assert picture.get_attribute("alt") == says(figure)
            assert figure.locator("input").first.is_disabled()
    context.close()


# Notes every change that a screen reader would read out by itself, whoever makes it.
LISTEN = """figure => {
    const live = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], ' +
        'output:not([aria-live=off])';
    window.readOut = [];
    const note = () => figure.querySelectorAll(live).forEach(region => {
        if (region.textContent !== region.last) window.readOut.push(region.textContent);
        region.last = region.textContent;
    });
    figure.querySelectorAll(live).forEach(region => region.last = region.textContent);
    new MutationObserver(note).observe(
        figure, {subtree: true, childList: true, characterData: true});
}"""


def test_a_sentence_is_read_out_once_the_slider_rests(page, base_url, pages):
    page.goto(f"{base_url}/{pages[0]}")
    figure, data = next(explorers(page))
    seen(figure)
    slider = figure.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(800)
    figure.evaluate(LISTEN)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(120)
    assert page.evaluate("readOut") == []
    page.wait_for_timeout(800)
    assert page.evaluate("readOut") == [says(figure)]
    assert says(figure) in data["says"]


def test_play_is_read_out_once_at_its_end(page, base_url, pages):
    for name in pages:
        page.goto(f"{base_url}/{name}")
        figures = [figure for figure, _ in explorers(page)]
        figure = next((f for f in figures if f.locator(".explore-play").count()), None)
        if figure:
            break
    button = figure.locator(".explore-play").first
    slider = page.locator(f"#{button.get_attribute('data-for')}")
    choose(figure.locator(".explore-control", has=slider), 0)
    seen(figure)
    page.wait_for_timeout(800)
    figure.evaluate(LISTEN)
    button.click()
    page.wait_for_function("s => s.value === s.max", arg=slider.element_handle(), timeout=60_000)
    page.wait_for_timeout(800)
    assert page.evaluate("readOut") == [says(figure)]


def test_the_address_holds_the_setting_and_leads_back_to_it(page, base_url, pages):
    for name in walk(base_url, pages[1:]):
        page.goto(f"{base_url}/{name}")
        found = list(explorers(page))
        shown = [figure for figure, _ in found if figure.is_visible()]
        figure = next(f for f in shown if f.locator("input[type=range]").count())
        figure.scroll_into_view_if_needed()
        before = seen(figure)
        slider = figure.locator("input[type=range]").first
        at_end = slider.input_value() == slider.get_attribute("max")
        slider.press("ArrowLeft" if at_end else "ArrowRight")
        wait_for_change(figure, before)
        moved = seen(figure)
        page.wait_for_function("() => location.search.includes('.')")
        page.goto(page.url)
        again = page.locator(f'figure.explore-on[data-name="{figure.get_attribute("data-name")}"]')
        page.wait_for_function(
            "([p, src]) => p.getAttribute('src') === src",
            arg=[again.locator(".explore-picture").element_handle(), moved[0]],
        )
        assert seen(again) == moved
        page.wait_for_function(
            """e => { const box = e.getBoundingClientRect();
                   return box.top < innerHeight && box.bottom > 0; }""",
            arg=again.element_handle(),
        )


def test_a_link_that_asks_for_what_is_not_there_shows_the_first_picture(page, base_url, pages):
    page.goto(f"{base_url}/{pages[0]}")
    figure = page.locator("figure.explore-on").first
    figure.scroll_into_view_if_needed()
    first = seen(figure)
    key = f"{figure.get_attribute('data-name')}.nothing"
    page.goto(f"{base_url}/{pages[0]}?{key}=1&x=%3Cscript%3E")
    figure.scroll_into_view_if_needed()
    assert seen(figure) == first
