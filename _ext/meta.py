"""What a search engine reads of a page, and what is shown of a link to it that is shared.

Every page describes itself by its opening question, or by its first sentences. Where the site has
an address, which the environment variable BOOK_URL names, links that are shared carry a picture,
and search engines get a list of the pages. Without one there is nothing that could be wrong.
"""

import json
import os
import re
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from docutils import nodes

LONGEST = 200  # characters of a description, of which search engines show about 160
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def address(app, config):
    """Take the site's address from the environment, with a slash at its end."""
    url = os.environ.get("BOOK_URL", "")
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"BOOK_URL must be an address such as https://host/book/, got {url!r}")
    config.html_baseurl = url.rstrip("/") + "/"


def words(paragraph):
    """The whole sentences of a paragraph that stand before its first formula, on one line."""
    text = ""
    for node in paragraph.findall(lambda node: isinstance(node, (nodes.Text, nodes.math))):
        if isinstance(node, nodes.math) or isinstance(node.parent, nodes.math):
            break
        text += node.astext()
    return re.match(r"(?:.*[.?!](?=\s|$))?", " ".join(text.split())).group()


def description(doctree):
    """The first paragraph that says something, in whole sentences as far as there is room."""
    said = ""
    for paragraph in doctree.findall(nodes.paragraph):
        text = words(paragraph)
        if len(text) > 30 and not isinstance(paragraph.parent, nodes.citation):
            for sentence in re.split(r"(?<=[.?!]) ", text):
                if said and len(said) + len(sentence) > LONGEST:
                    break
                said = f"{said} {sentence}".strip()
            break
    return said


def resource(title, says, config, url):
    """The chapter in the words of schema.org: free, in English, a part of the book."""
    about = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": title,
        "description": says,
        "inLanguage": config.language,
        "license": LICENSE,
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Book", "name": config.html_title},
    }
    if url:
        about["url"] = url
    # Inside a script nothing is escaped but the end of the script.
    data = json.dumps(about, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{data}</script>'


def describe(app, pagename, templatename, context, doctree):
    if doctree is None:
        return  # the search page and the index of terms
    config, url = app.config, context["pageurl"]
    title = next(doctree.findall(nodes.title)).astext()
    says = description(doctree) or f"{title}, in {config.html_title}"
    tags = [("property", "og:title", title), ("property", "og:type", "article")]
    tags += [("property", "og:site_name", config.html_title)]
    tags += [("name", "description", says), ("property", "og:description", says)]
    if url:
        card = urljoin(config.html_baseurl, card_of(pagename))
        tags += [("property", "og:url", url), ("property", "og:image", card)]
        tags += [("property", "og:image:alt", f"{title}: a picture from the book")]
    # The small card shows no picture, so a page without an address says so.
    tags += [("name", "twitter:card", "summary_large_image" if url else "summary")]
    lines = [f'<meta {kind}="{name}" content="{escape(text)}">' for kind, name, text in tags]
    if pagename.startswith("chapters/"):
        lines.append(resource(title, says, config, url))
    context["metatags"] += "\n".join(lines)


def card_of(pagename):
    """The file of a page's social picture: a chapter has its own, the others share one."""
    name = pagename.removeprefix("chapters/") if pagename.startswith("chapters/") else "book"
    return f"cards/{name}.png"


def list_pages(app, exception):
    """sitemap.xml and robots.txt: which pages there are, for search engines."""
    base = app.config.html_baseurl
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    if not base:
        for name in ("sitemap.xml", "robots.txt"):  # of a build that had an address
            (out / name).unlink(missing_ok=True)
        return
    pages = sorted(app.builder.get_target_uri(name) for name in app.env.found_docs)
    urls = "".join(f"<url><loc>{escape(urljoin(base, page))}</loc></url>\n" for page in pages)
    (out / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        encoding="utf-8",
    )
    (out / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8"
    )


def setup(app):
    app.connect("config-inited", address)
    app.connect("html-page-context", describe)
    app.connect("build-finished", list_pages)
    return {"parallel_read_safe": True}
