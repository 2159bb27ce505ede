"""Every page of the built site, in a real browser that reaches no other host."""

import re
from types import SimpleNamespace

import pytest
from walk import pages_of

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

# What a page says outside of code and formulas: no raw TeX should be left in it.
PROSE = """() => {
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll('pre, code, script, style, .katex').forEach(e => e.remove());
    return copy.textContent;
}"""
FORMULAS = """() => [...document.querySelectorAll('.katex-html')].map(e => {
    const box = e.getBoundingClientRect();
    return Math.min(box.width, box.height);
})"""

# Short formulas whose comma, or whatever is behind them, begins the next line.
ORPHANS = """() => [...document.querySelectorAll('span.math')].filter(formula => {
    const behind = formula.nextSibling;
    const isText = behind && behind.nodeType === Node.TEXT_NODE;
    if (!isText || !/^[.,;:!?)’”]/.test(behind.data)) return false;
    const mark = document.createRange();
    mark.setStart(behind, 0);
    mark.setEnd(behind, 1);
    const [at, box] = [mark, formula].map(e => e.getBoundingClientRect());
    return at.width && box.width < 60 && at.left < box.left;
}).map(formula => formula.parentElement.textContent)"""


class Visitor:
    """A browser tab without other hosts, which notes all that goes wrong in `problems`."""

    def __init__(self, browser, root):
        self.root, self.problems, self.requests = root, [], 0
        self.context = browser.new_context(viewport=WIDE)
        self.page = self.context.new_page()
        # Blocked here means blocked: a page that needs another host breaks in this test.
        self.context.route(lambda url: not self.is_ours(url), lambda route: route.abort())
        self.page.on("request", self.on_request)
        self.page.on("requestfailed", self.on_failure)
        self.page.on("response", lambda it: it.status < 400 or self.note(str(it.status), it.url))
        self.page.on("console", lambda it: it.type != "error" or self.note("console", it.text))
        self.page.on("pageerror", lambda error: self.note("script", error))

    def is_ours(self, url):
        return url.startswith((self.root, "data:", "blob:", "about:"))

    def on_request(self, request):
        self.requests += 1
        if not self.is_ours(request.url):
            self.note("another host", request.url)

    def on_failure(self, request):
        # Frames that are still on their way when the visitor leaves are given up: no failure.
        if request.failure != "net::ERR_ABORTED":
            self.note(request.failure, request.url)

    def note(self, what, detail):
        self.problems.append(f"{self.page.url}: {what}: {detail}")

    def go(self, name):
        self.page.goto(f"{self.root}/{name}", wait_until="load")
        return self.page


@pytest.fixture
def visitor(browser, root):
    visitor = Visitor(browser, root)
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="module")
def walk(browser, root, site):
    """One walk over all pages: what was asked for, what went wrong, and what each page is like.

    From a disk, where only the addresses differ, it goes over every third.
    """
    visitor = Visitor(browser, root)
    pages = {}
    # test_decks.py walks through the lectures.
    for name in pages_of(site)[:: 1 if root.startswith("http") else 3]:
        page = visitor.go(name)
        # Pictures further down are fetched when they come near: go there.
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        looks = SimpleNamespace(
            language=page.locator("html").get_attribute("lang"),
            title=page.title(),
            prose=page.evaluate(PROSE),
            formulas=page.evaluate(FORMULAS),
            has_math_font=page.evaluate("document.fonts.check('16px KaTeX_Math')"),
        )
        page.set_viewport_size(PHONE)
        looks.phone_width = page.evaluate("document.documentElement.scrollWidth")
        looks.orphans = page.evaluate(ORPHANS)
        page.set_viewport_size(WIDE)
        pages[name] = looks
    yield SimpleNamespace(pages=pages, problems=visitor.problems, requests=visitor.requests)
    visitor.context.close()


def test_no_page_asks_another_host_or_fails(walk):
    assert walk.requests > 10 * len(walk.pages)
    assert walk.problems == []


def test_a_request_to_another_host_is_noted(visitor):
    """Without this, the test above could pass because it saw nothing."""
    page = visitor.go("index.html")
    with page.expect_event("requestfailed"):
        page.evaluate("new Image().src = 'http://192.0.2.1/'")  # an address that nobody has
    assert any("another host" in problem for problem in visitor.problems)


def test_what_the_policy_refuses_is_noted(visitor):
    """The walk above is the one that looks for it on every page."""
    page = visitor.go("index.html")
    refusal = "Content Security Policy"
    with page.expect_console_message(lambda message: refusal in message.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=a: onerror=b()>')")
    assert any(refusal in problem for problem in visitor.problems)


def test_maths_is_typeset(walk):
    assert any(looks.formulas for looks in walk.pages.values())
    for name, looks in walk.pages.items():
        assert all(size > 0 for size in looks.formulas), name
        assert looks.has_math_font or not looks.formulas, name
        raw = re.search(r"\$[^$\n]+\$|\\(frac|sum|partial|mathrm|begin)\b", looks.prose)
        assert not raw, f"{name}: {raw}"


def test_every_page_has_a_language_and_a_title(walk):
    for name, looks in walk.pages.items():
        assert looks.language == "en", name
        assert looks.title.strip(), name


def test_no_line_begins_with_the_comma_behind_a_short_formula(walk):
    assert {name: looks.orphans for name, looks in walk.pages.items() if looks.orphans} == {}


def test_every_page_fits_a_phone(walk):
    wide = {n: p.phone_width for n, p in walk.pages.items() if p.phone_width > PHONE["width"]}
    assert wide == {}


def test_icons_are_drawn(visitor):
    page = visitor.go("index.html")
    icons = page.locator(".bd-header-article i[class*='fa-']:visible").all()
    assert len(icons) >= 3
    assert all(icon.bounding_box()["width"] > 5 for icon in icons)
    # A box may be empty: the font that draws into it must have come.
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"', '\\uf0c9')")


def test_search_finds_a_page(visitor):
    page = visitor.go("search.html?q=notation")
    found = page.locator("#search-results li a", has_text="Notation")
    found.first.wait_for()
    # On a disk the browser withholds the excerpts under the results, and complains.
    assert visitor.problems == [] or visitor.root.startswith("file:")


def brightness(page):
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", color)[:3]))


def test_light_and_dark(visitor):
    page = visitor.go("index.html")
    seen = {}
    for _ in range(3):  # the button goes round: light, dark, as the system has it
        page.locator("button.theme-switch-button:visible").first.click()
        seen[page.locator("html").get_attribute("data-mode")] = brightness(page)
    assert seen["dark"] < 200 < 500 < seen["light"]


@pytest.mark.parametrize(("wish", "bounds"), [("light", (500, 766)), ("dark", (0, 200))])
def test_a_first_visit_has_its_look_before_the_script_of_the_theme(browser, site, wish, bounds):
    page = browser.new_page(color_scheme=wish)
    page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    page.goto((site / "index.html").as_uri())
    assert page.locator("html").get_attribute("data-theme") == wish
    assert bounds[0] < brightness(page) < bounds[1]
    page.close()


def test_what_is_dark_on_the_screen_is_printed_light_and_stays_dark(browser, site):
    context = browser.new_context(viewport=WIDE, color_scheme="dark")
    page = context.new_page()
    page.goto((site / "notation.html").as_uri())
    look = "document.documentElement.dataset.theme"
    assert page.evaluate(look) == "dark"
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {look}; }})")
    page.pdf()
    assert page.evaluate("window.printed") == "light"
    page.wait_for_function(f"{look} === 'dark'")
    context.close()
