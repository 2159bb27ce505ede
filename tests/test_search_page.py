"""What a student types into the search, and the page that should be among the first three."""

import pytest

QUERIES = [
    ("dying relu", "chapters/06"),
    ("why he initialization", "chapters/08"),
    ("xavier", "chapters/08"),
    ("batch norm batch of one", "chapters/09"),
    ("layer normalization", "chapters/09"),
    ("softmax overflow", "chapters/04"),
    ("cross entropy", "chapters/04"),
    ("momentum", "chapters/11"),
    ("adam vs sgd", "chapters/11"),
    ("learning rate too high", "chapters/12"),
    ("warmup", "chapters/12"),
    ("xor", "chapters/02"),
    ("universal approximation", "chapters/02"),
    ("how does backpropagation work", "chapters/05"),
    ("gradient check", "chapters/05"),
    ("vanishing gradients", "chapters/06"),
    ("standardize inputs", "chapters/07"),
    ("mini-batch", "chapters/10"),
    ("batch size", "chapters/12"),
    ("saddle point", "chapters/12"),
    ("local minimum", "chapters/10"),
    ("dropout", "chapters/13"),
    ("l2 regularization", "chapters/13"),
    ("overfitting", "chapters/13"),
    ("double descent", "chapters/13"),
    ("grid search or random search", "chapters/14"),
    ("loss is nan", "chapters/15"),
    ("validation loss goes up", "chapters/15"),
    ("mnist accuracy", "chapters/16"),
    ("perceptron", "chapters/01"),
    ("weight matrix shape", "chapters/03"),
    ("경사하강법", "chapters/10"),
    ("역전파", "chapters/05"),
    ("활성화 함수", "chapters/06"),
    ("과적합", "chapters/15"),
    ("모멘텀이란", "chapters/11"),
    ("학습률", "chapters/12"),
    ("notation", "notation"),
]


def found(page, root, query):
    """The addresses of the results, best first."""
    page.set_default_timeout(60_000)  # a busy machine is no mistake
    # The scripts have run by then; nothing else is waited for.
    page.goto(f"{root}/search.html?q={query}", wait_until="domcontentloaded")
    page.locator("#search-results .search-summary").wait_for(state="attached")
    links = page.locator("#search-results li a")
    return links.evaluate_all("all => all.map(each => each.getAttribute('href'))")


@pytest.mark.parametrize(("query", "wanted"), QUERIES, ids=[query for query, _ in QUERIES])
def test_the_right_page_is_among_the_first_three(page, base_url, query, wanted):
    links = found(page, base_url, query)
    assert any(link.startswith(wanted) for link in links[:3]), links[:6]


def test_what_stands_nowhere_is_not_found(page, base_url):
    assert found(page, base_url, "zebras") == []
    assert "No section holds" in page.locator("#search-results").inner_text()


def test_what_was_asked_is_text_and_not_html(page, base_url):
    assert found(page, base_url, "%3Cimg src=x%3Eqqqq") == []
    assert page.locator("#search-results img").count() == 0


def test_a_result_leads_to_its_section_and_shows_why(page, root):
    """From a server and from a disk, where the theme's own search shows no excerpts."""
    found(page, root, "dropout")
    first = page.locator("#search-results li").first
    assert page.locator("#search-results mark", has_text="dropout").count() > 5
    first.locator("a").click()
    page.wait_for_url("**/*.html*")
    place = page.evaluate("location.hash.slice(1)")
    assert not place or page.evaluate("id => Boolean(document.getElementById(id))", place)


def test_other_pages_do_not_carry_the_search(site):
    text = (site / "chapters" / "05-backpropagation.html").read_text(encoding="utf-8")
    for script in ("searchindex.js", "searchtools.js", "sections.js", "minisearch.js"):
        assert script not in text
