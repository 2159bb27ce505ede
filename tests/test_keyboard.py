"""Every kind of page by keyboard alone: all is reached, nothing traps, and the focus is seen."""

import contextlib
from types import SimpleNamespace

import pytest
from coloraide import Color
from conftest import WIDE

PHONE = {"width": 360, "height": 740}

CHAPTER = "chapters/05-backpropagation.html"

# A page of every kind; the dark half of them has other colors.
PAGES = [
    ("index.html", "light"),
    (CHAPTER, "light"),
    ("chapters/15-loss-curves.html", "dark"),
    ("progress.html", "dark"),
    ("search.html?q=momentum", "light"),
    ("teaching/11.html", "dark"),
]
DECK = "slides/11-optimizers.html"
MOST = 600  # presses of Tab; a page with more controls than that traps the reader, or wears out

# What can be clicked, as {element: how it looks without focus}, and those no key can reach.
BEGIN = """() => {
    const FOCUS = 'a[href], button, input:not([type=hidden]), select, textarea, summary,' +
        '[tabindex]:not([tabindex="-1"])';
    const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length
        && !e.matches(':disabled') && !e.closest('[inert]');
    const points = e => getComputedStyle(e).cursor === 'pointer';
    // The outlines and shadows of an element, of what is in it and, of a hidden input, beside it.
    const ring = e => [e, ...e.querySelectorAll('*'), e.matches('input') && e.nextElementSibling]
        .filter(Boolean).flatMap(part => {
            const style = getComputedStyle(part), found = [];
            if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
                found.push([style.outlineStyle, style.outlineColor].join(' '));
            if (style.boxShadow !== 'none') found.push('shadow ' + style.boxShadow);
            return found;
        });
    const all = [...document.querySelectorAll('body *')].filter(shown);
    const controls = all.filter(e => e.matches(FOCUS) &&
        !(e.matches('[type=radio]') && !e.checked));
    const keyless = all.filter(e => points(e) && !points(e.parentElement) &&
        !e.closest(FOCUS) && !e.querySelector(FOCUS) && !(e.closest('label') || {}).control);
    window.focusWalk = {ring, controls, before: new Map(controls.map(e => [e, ring(e).join()]))};
    const name = e => e.outerHTML.slice(0, 120);
    window.focusWalk.name = name;
    return {names: controls.map(name), keyless: keyless.map(name)};
}"""

# Where the focus is now: which control, whether it shows, and whether something lies over it.
HERE = """() => {
    const walk = window.focusWalk, e = document.activeElement;
    if (e === document.body || e === null) return null;
    const rings = walk.ring(e), label = e.labels && e.labels[0];
    const boxes = [...(e.matches('[type=radio]') && label ? label : e).getClientRects()];
    const clear = boxes.some(box => [0.1, 0.5, 0.9].some(x => [0.2, 0.5, 0.8].some(y => {
        const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
        return hit && (e.contains(hit) || hit.contains(e) && !hit.matches('body, html, main') ||
            label && label.contains(hit));
    })));
    let behind = e;
    const none = 'rgba(0, 0, 0, 0)';
    while (behind.parentElement && getComputedStyle(behind.parentElement).backgroundColor === none)
        behind = behind.parentElement;
    return {
        number: walk.controls.indexOf(e), name: walk.name(e), clear,
        seen: rings.length > 0 && rings.join() !== walk.before.get(e), rings,
        ground: getComputedStyle(behind.parentElement || document.body).backgroundColor,
    };
}"""


