"""What a page is spared: rules of the theme that no page follows, scripts that it does not need."""

from pathlib import Path

import pydata_sphinx_theme
import pytest
import sphinx
import sphinx_book_theme
import tinycss2
from conftest import WIDE
from light import GROUPS, Known, cut, selectors, theme_styles
from walk import pages_of

# Where the theme's style sheets come from.
FOLDERS = [
    Path(sphinx.__file__).parent / "themes" / "basic" / "static",
    *(
        Path(package.__file__).parent / "theme" / package.__name__ / "static" / "styles"
        for package in (pydata_sphinx_theme, sphinx_book_theme)
    ),
]

# The rules of a style sheet that an element of the page would follow. Most name a class that no
# element has, which is known without a search through the page for each.
FOLLOWED = r"""heads => {
    const present = new Set();
    document.querySelectorAll('[class]').forEach(e => e.classList.forEach(c => present.add(c)));
    return heads.filter(head => {
        const plain = head.replace(/::?[a-z-]+(?=$|\s)/g, '') || '*';
        const needed = /[(\[\\]/.test(plain) ? [] : plain.match(/\.[\w-]+/g) || [];
        if (needed.some(name => !present.has(name.slice(1)))) return false;
        try { return document.querySelector(plain); } catch { return false; }
    });
}"""


def shortened(css, *known):
    return cut(tinycss2.parse_stylesheet(css, True, True), known)


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a{color:red}", ".a{color:red}"),
        (".b{color:red}", ""),
        ("p,.b{x:1}", "p{x:1}"),
        (".a .b{x:1}.a p{y:2}", ".a p{y:2}"),
        (".a.b{x:1}.a:not(.b){y:2}", ".a:not(.b){y:2}"),
        (":is(.b,.a){x:1}", ":is(.b,.a){x:1}"),
        ("#b,[data-b]{x:1}", "#b,[data-b]{x:1}"),
        (".a\\:b{x:1}.a{y:2}", ".a{y:2}"),
        ("@media print{.b{x:1}.a{y:2}}", "@media print{.a{y:2}}"),
        ("@media print{.b{x:1}}", ""),
        ("@supports (x:1){@media print{.a{x:1}.b{x:1}}}", "@supports (x:1){@media print{.a{x:1}}}"),
        ("@font-face{font-family:b}", "@font-face{font-family:b}"),
        ("@keyframes b{to{x:1}}", "@keyframes b{to{x:1}}"),
        ('.a{background:url("data:x;,}")}', '.a{background:url("data:x;,}")}'),
    ],
)
def test_a_rule_goes_when_a_class_in_its_head_is_not_known(css, left):
    assert shortened(css, "a") == left


def test_known_are_the_classes_of_pages_and_the_words_of_scripts(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "page.html").write_text('<p class="one two-three">four</p>', encoding="utf-8")
    script = 'x.classList.add("five"); y.className = "side-" + place;'
    (tmp_path / "_static" / "own.js").write_text(script, encoding="utf-8")
    known = Known(tmp_path)
    assert all(name in known for name in ("one", "two-three", "five", "side-left"))
    assert not any(name in known for name in ("two", "four", "seven"))


def heads(css):
    """Every selector of a style sheet that has a class."""
    rules, found = list(tinycss2.parse_stylesheet(css, True, True)), set()
    while rules:
        rule = rules.pop()
        if rule.type == "qualified-rule":
            found.update(tinycss2.serialize(part).strip() for part in selectors(rule.prelude))
        elif rule.type == "at-rule" and rule.lower_at_keyword in GROUPS and rule.content:
            rules += tinycss2.parse_blocks_contents(rule.content, True, True)
    return found


@pytest.fixture(scope="module")
def left_out(site):
    """The selectors that the theme has and the site has not."""
    left = set()
    for path in theme_styles(site):
        names = [folder / f"{path.name}{end}" for folder in FOLDERS for end in ("", ".jinja")]
        sources = [name.read_text(encoding="utf-8") for name in names if name.is_file()]
        assert sources, path.name
        left |= heads("".join(sources))
        left -= heads(path.read_text(encoding="utf-8"))
    assert len(left) > 1000
    return sorted(left)


def test_no_rule_is_left_out_that_an_element_follows(browser, site, base_url, left_out):
    """With all scripts run, everything unfolded, and on a phone too."""
    page = browser.new_page(viewport=WIDE)
    missed = {}
    for name in pages_of(site):
        page.goto(f"{base_url}/{name}?q=momentum")
        page.locator("button.theme-switch-button").first.dispatch_event("click")
        for button in page.locator(".bd-header-article [data-bs-toggle=dropdown]").all():
            button.click()
        page.wait_for_load_state("networkidle")
        if found := page.evaluate(FOLLOWED, left_out):
            missed[name] = found
    page.close()
    assert missed == {}
