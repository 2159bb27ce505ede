"""The pages of the built site, as tests and benchmarks go over them."""

# Templates of the theme's own scripts stand among the static files; JupyterLite is another program.
NO_PAGES = ("_static/", "lite/")


def pages_of(site):
    """The addresses of the book's pages in the folder of the site, without the lectures."""
    return [name for name in pages_and_lectures(site) if not name.startswith("slides/")]


def pages_and_lectures(site):
    names = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    return [name for name in names if not name.startswith(NO_PAGES)]


def wait_for_picture(picture):
    """Bring a picture near, which is when it is fetched, and wait until it is there."""
    picture.scroll_into_view_if_needed()
    arrived = "p => p.complete && p.naturalWidth > 0"
    picture.page.wait_for_function(arrived, arg=picture.element_handle())


def open_predictions(page):
    """Answer what asks for a prediction first: some explorers open only then."""
    for question in page.locator(".predict .ask-answers").all():
        question.locator("button").first.click()
