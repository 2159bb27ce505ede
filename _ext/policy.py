"""A content security policy for every page of the book: what it may load, and what may run.

The page carries its policy in a meta element, so that it holds on every host and on a disk. Of the
scripts within a page those run that the theme's templates bring, known by their hashes, and no
other: not one in a chapter, nor one that somebody smuggles into it.

The lectures under slides/ have none: the speaker's view writes a script of its own into a window.
"""

import base64
import hashlib
import re
from html import escape, unescape

# A page that is opened from a disk has no origin: 'self' names nothing there. From a server, the
# browser refuses such addresses anyway.
OWN = "'self' file:"

# What else a page may load or run has its place here.
SOURCES = {
    "default-src": "'none'",
    "script-src": OWN,
    "style-src": f"{OWN} 'unsafe-inline'",  # typeset formulas are placed by style attributes
    # The theme's style sheet holds small drawings; what was computed in the page is a blob.
    "img-src": f"{OWN} data: blob:",
    "font-src": OWN,
    "connect-src": OWN,
    "worker-src": "'self'",  # Python; a worker keeps what its own answer says, and so may fetch it
    "form-action": OWN,  # the search field
    "base-uri": "'none'",
}

INLINE = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
HANDLER = re.compile(r'<[a-z][^>]*?\son[a-z]+="([^"]*)"')
CHARSET = re.compile(r"<meta charset=[^>]*>")


def hashed(script):
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(template):
    """The policy of a page, of which the template is given: the page without the author's part."""
    scripts = sorted({hashed(script) for script in INLINE.findall(template)})
    handlers = sorted({hashed(unescape(script)) for script in HANDLER.findall(template)})
    if handlers:
        scripts += ["'unsafe-hashes'", *handlers]  # unsafe in name: only these few handlers run
    sources = SOURCES | {"script-src": " ".join([SOURCES["script-src"], *scripts])}
    return "; ".join(f"{what} {where}" for what, where in sources.items())


def carry(app):
    """Write the policy into every page, before anything that it speaks of."""
    if app.builder.format != "html":
        return
    render = app.builder.templates.render

    def with_policy(template, context):
        html = render(template, context)
        own = policy(html.replace(context.get("body") or "\0", ""))
        meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(own, quote=False)}">'
        return CHARSET.sub(lambda charset: f"{charset[0]}\n    {meta}", html, count=1)

    app.builder.templates.render = with_policy


def setup(app):
    app.connect("builder-inited", carry, priority=100)  # first, while the author's part is whole
    return {"parallel_read_safe": True}
