"""A quiet Chromium, for the tests and for what is printed or pictured from the built site."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

# It must not ask anybody for updates while requests are being counted.
FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync
"""


@contextlib.contextmanager
def chromium():
    """A headless Chromium: the system's if there is one, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()
