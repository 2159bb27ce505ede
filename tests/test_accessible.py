"""Every page, light and dark, by axe: no violation of WCAG 2.2, levels A and AA."""

import re

import npm
import pytest
from bs4 import BeautifulSoup
from conftest import WIDE
from walk import pages_and_lectures, pages_of

PACKAGE = "axe-core@4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="

# With everything unfolded and one answer given. What goes then, the words that wait for an answer,
# has a test of its own.
UNFOLD = """() => {
    document.querySelectorAll('.ask-answers, .clinic-case:not([hidden]) .clinic-answers')
        .forEach(answers => answers.querySelector('button')?.click());
    document.querySelectorAll('details:not([hidden])').forEach(details => details.open = true);
}"""
# Code is thousands of tokens in a few colors, a formula dozens of pieces in one, and axe takes its
# time for each. Of each look the first stays on the page. The other tokens become text of their
# block, the other formulas boxes of their size: what is read out of these stands beside them.
THIN = """() => {
    const looks = new Set();
    const isNew = look => looks.size < looks.add(look.join()).size;
    const ground = e => {
        while (e && getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)') e = e.parentElement;
        return e && getComputedStyle(e).backgroundColor;
    };
    const font = e => {
        const {color, fontSize, fontWeight} = getComputedStyle(e);
        return [color, fontSize, fontWeight, ground(e)];
    };
    const tokens = [...document.querySelectorAll('pre span')];
    const others = tokens.filter(token => !isNew([token.className, ...font(token)]));
    others.forEach(token => token.replaceWith(...token.childNodes));
    const formulas = [...document.querySelectorAll('.katex-html')]
        .filter(drawn => !/color:/.test(drawn.innerHTML) && !isNew(['formula', ...font(drawn)]))
        .map(drawn => [drawn, drawn.getBoundingClientRect()]);
    for (const [drawn, {width, height}] of formulas) {
        drawn.replaceChildren();
        drawn.style.cssText = `display: inline-block; width: ${width}px; height: ${height}px`;
    }
}"""
# In the dark only the colors are others, so only they are looked at again.
RUN = """async () => {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const only = dark ? {type: 'rule', values: ['color-contrast', 'link-in-text-block']}
        : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const found = await axe.run(document, {runOnly: only, resultTypes: ['violations']});
    return found.violations.map(each => each.id + ' ' + each.nodes[0].html.slice(0, 200) + ' ' +
        (each.nodes[0].any.concat(each.nodes[0].all)[0] || {message: ''}).message);
}"""

IS_THEME = "scheme => document.documentElement.dataset.theme === scheme"


@pytest.fixture(scope="module")
def axe():
    folder = npm.fetch(PACKAGE, SHA512, {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE.txt"})
    return (folder / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(params=["light", "dark"])
def page(request, browser):
    # What fades in is looked at when it is there.
    context = browser.new_context(
        viewport=WIDE, color_scheme=request.param, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.mark.parametrize("page", ["light"], indirect=True)
def test_no_page_breaks_a_rule(page, site, axe):
    broken = {}
    for name in pages_and_lectures(site):
        page.goto((site / name).as_uri())
        page.wait_for_load_state("networkidle")
        page.evaluate(f"() => {{ {axe} }}")
        page.evaluate(UNFOLD)
        page.evaluate(THIN)
        is_lecture = name.startswith("slides/")  # it has one look, whatever the system wishes
        for scheme in ("light",) if is_lecture else ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if not is_lecture:
                page.wait_for_function(IS_THEME, arg=scheme)
            if found := page.evaluate(RUN):
                broken[name, scheme] = found
    assert broken == {}


def test_a_chapter_as_it_is_met_breaks_no_rule(page, site, axe):
    page.goto((site / "chapters" / "09-normalization.html").as_uri())
    assert page.locator(".predict-wait button").first.is_visible()
    page.evaluate(f"() => {{ {axe} }}")
    page.evaluate(THIN)
    assert page.evaluate(RUN) == []


def test_nothing_is_told_by_color_alone(page, site):
    """Links are underlined; right and wrong answers say so, and have lines of their own kind."""
    page.goto((site / "chapters" / "05-backpropagation.html").as_uri())
    lines = page.locator("article p a.reference:not(.headerlink)").evaluate_all(
        "links => links.map(link => getComputedStyle(link).textDecorationLine)"
    )
    assert set(lines) == {"underline"}
    question = page.locator(".quiz .ask").first
    looks = {}
    for kind in ("no", "yes"):
        question.locator(f"button[data-right={kind}]").first.click()
        said = question.locator(".ask-said p")
        looks[kind] = said.evaluate("p => getComputedStyle(p).borderLeftStyle")
        assert (": right." if kind == "yes" else ": no.") in said.text_content()
    assert looks == {"no": "dashed", "yes": "double"}


def test_a_voice_is_told_where_korean_begins(site):
    """Level AA asks for it (3.1.2), and no machine of axe's sees it."""
    found = 0
    for name in pages_of(site):
        page = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        for text in page.body.find_all(string=re.compile("[가-힣]")):
            assert text.find_parent(lang="ko"), f"{name}: {text}"
            found += 1
    assert found > 30, "the glossary has them"


# What a finger can hit: 24 pixels each way, or as much room around it (WCAG 2.2, 2.5.8).
TARGETS = """async part => {
    const found = await axe.run(part, {runOnly: {type: 'rule', values: ['target-size']}});
    return found.violations.flatMap(each => each.nodes.map(node => node.html.slice(0, 120)));
}"""


def test_fingers_hit_what_they_want_on_a_phone(browser, site, axe):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    small, kinds = {}, set()
    for name in pages_of(site):
        page.goto((site / name).as_uri())
        page.evaluate(f"() => {{ {axe} }}")
        page.evaluate(UNFOLD)
        page.evaluate(THIN)
        found = page.evaluate(TARGETS, "body")
        kind = name.rpartition("/")[0]
        if kind not in kinds:  # the sidebar is the same on all pages of a kind
            kinds.add(kind)
            page.locator(".primary-toggle:visible").first.click()
            page.wait_for_timeout(400)
            found += page.evaluate(TARGETS, ".bd-sidebar-primary")
        if found:
            small[name] = found
    context.close()
    assert small == {}
    assert kinds >= {"", "chapters", "teaching"}


def test_a_broken_rule_is_noted(page, site, axe):
    """Without this, the test above could pass because it saw nothing."""
    page.goto((site / "index.html").as_uri())
    page.evaluate(f"() => {{ {axe} }}")
    page.evaluate(
        """() => {
            const article = document.querySelector('article');
            const dim = '<img src=""><p style="color:#777;background:#666">dim</p>';
            article.insertAdjacentHTML('beforeend', dim);
        }"""
    )
    found = page.evaluate(RUN)
    dark = page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    assert any(each.startswith("color-contrast") for each in found)
    assert any(each.startswith("image-alt") for each in found) is not dark
