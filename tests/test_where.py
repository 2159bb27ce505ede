"""Every statement of the notes has a home: where.csv names the chapter and the heading."""

import csv
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The statements of the notes, by the chapter that teaches them.
STATEMENTS = {
    "01": "N01 N02 N03 N08 N53 N54",
    "02": "N06 N07 N52 N55 N56",
    "03": "N05 N58 N59 N61",
    "04": "N12 N13 N14 N15 N16 N57 N60 N66a",
    "05": "N61b N62 N63 N65",
    "06": "N09 N17 N18 N19 N20 N21 N22 N66b",
    "07": "N23 N39",
    "08": "N24 N25 N26 N27 N28 N29",
    "09": "N37 N37b N38",
    "10": "N11 N40 N41 N64",
    "11": "N42 N43 N44 N45 N46 N47 N68",
    "12": "N30 N31 N32 N67",
    "13": "N10 N33 N34 N35 N36 N66c",
    "14": "N48 N49 N50",
    "15": "N51",
    "16": "N61c",
}
HOME = re.compile(
    r"\[(?P<heading>.+)\]\((?P<path>chapters/(?P<number>\d\d)-[\w-]+\.ipynb)#(?P<anchor>.+)\)"
)


def rows():
    with open(ROOT / "where.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def headings(path):
    """The headings of a chapter as the reader sees them."""
    notebook = json.loads((ROOT / path).read_text(encoding="utf-8"))
    text = "\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    return re.findall(r"^#{2,3} (.+)$", text, flags=re.MULTILINE)


def test_every_statement_of_the_chapters_stands_in_the_table_once():
    ids = [row["id"] for row in rows()]
    assert sorted(ids) == sorted(" ".join(STATEMENTS.values()).split())


def test_every_chapter_of_the_book_is_asked_for():
    chapters = re.findall(r"chapters/(\d\d)-", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert chapters == sorted(STATEMENTS)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_the_home_is_a_heading_of_that_chapter(row):
    home = HOME.fullmatch(row["taught in"])
    assert home, row["taught in"]
    assert row["id"] in STATEMENTS[home["number"]].split()
    assert home["heading"] in headings(home["path"])
    assert row["the notes"].strip()
