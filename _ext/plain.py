"""The text of a chapter as plain Markdown, for a notebook that knows no MyST: boxes, citations."""

import re

from pybtex.database import parse_file

BOX = re.compile(
    r"^:::\{admonition\} (?P<title>.*)\n(?::class:.*\n)?(?P<text>(?:.*\n)*?):::$", re.M
)
CITATION = re.compile(r"\{cite:(?P<kind>[tp])\}`(?P<keys>[^`]*)`")


def plain(notebook, references):
    """The notebook with its text in plain Markdown; `references` is the path of the .bib file."""
    entries = parse_file(references).entries if references.is_file() else {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = as_markdown("".join(cell["source"]), entries)
    return notebook


def as_markdown(text, entries):
    """A box becomes a quotation with its title in bold; a citation, authors and year."""
    return CITATION.sub(lambda match: cited(match, entries), BOX.sub(quoted, text))


def quoted(match):
    lines = [f"**{match['title']}**", "", *match["text"].splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def cited(match, entries):
    """As a text, “Ma and Yarats (2018)”, or in parentheses, “(Ma and Yarats, 2018)”."""
    works = [entries[key.strip()] for key in match["keys"].split(",")]
    shown = [(authors(work), work.fields["year"]) for work in works]
    if match["kind"] == "t":
        return ", ".join(f"{names} ({year})" for names, year in shown)
    return f"({'; '.join(f'{names}, {year}' for names, year in shown)})"


def authors(work):
    names = [" ".join(map(str, each.rich_last_names)) for each in work.persons["author"]]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
