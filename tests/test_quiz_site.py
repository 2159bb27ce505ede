"""The questions on the built site, answered in a real browser by mouse and by keyboard."""

import pytest
from conftest import WIDE, chapters_with
from walk import wait_for_picture


@pytest.fixture(scope="module")
def names(site):
    return chapters_with(site, 'class="quiz"')


# Every answer of every question, given one after another: [is it right, the answer, what is said
# to it, is it marked as pressed, how many are].
ANSWER_ALL = """() => [...document.querySelectorAll('.quiz .ask')].map(question =>
    [...question.querySelectorAll('.ask-answers button')].map(button => {
        button.click();
        return [button.dataset.right === 'yes', button.textContent,
            question.querySelector('.ask-said').textContent,
            button.getAttribute('aria-pressed'),
            question.querySelectorAll('[aria-pressed=true]').length];
    }))"""


def test_every_answer_of_every_question_is_answered(page, base_url, names):
    for name in names:
        page.goto(f"{base_url}/{name}")
        questions = page.evaluate(ANSWER_ALL)
        assert len(questions) > 3, name
        for answers in questions:
            assert sum(right for right, *_ in answers) == 1
            for right, answer, said, pressed, number_pressed in answers:
                assert said.startswith(f"{answer}: {'right' if right else 'no'}.")
                assert len(said) > len(answer) + 20
                assert (pressed, number_pressed) == ("true", 1)


def test_a_wrong_answer_keeps_the_others_folded_and_a_right_one_shows_them(page, root, names):
    page.goto(f"{root}/{names[0]}")
    question = page.locator(".quiz .ask").first
    everything = question.locator(".ask-all")
    question.locator("button[data-right=no]").first.click()
    assert not everything.is_visible()
    question.locator("button[data-right=yes]").click()
    assert everything.is_visible()


def test_questions_answer_to_the_keyboard_alone(page, root, names):
    page.goto(f"{root}/{names[0]}")
    question = page.locator(".quiz .ask").first
    question.locator("button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    second = question.locator("button").nth(1)
    assert second.get_attribute("aria-pressed") == "true"
    assert question.locator("[aria-live=polite]").text_content()
    outline = second.evaluate("b => getComputedStyle(b).outlineStyle")
    assert outline == "solid", "the focus is seen"


def test_a_prediction_opens_its_explorer(page, root, site, names):
    found = 0
    names = names if root.startswith("http") else names[::4]
    for name in names:
        page.goto(f"{root}/{name}")
        for predict in page.locator(".predict").all():
            figure = predict.locator("figure.explore")
            assert not figure.is_visible()
            predict.locator(".ask-answers button").last.click()
            assert figure.is_visible()
            wait_for_picture(figure.locator(".explore-picture"))
            found += 1
    assert found >= len(names)


def test_the_text_behind_a_prediction_waits_for_the_answer(page, root, names):
    for way in ("answer", "read on", "link"):
        page.goto(f"{root}/{names[0]}")
        cell = page.locator("article .cell", has=page.locator(".predict")).first
        behind, note = page.locator(".predict-behind").first, page.locator(".predict-wait").first
        assert note.is_visible()
        assert behind.evaluate("e => e.textContent.length > 10 && e.offsetHeight === 0")
        waiting = page.locator(".predict-wait").count()
        if way == "answer":
            cell.locator("button[data-right]").first.click()
        elif way == "read on":
            note.get_by_role("button").focus()
            page.keyboard.press("Enter")
            assert behind.evaluate("e => e === document.activeElement")
        else:  # as the browser's search does, too
            behind.evaluate("e => { e.firstElementChild.id = 'here'; location.hash = 'here'; }")
            page.wait_for_function("e => !e.hidden", arg=behind.element_handle())
        assert behind.evaluate("e => e.offsetHeight > 10")
        assert page.locator(".predict-wait").count() == waiting - 1


def test_what_a_cell_prints_behind_a_prediction_waits_and_an_explorer_does_not(page, base_url):
    page.goto(f"{base_url}/chapters/09-normalization.html")
    behind = page.locator(".predict-behind")
    printed = behind.locator(".cell_output", has_text="another digit in the same place changes")
    assert printed.count() == 1
    assert not printed.is_visible()
    assert behind.locator(".explore, .ask, h2").count() == 0


def test_on_paper_nothing_waits(page, base_url, names):
    page.goto(f"{base_url}/{names[0]}")
    page.emulate_media(media="print")
    for part in (".predict-then", ".predict-behind"):
        for each in page.locator(part).all():
            assert each.evaluate("e => e.hidden !== false && e.offsetHeight > 20"), part
    assert not page.locator(".predict-wait").first.is_visible()


def test_without_a_script_everything_is_there_folded(browser, root, names):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{root}/{names[0]}")
    question = page.locator(".quiz .ask").first
    assert question.locator("button").first.is_disabled()
    question.locator("summary").click()
    assert question.locator(".ask-all li").first.is_visible()
    assert page.locator(".predict figure.explore").first.is_visible()
    context.close()


def test_progress_stays_in_this_browser_and_can_be_forgotten(page, base_url, names):
    chapter = names[0]
    row = page.locator("tr", has=page.locator(f"a[href$='{chapter.split('/')[-1]}']"))
    page.goto(f"{base_url}/progress.html")
    assert row.locator("td").nth(1).text_content().startswith("0 of ")
    page.goto(f"{base_url}/{chapter}")
    page.locator(".quiz .ask button[data-right=yes]").first.click()
    box = page.locator("input[data-exercise]").first
    box.check()
    page.goto(f"{base_url}/progress.html")
    assert row.locator("td").nth(1).text_content().startswith("1 of ")
    assert row.locator("td").nth(2).text_content().startswith("1 of ")
    page.goto(f"{base_url}/{chapter}")
    assert page.locator(".quiz .ask").first.get_attribute("class") == "ask ask-solved"
    assert page.locator("input[data-exercise]").first.is_checked()
    page.goto(f"{base_url}/progress.html")
    page.locator("button.progress-clear").click()
    assert row.locator("td").nth(1).text_content().startswith("0 of ")
    page.reload()
    assert row.locator("td").nth(1).text_content().startswith("0 of ")


@pytest.mark.parametrize("stored", ["", "null", "[1]", "{", '{"05.q1": 7}'])
def test_damaged_progress_counts_as_none(page, base_url, names, stored):
    page.goto(f"{base_url}/progress.html")
    page.evaluate("v => localStorage.setItem('neural-networks-hands-on', v)", stored)
    page.goto(f"{base_url}/{names[0]}")
    page.locator(".quiz .ask button[data-right=yes]").first.click()
    page.goto(f"{base_url}/progress.html")
    assert page.locator("td[data-progress]").first.text_content().count(" of ") == 1


def test_where_storage_is_refused_questions_answer_all_the_same(browser, base_url, names):
    context = browser.new_context(viewport=WIDE)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
    )
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: "quiz.js" in str(error.stack) and problems.append(error))
    page.goto(f"{base_url}/{names[0]}")
    page.locator(".quiz .ask button[data-right=yes]").first.click()
    assert page.locator(".quiz .ask-said").first.text_content()
    assert not problems
    context.close()
