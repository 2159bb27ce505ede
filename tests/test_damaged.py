"""Pages whose parts do not come, or come damaged: what is there stays, and the reader is told."""

import re

import pytest
from conftest import WIDE, chapters_with
from walk import wait_for_picture

LOST = "The picture for this setting could not be loaded"
DAMAGED = "The controls of this picture do not work"

# What an element says by its style sheet alone, once all waiting is over.
TOLD = """element => {
    document.getAnimations().forEach(animation => animation.finish());
    const style = getComputedStyle(element, '::after');
    return style.visibility === 'visible' && style.content !== 'none' ? style.content : '';
}"""


@pytest.fixture
def page(page):
    page.set_default_timeout(30_000)
    return page


@pytest.fixture(scope="module")
def name(site):
    """A page with several explorers and a quiz."""
    names = chapters_with(site, 'class="explore"')
    return max(names, key=lambda each: (site / each).read_text("utf-8").count('class="explore"'))


@pytest.fixture(scope="module")
def clinic(site):
    return chapters_with(site, 'class="clinic"')[0]


def page_instead(route):
    route.fulfill(body="<title>Log in first</title>", content_type="text/html")


def half(route):
    body = route.fetch().body()
    route.fulfill(body=body[: len(body) // 2], content_type="image/webp")


BAD = {
    "missing": lambda route: route.fulfill(status=404, body=""),
    "another page": page_instead,
    "half": half,
    "empty": lambda route: route.fulfill(body=b"", content_type="image/webp"),
    "refused": lambda route: route.abort(),
}


def first_slider(page):
    """(explorer, slider) of the first explorer in sight that has a slider of three stops."""
    page.wait_for_selector("figure.explore-on", state="attached")
    for figure in page.locator("figure.explore-on:visible").all():
        slider = figure.locator("input[type=range]").first
        if slider.count() and int(slider.get_attribute("max")) >= 2:
            slider.evaluate("s => (s.value = 0, s.dispatchEvent(new Event('input', {bubbles: 1})))")
            figure.scroll_into_view_if_needed()
            wait_for_sentence(figure)
            return figure, slider
    raise AssertionError("no such explorer")


def wait_for_sentence(figure):
    """Until picture and sentence belong together."""
    figure.page.wait_for_function(
        """f => { const picture = f.querySelector('.explore-picture');
               return picture.complete && picture.naturalWidth
                   && picture.alt === f.querySelector('.explore-says').textContent
                   && !f.classList.contains('explore-waits'); }""",
        arg=figure.element_handle(),
    )


def wait_for_words(figure, words):
    figure.locator(".explore-says").filter(has_text=words).wait_for()


@pytest.mark.parametrize("kind", BAD)
def test_a_frame_that_is_bad_leaves_the_last_and_the_next_good_one_recovers(
    page, base_url, name, kind
):
    broken = []

    def frames(route):
        if route.request.url.partition("?")[0] in broken:
            BAD[kind](route)
        else:
            route.continue_()

    page.route("**/_frames/**", frames)
    page.goto(f"{base_url}/{name}")
    figure, slider = first_slider(page)
    picture = figure.locator(".explore-picture")
    before = picture.evaluate("p => [p.src, p.alt]")
    step = int(re.search(r"/(\d+)\.webp$", before[0])[1])
    slider.press("ArrowRight")
    wait_for_sentence(figure)
    after = picture.evaluate("p => p.src")
    stride = int(re.search(r"/(\d+)\.webp$", after)[1]) - step
    page.unroute("**/_frames/**", frames)

    # Again, and now the second frame is bad from the start.
    broken.append(re.sub(r"\d+\.webp$", f"{step + stride}.webp", before[0]))
    page.route("**/_frames/**", frames)
    page.goto(f"{base_url}/{name}")
    figure, slider = first_slider(page)
    picture = figure.locator(".explore-picture")
    slider.press("ArrowRight")
    wait_for_words(figure, LOST)
    assert picture.evaluate("p => [p.src, p.alt]") == before
    assert picture.evaluate("p => p.naturalWidth") > 0
    assert float(picture.evaluate("p => getComputedStyle(p).opacity")) < 1
    figure.locator("[aria-live=polite]").filter(has_text=LOST).wait_for(state="attached")
    slider.press("ArrowRight")
    wait_for_sentence(figure)
    assert picture.evaluate("p => p.src").endswith(f"/{step + 2 * stride}.webp")
    assert float(picture.evaluate("p => getComputedStyle(p).opacity")) == 1
    broken.clear()  # the network is back
    slider.press("ArrowLeft")
    wait_for_sentence(figure)
    assert f"/{step + stride}.webp?try=" in picture.evaluate("p => p.src")


def told(locator):
    return locator.evaluate(TOLD)


@pytest.mark.parametrize("kind", ["missing", "another page", "refused"])
def test_without_its_script_the_page_stands_and_says_so(page, base_url, name, clinic, kind):
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    for script in ("explore.js", "quiz.js", "clinic.js"):
        page.route(f"**/{script}*", BAD[kind])
    page.goto(f"{base_url}/{name}")
    figure = page.locator("figure.explore:visible").first
    wait_for_picture(figure.locator(".explore-picture"))
    height = page.evaluate("document.documentElement.scrollHeight")
    assert "Load the page again" in told(figure.locator("fieldset"))
    assert "Load the page again" in told(page.locator(".ask-answers").first)
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.locator(".ask-all summary").first.click()
    assert page.locator(".ask-all li").first.is_visible()
    page.goto(f"{base_url}/{clinic}")
    assert "Load the page again" in told(page.locator(".clinic-answers").first)
    page.locator(".clinic-all summary").first.click()
    assert page.locator(".clinic-all li").first.is_visible()
    assert kind == "another page" or problems == []  # no script trips over another's absence


def test_with_their_scripts_pages_say_nothing_of_the_kind(page, base_url, name, clinic):
    for each in (name, clinic):
        page.goto(f"{base_url}/{each}")
        page.wait_for_selector("figure.explore-on, .clinic-on", state="attached")
        fieldsets = page.locator(".explore-controls, .ask-answers, .clinic-answers")
        assert fieldsets.count()
        assert fieldsets.evaluate_all(f"all => all.map({TOLD}).join('')") == ""


DAMAGES = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: "",
    "another thing": lambda data: "[1, 2]",
    "a stop too many": lambda data: data.replace('{"stops": [["', '{"stops": [["more", "'),
    "a sentence too few": lambda data: re.sub(r'"says": \["(?:[^"\\]|\\.)*", ', '"says": [', data),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_data_stop_one_explorer_and_not_the_others(page, base_url, name, kind):
    def spoil(route):
        text = route.fetch().text()
        head, mark, rest = text.partition('class="explore-data">')
        data, end, rest = rest.partition("</script>")
        spoiled = DAMAGES[kind](data)
        assert spoiled != data
        route.fulfill(body=f"{head}{mark}{spoiled}{end}{rest}", content_type="text/html")

    page.route(f"{base_url}/{name}", spoil)
    page.goto(f"{base_url}/{name}")
    page.wait_for_selector("figure.explore-on", state="attached")
    figures = page.locator("figure.explore")
    first = figures.first
    assert first.locator(".explore-damaged").text_content().startswith(DAMAGED)
    assert first.locator("input").first.is_disabled()
    picture = first.locator(".explore-picture")
    assert picture.get_attribute("alt") == first.locator(".explore-says").text_content()
    assert told(first.locator("fieldset")) == ""
    assert page.locator("figure.explore-on").count() == figures.count() - 1
    first_slider(page)


def test_of_a_page_that_was_cut_off_what_came_works(page, base_url, name):
    def cut(route):
        text = route.fetch().text()
        at = text.rindex('class="explore-data">') + 60
        route.fulfill(body=text[:at], content_type="text/html")

    page.route(f"{base_url}/{name}", cut)
    page.goto(f"{base_url}/{name}")
    first_slider(page)
    page.locator(".ask-answers button").first.click()
    assert page.locator(".ask-said").first.text_content()


def test_a_curve_of_the_clinic_that_does_not_come_is_there_in_words(page, base_url, clinic):
    page.route("**/_frames/**", BAD["another page"])
    page.goto(f"{base_url}/{clinic}")
    page.wait_for_selector(".clinic-on")
    case = page.locator(".clinic-case:visible")
    case.scroll_into_view_if_needed()
    case.locator(".clinic-words p").wait_for(state="visible")
    case.locator(".clinic-answers button").first.click()
    assert case.locator(".clinic-said").text_content()


def test_storage_that_forgets_leaves_the_quiz_working(browser, base_url, name):
    """A browser that refuses to keep anything is no reason for an error."""
    context = browser.new_context(viewport=WIDE)
    context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page = context.new_page()
    page.goto(f"{base_url}/{name}")
    page.locator(".ask-answers button").first.click()
    assert page.locator(".ask-said").first.text_content()
    context.close()
