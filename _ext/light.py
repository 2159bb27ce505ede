"""A page brings along only what it shows: its scripts and styles, and of the theme's rules those
that any page follows.
"""

import re
from itertools import pairwise
from pathlib import Path

import tinycss2

# What a page must hold to need a file, or a script within the page: a part of its name or of its
# text, and a pattern for the page. What is not named here comes to every page.
NEEDED_BY = {
    "explore.js": r'class="explore"',
    "clinic.js": r'class="clinic"',
    "quiz.js": r'class="ask"|data-exercise=|data-progress=',
    "clipboard": r'class="highlight',
    "copybutton": r'class="highlight',
    "katex": r'class="katex',
    "maths.css": r'class="katex',
    "toggle": r'class="[^"]*\b(?:toggle|dropdown)\b',
    "design": r'class="[^"]*\bsd-',
    "DOCUMENTATION_OPTIONS.": r"(?!)",  # for a choice of versions, which we have not: never
}


def is_needed(asset, body):
    name = asset.filename or asset.attributes.get("body", "")
    return all(re.search(page, body) for part, page in NEEDED_BY.items() if part in str(name))


def leave_files_out(app, pagename, templatename, context, doctree):
    body = context.get("body") or ""
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if is_needed(asset, body)]


# The theme's script comes last, and until then a first visit would be drawn in neither light nor
# dark: on a dark screen a white flash, and every element styled twice. Paper is always light.
FIRST_LOOK = """(look => {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    if (look.theme === "auto") look.theme = isDark ? "dark" : "light";
    let onScreen;
    addEventListener("beforeprint", () => { onScreen = look.theme; look.theme = "light"; });
    addEventListener("afterprint", () => { look.theme = onScreen; });
})(document.documentElement.dataset);"""


# The theme's style sheets are made for every book. A rule whose classes no page has is left out.

CLASSES = re.compile(r'\bclass="([^"]*)"')
WORD = re.compile(r"[A-Za-z_][\w-]*")
GROUPS = {"media", "supports", "container", "layer"}


class Known:
    """The classes that pages have, or that scripts may give them: all words of the scripts."""

    def __init__(self, html):
        self.words = set()
        for page in html.rglob("*.html"):
            for names in CLASSES.findall(page.read_text(encoding="utf-8")):
                self.words.update(names.split())
        for script in html.glob("_static/**/*.js"):
            if script.name != "fontawesome.js":  # it names every icon there is, and is left out
                self.words.update(WORD.findall(script.read_text(encoding="utf-8")))
        # A script may put a name together: "bs-tooltip-" and a side.
        self.beginnings = tuple(word for word in self.words if word.endswith("-"))

    def __contains__(self, name):
        return name in self.words or name.startswith(self.beginnings)


def classes(selector):
    """The classes of a selector, apart from those in :not(...) and the like."""
    return [name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident"]


def selectors(prelude):
    """The parts between the commas of a rule's head."""
    parts = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def cut(rules, known):
    """The rules as text, without those for classes that are not known."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            heads = [
                tinycss2.serialize(part).strip()
                for part in selectors(rule.prelude)
                if all(name in known for name in classes(part))
            ]
            if heads:
                kept.append(f"{','.join(heads)}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in GROUPS and rule.content:
            inner = cut(tinycss2.parse_blocks_contents(rule.content, True, True), known)
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type != "error":
            kept.append(rule.serialize())
    return "".join(kept)


def theme_styles(html):
    return [html / "_static" / "basic.css", *sorted(html.glob("_static/styles/*.css"))]


def cut_styles(app, exception):
    if exception or app.builder.format != "html":
        return
    html = Path(app.outdir)
    known = Known(html)
    for path in theme_styles(html):
        rules = tinycss2.parse_stylesheet(path.read_text(encoding="utf-8"), True, True)
        path.write_text(cut(rules, known), encoding="utf-8")


def setup(app):
    app.add_js_file(None, body=FIRST_LOOK)
    app.connect("html-page-context", leave_files_out, priority=950)  # when the theme added its own
    app.connect("build-finished", cut_styles, priority=810)  # the icons are looked up in them first
    return {"parallel_read_safe": True}