@contextlib.contextmanager
def opened(browser, address, scheme, viewport):
    """A page in a tab of its own. With less motion, what has the focus stands still."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address, wait_until="load")
    yield page
    context.close()


@pytest.fixture
def open_page(browser, base_url):
    """Opens a page of the site: open_page(name, viewport)."""
    with contextlib.ExitStack() as stack:
        yield lambda name, viewport=WIDE: stack.enter_context(
            opened(browser, f"{base_url}/{name}", "light", viewport)
        )


@pytest.fixture(scope="module", params=PAGES, ids=[name for name, _ in PAGES])
def walked(request, browser, base_url):
    """A page walked through by Tab, there and back."""
    name, scheme = request.param
    with opened(browser, f"{base_url}/{name}", scheme, WIDE) as page:
        if name.startswith("search"):
            page.locator("#search-results ul.search li").first.wait_for()
        there = page.evaluate(BEGIN)
        return SimpleNamespace(**there, forth=walk(page), back=walk(page, "Shift+Tab"))


def walk(page, key="Tab"):
    """Press the key until the focus comes round: every place where it was, in order."""
    stops = []
    while len(stops) < MOST:
        page.keyboard.press(key)
        here = page.evaluate(HERE)
        if here is None or (stops and here["number"] == stops[0]["number"]):
            return stops
        stops.append(here)
    raise AssertionError(f"after {MOST} times {key} the focus is still on {stops[-1]['name']}")


def contrast(here):
    """Of the ring of what has the focus, against the ground it is drawn on."""
    colors = [ring.removeprefix("shadow ") for ring in here["rings"]]
    if any(ring.startswith("auto") for ring in colors):
        return 21  # the browser's own ring is dark and light at once
    ground = Color(here["ground"])
    found = [ring[ring.index("rgb") :].split(")")[0] + ")" for ring in colors if "rgb" in ring]
    return max(Color(color).contrast(ground) for color in found)


def missed(names, stops):
    """The controls where the focus never was."""
    reached = {here["number"] for here in stops}
    return [name for number, name in enumerate(names) if number not in reached]


def test_tab_reaches_everything_in_the_order_of_the_page(walked):
    assert len(walked.names) > 40
    assert walked.keyless == []
    assert missed(walked.names, walked.forth) == []
    known = [here["number"] for here in walked.forth if here["number"] >= 0]
    assert known == sorted(known)


def test_the_focus_is_seen_and_not_covered(walked):
    # Backwards too: then what has the focus comes from above, where the header is.
    stops = [*walked.forth, *walked.back]
    assert [here["name"] for here in stops if not here["seen"]] == []
    assert [here["name"] for here in stops if not here["clear"]] == []
    assert [here["name"] for here in stops if contrast(here) < 3] == []


def test_a_control_that_no_key_reaches_is_noted(open_page):
    """Without this, the tests above could pass because they saw nothing."""
    page = open_page("progress.html")
    page.evaluate(
        """() => {
            const article = document.querySelector('article');
            article.innerHTML += '<p style="cursor: pointer">A</p><button tabindex=-1>B</button>' +
                '<button style="outline: none; box-shadow: none">C</button>';
        }"""
    )
    there = page.evaluate(BEGIN)
    assert len(there["keyless"]) == 1
    stops = walk(page)
    (unreached,) = missed(there["names"], stops)
    assert ">B<" in unreached
    (unseen,) = [here["name"] for here in stops if not here["seen"]]
    assert ">C<" in unseen


def test_a_lecture_is_given_by_keyboard(open_page):
    page = open_page(DECK)
    page.locator(".slides section.present").first.wait_for()
    reached = 0
    while True:
        there = page.evaluate(BEGIN)
        stops, at = walk(page), page.evaluate("JSON.stringify(Reveal.getIndices())")
        assert missed(there["names"], stops) == [], at
        assert [here["name"] for here in stops if not here["seen"]] == [], at
        reached += len(stops)
        if page.evaluate("Reveal.getProgress() === 1 && !Reveal.availableFragments().next"):
            break
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("PageDown")
        page.wait_for_function("old => JSON.stringify(Reveal.getIndices()) !== old", arg=at)
    assert reached > 100


def focused(locator):
    return locator.evaluate("e => e === document.activeElement")


def test_the_color_switch_keeps_the_focus(open_page):
    page = open_page("index.html")
    button = page.locator("button.theme-switch-button:visible").first
    modes = set()
    for _ in range(3):
        button.press("Enter")
        assert focused(button)
        modes.add(page.locator("html").get_attribute("data-mode"))
    assert modes == {"light", "dark", "auto"}


@pytest.mark.parametrize("key", ["Enter", "Control+k"])
def test_the_search_opens_and_closes_and_gives_the_focus_back(open_page, key):
    page = open_page(CHAPTER)
    button = page.locator(".search-button__button:visible").first
    button.press(key)
    dialog = page.locator("#pst-search-dialog")
    dialog.wait_for()
    assert focused(dialog.locator("input"))
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focused(button)


@pytest.mark.parametrize("which", ["primary", "secondary"])
def test_a_sidebar_on_a_phone_opens_and_closes_and_gives_the_focus_back(open_page, which):
    page = open_page(CHAPTER, viewport=PHONE)
    toggle = page.locator(f".{which}-toggle:visible").first
    toggle.press("Enter")
    dialog = page.locator(f"#pst-{which}-sidebar-modal")
    dialog.wait_for()
    for _ in range(5):
        page.keyboard.press("Tab")
        assert dialog.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert focused(toggle)


def test_the_sidebar_on_a_laptop_is_put_away_and_taken_out(open_page):
    page = open_page(CHAPTER)
    toggle = page.locator(".primary-toggle:visible").first
    inside = page.locator("#pst-primary-sidebar a").first
    assert inside.is_visible()
    toggle.press("Enter")
    inside.wait_for(state="hidden")
    assert focused(toggle)
    toggle.press("Enter")
    inside.wait_for()


def test_the_download_menu_opens_and_closes_and_gives_the_focus_back(open_page):
    page = open_page(CHAPTER)
    button = page.locator(".dropdown-download-buttons > button")
    menu = page.locator(".dropdown-download-buttons .dropdown-menu")
    button.press("Enter")
    menu.wait_for()
    page.keyboard.press("ArrowDown")
    assert menu.evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert focused(button)
