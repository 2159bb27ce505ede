"""Every link of the built site, on pages and in lectures, leads to a file and a place in it."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

LINK = re.compile(r'<[^<>]*?\s(?:href|src)="([^"]*)"')
PLACE = re.compile(r'<[^<>]*?\s(?:id|name)="([^"]*)"')
SCRIPT = re.compile(r"(<script\b[^>]*>).*?(</script>)", re.DOTALL)


def pages(site):
    """{address: its HTML} of every page and lecture."""
    names = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    return {
        name: SCRIPT.sub(r"\1\2", (site / name).read_text(encoding="utf-8"))
        for name in names
        if not name.startswith("_static/")  # templates of the theme's scripts
    }


def dead_links(site):
    """["page: link"] of every link within the site that leads nowhere."""
    text = pages(site)
    places = {name: {unescape(each) for each in PLACE.findall(html)} for name, html in text.items()}
    dead = []
    for name, html in text.items():
        for link in dict.fromkeys(map(unescape, LINK.findall(html))):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = unquote(urljoin(name, parts.path)) or name
            place = unquote(parts.fragment)
            if not (site / target).is_file() or (
                place and target in places and place not in places[target]
            ):
                dead.append(f"{name}: {link}")
    return dead


def test_no_link_is_dead(site):
    assert sum(len(LINK.findall(html)) for html in pages(site).values()) > 1000
    assert dead_links(site) == []


def test_a_dead_link_is_noted(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"></p><a href="#here"></a><a class="x" href="b/c.html?x=1#there"></a>'
        '<a href="https://example.org/none"></a><a href="#gone"></a><img alt="" src="none.png">'
        "<script>\"<a href='code.html'>\"</script>"
    )
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.html").write_text(
        '<h2 id="there"></h2><a href="../a.html#here"></a><a href="../a.html#there"></a>'
    )
    assert dead_links(tmp_path) == [
        "a.html: #gone",
        "a.html: none.png",
        "b/c.html: ../a.html#there",
    ]


def test_no_section_has_a_number_for_a_name(site):
    """A second heading of the same words would be called id1, which the next one may take over."""
    numbered = [
        f"{name}#{place}"
        for name, html in pages(site).items()
        for place in re.findall(r'<section [^>]*id="(id\d+)"', html)
    ]
    assert numbered == []


def test_no_link_names_a_number(site):
    numbered = [
        f"{name}: {link}"
        for name, html in pages(site).items()
        for link in LINK.findall(html)
        if re.search(r"#id\d+$", link)
    ]
    assert numbered == []
