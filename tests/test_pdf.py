"""The book on paper: one chapter is printed, and its pages are read back."""

import re
from types import SimpleNamespace

import on_paper
import pdf
import pytest
from paper import article
from pypdf import PdfReader

CHAPTER = "chapters/04-losses-and-outputs"


def page_of(body):
    return (
        f'<html><body><article class="bd-article"><section>{body}</section></article></body></html>'
    )


def paper(body, address=""):
    return article(page_of(body), "chapters/05-a.html", {"chapters/05-a.html", "b.html"}, address)


def test_links_stay_within_the_document():
    body = paper(
        '<h1 id="top">A</h1><a href="#top">here</a><a href="../b.html#x">there</a>'
        '<a href="../gone.html">gone</a><a href="https://example.org/">far</a>'
    )
    assert body.h1["id"] == "05-a--top"
    links = [link["href"] for link in body.select("a")]
    assert links == ["#05-a--top", "#b--x", "https://example.org/"]
    assert "gone" in body.get_text(), "a link that leads nowhere keeps its words"


def test_a_link_to_what_paper_lacks_goes_to_the_web():
    body = paper('<a href="06-c.html?e.lr=1">set</a>', "https://example.org/book/")
    assert body.a["href"] == "https://example.org/book/chapters/06-c.html?e.lr=1"


def test_folded_code_stays_away_and_buttons_go():
    body = paper(
        '<details class="hide"><summary>Show the code</summary><pre>import</pre></details>'
        '<a class="headerlink" href="#">#</a><script>1</script><p>words</p>'
    )
    assert body.get_text() == "words"


def test_answers_and_solutions_stand_at_the_end():
    body = paper(
        '<h1 id="t">T</h1><p><strong>Exercise 5.1.</strong> Do it.</p>'
        '<div class="dropdown admonition"><p class="admonition-title">Solution</p>Done.</div>'
        '<div class="ask"><fieldset class="ask-answers"><legend><span class="ask-title">Predict'
        "</span> Why?</legend><button>no</button><button>yes</button></fieldset>"
        '<div class="ask-said"></div><details class="ask-all"><summary>All</summary><ul>'
        "<li><strong>no: no.</strong> Not so.</li><li><strong>yes: right.</strong> So.</li>"
        "</ul></details></div><p>After.</p>"
    )
    text = " ".join(body.get_text(" ").split())
    assert text.index("Why?") < text.index("After.") < text.index("Question 1: B")
    assert text.index("Question 1: B") < text.index("Solutions") < text.index("Done.")
    assert [each.get_text() for each in body.select(".ask li")] == ["no", "yes"]


def test_an_explorer_says_what_could_be_moved():
    body = paper(
        '<figure class="explore"><fieldset class="explore-controls"><div class="explore-control">'
        '<label for="a">rate</label><input type="range" id="a"><output for="a">0.1</output></div>'
        '</fieldset><img src="../_frames/x/0.webp" alt="A line."></figure>'
    )
    assert body.img["src"] == "html/_frames/x/0.webp"
    assert body.select_one(".paper-note").get_text() == "To move on the page: rate = 0.1."
    assert not body.select("input, fieldset")


def test_the_front_page_leads_to_the_files_that_are_there(tmp_path):
    out = tmp_path / "html"
    out.mkdir()
    index = out / "index.html"
    without = '<p class="on-paper" data-pdf="All of it" data-epub="to read &amp; carry"></p>'
    index.write_text(f"<h1>Book</h1>{without}<p>More</p>")
    app = SimpleNamespace(outdir=out, builder=SimpleNamespace(format="html"))
    pdf_link = '<a href="book.pdf">All of it</a> (PDF, 2 MB)'
    epub_link = '<a href="book.epub">to read &amp; carry</a> (EPUB, 4 MB)'
    (tmp_path / "book.pdf").write_bytes(bytes(2_400_000))
    for _ in range(2):  # a second build says it once
        on_paper.hang(app, None)
        assert index.read_text().count(pdf_link) == 1
        assert (out / "book.pdf").is_file()
        assert "EPUB" not in index.read_text()
    (tmp_path / "book.epub").write_bytes(bytes(4_100_000))
    on_paper.hang(app, None)
    assert f">{pdf_link}, {epub_link}</p>" in index.read_text()
    for name in ("book.pdf", "book.epub"):
        (tmp_path / name).unlink()
    on_paper.hang(app, None)
    assert index.read_text() == f"<h1>Book</h1>{without}<p>More</p>"
    assert not list(out.glob("book.*"))


@pytest.fixture(scope="module")
def printed(site, tmp_path_factory, browser):
    """A chapter and a page without formulas as a PDF; how far the widest part was narrowed."""
    path = tmp_path_factory.mktemp("paper") / "chapter.pdf"
    narrowed = pdf.print_pdf(browser, pdf.compose([CHAPTER, "references"]), path)
    return PdfReader(path), narrowed


def test_a_chapter_prints_with_its_contents_and_answers(printed):
    reader, _ = printed
    text = [page.extract_text() for page in reader.pages]
    assert 15 < len(text) < 60
    assert "Neural Networks, Hands On" in text[0]
    assert "Contents" in text[1]
    whole = "\n".join(text)
    for words in ("4 · Losses and outputs", "Answers", "Solutions", "To move on the page"):
        assert words in whole
    for words in ("Show the code", "Next curve", "Back to top", "All answers"):
        assert words not in whole


def test_no_page_is_empty(printed):
    reader, _ = printed
    for number, page in enumerate(reader.pages, start=1):
        assert len(page.extract_text().split()) > 5 or page.images, number


def test_the_contents_name_the_right_pages(printed):
    reader, _ = printed
    lines = re.findall(r"^(.+?)\s*(\d+)$", reader.pages[1].extract_text(), re.MULTILINE)
    entries = [(words, int(number)) for words, number in lines if len(words) > 12]
    assert len(entries) > 5
    for words, number in entries:
        assert words.strip() in " ".join(reader.pages[number - 1].extract_text().split()), words


def test_formulas_are_set_in_their_letters(printed):
    """Pages ask for the style sheets that they need, and the last one needs none of KaTeX's."""
    reader, _ = printed
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in fonts_of(page)}
    assert any("KaTeX_Math" in name for name in fonts), fonts


def fonts_of(page):
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


def test_nothing_is_so_wide_that_it_becomes_unreadable(printed):
    _, narrowed = printed
    assert narrowed > 0.6


def test_the_pages_have_an_outline(printed):
    reader, _ = printed
    assert any("Losses and outputs" in str(each) for each in reader.outline)


def test_what_is_too_wide_is_narrowed(site, browser, tmp_path):
    """Without this, the test of the width could pass because it saw nothing."""
    html = "<table><tr><td style='min-width: 2000px'>wide</td></tr></table>"
    assert pdf.print_pdf(browser, html, tmp_path / "wide.pdf") < 0.4
