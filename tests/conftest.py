"""The built site, a server for it, and a real browser: shared by all tests that look at pages."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest
from browser import chromium
from playwright.sync_api import Error as PlaywrightError
from serve import serving

ROOT = Path(__file__).resolve().parent.parent
WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def site():
    """The folder of the built site, built first if it is not there."""
    html = ROOT / "_build" / "html"
    if not (html / "index.html").is_file():
        subprocess.run(["make", "book"], cwd=ROOT, check=True)
    return html


@pytest.fixture(scope="session")
def base_url(site):
    """The address of the site on a server, without a slash at its end."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="module", params=["http", "file"])
def root(request, site, base_url):
    """The site as it is met on a server, and as it is met on a disk."""
    return base_url if request.param == "http" else site.as_uri()


def chapters_with(site, mark):
    """The built chapters whose page holds this mark, as addresses in the site."""
    found = [
        path.relative_to(site).as_posix()
        for path in sorted((site / "chapters").glob("*.html"))
        if mark in path.read_text(encoding="utf-8")
    ]
    assert found, f"no page holds {mark}"
    return found


@pytest.fixture(scope="session")
def browser():
    """The browser for all tests. Without one they skip, but on a build server they fail."""
    with contextlib.ExitStack() as stack:
        try:
            launched = stack.enter_context(chromium())
        except PlaywrightError as error:
            reason = f"no Chromium: install the package chromium ({str(error).splitlines()[0]})"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
        yield launched


@pytest.fixture
def page(browser):
    """A tab as on a laptop."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def pytest_collection_modifyitems(items):
    """Files without a browser first: its event loop stays in the thread and allows no other."""
    with_browser = {item.path for item in items if "browser" in item.fixturenames}
    items.sort(key=lambda item: item.path in with_browser)
