"""The clinic on the built site, played in a real browser: by mouse, by keys, and without script."""

import pytest
from conftest import WIDE, chapters_with
from walk import wait_for_picture

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def name(site):
    """The page that holds the clinic."""
    names = chapters_with(site, 'class="clinic"')
    assert len(names) == 1
    return names[0]


def shown(page):
    """The one curve that is to be seen."""
    page.wait_for_selector(".clinic-on")
    case = page.locator(".clinic-case:visible")
    assert case.count() == 1
    wait_for_picture(case.locator("img"))
    return case


def right(case):
    return case.get_attribute("data-right")


def button(case, name):
    return case.get_by_role("button", name=name, exact=True)


def wrong_button(case):
    names = case.locator(".clinic-answers button").all_text_contents()
    return button(case, next(name for name in names if name != right(case)))


def score(page):
    return page.locator(".clinic-score").text_content()


def test_a_right_answer_by_mouse(page, root, name):
    page.goto(f"{root}/{name}")
    case = shown(page)
    assert score(page) == ""
    assert case.locator(".clinic-all").is_hidden()
    said = case.locator(".clinic-said")
    assert said.get_attribute("aria-live") == "polite"
    assert said.text_content() == ""
    button(case, right(case)).click()
    assert said.text_content().startswith(f"{right(case)}: right.")
    assert "Planted: " in said.text_content()
    assert "nn.diagnose says “" in said.text_content()
    assert "Its evidence: " in said.text_content()
    assert button(case, right(case)).get_attribute("aria-pressed") == "true"
    assert score(page).startswith("You: 1 of 1 right. nn.diagnose: ")


def test_a_wrong_answer_by_keys_is_answered_and_counts_once(page, root, name):
    page.goto(f"{root}/{name}")
    case = shown(page)
    wrong = wrong_button(case)
    chosen = wrong.text_content()
    wrong.focus()
    page.keyboard.press("Enter")
    said = case.locator(".clinic-said").text_content()
    assert said.startswith(f"{chosen}: no.")
    assert f"{right(case)}: right." in said
    assert score(page).startswith("You: 0 of 1 right.")
    # Every other answer has its reply too, and the score stays.
    for other in case.locator(".clinic-answers button").all():
        other.focus()
        page.keyboard.press("Space")
        said = case.locator(".clinic-said").text_content()
        assert said.startswith(f"{other.text_content()}: ")
    assert score(page).startswith("You: 0 of 1 right.")
    everything = case.locator(".clinic-all")
    everything.locator("summary").focus()
    page.keyboard.press("Enter")
    assert everything.locator("li").count() == case.locator(".clinic-answers button").count()
    assert everything.locator("li").first.is_visible()


def test_the_next_curve_is_announced_and_keeps_the_score(page, root, name):
    page.goto(f"{root}/{name}")
    first = shown(page)
    button(first, right(first)).click()
    source = first.locator("img").get_attribute("src")
    following = page.get_by_role("button", name="Next curve")
    following.focus()
    page.keyboard.press("Enter")
    second = shown(page)
    assert second.locator("img").get_attribute("src") != source
    assert page.evaluate("document.activeElement.textContent").startswith("Curve 2 of ")
    assert second.locator(".clinic-said").text_content() == ""
    button(second, right(second)).click()
    assert score(page).startswith("You: 2 of 2 right.")


def test_the_whole_clinic_can_be_played_and_begun_again(page, base_url, name):
    page.goto(f"{base_url}/{name}")
    n = page.locator(".clinic-case").count()
    assert n >= 30
    engine, planted = 0, set()
    for k in range(n):
        case = shown(page)
        assert case.locator(".clinic-title").text_content() == f"Curve {k + 1} of {n}"
        planted.add(right(case))
        engine += case.get_attribute("data-engine") == right(case)
        button(case, right(case)).click()
        assert score(page) == f"You: {k + 1} of {k + 1} right. nn.diagnose: {engine} of {k + 1}."
        page.locator(".clinic-next button").click()
    assert "healthy" in planted
    assert len(planted) == 12
    assert engine < n  # the machine is not always right, and the clinic shows it
    case = shown(page)
    assert case.locator(".clinic-title").text_content() == f"Curve 1 of {n}"
    assert score(page) == ""
    assert case.locator(".clinic-said").text_content() == ""


def test_a_reader_who_does_not_see_has_the_curve_in_words(page, base_url, name):
    page.goto(f"{base_url}/{name}")
    case = shown(page)
    alt = case.locator("img").get_attribute("alt")
    assert len(alt) > 200
    assert right(case) not in alt
    assert case.locator(".clinic-words p").text_content() == alt
    case.locator(".clinic-words summary").press("Enter")
    assert case.locator(".clinic-words p").is_visible()
    group = case.get_by_role("group", name="What ails this run?")
    assert group.get_by_role("button").count() == 5


def test_without_a_script_all_curves_stand_with_their_answers_folded(browser, root, name):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{root}/{name}")
    cases = page.locator(".clinic-case").all()
    assert len(cases) >= 30
    for case in cases[:3]:
        case.locator("img").scroll_into_view_if_needed()
        assert case.locator("img").bounding_box()["width"] > 300
        assert case.locator(".clinic-answers button").first.is_disabled()
        assert case.locator(".clinic-all li").first.is_hidden()
        case.locator(".clinic-all summary").click()
        assert case.locator(".clinic-all li").first.is_visible()
        assert "nn.diagnose says" in case.locator(".clinic-engine").text_content()
    assert page.locator(".clinic-next button").is_hidden()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_the_light_and_in_the_dark(browser, base_url, name, scheme):
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{base_url}/{name}")
    case = shown(page)
    wrong_button(case).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for each in case.locator(".clinic-answers button, .clinic-said p, img").all():
        box = each.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"] + 0.5
    inverted = case.locator("img").evaluate("p => getComputedStyle(p).filter.includes('invert')")
    assert inverted == (scheme == "dark")
    context.close()
