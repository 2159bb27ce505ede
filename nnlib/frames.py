"""An explorer on a page without Python: every picture drawn beforehand, one file each.

The first picture is an ordinary <img>, so that the page reads without a script, in print and in
a PDF. `explore.js` turns the controls on and picks among the files. Addresses begin with
`nnlib-frames:` or `nnlib-compute:`, which the book's Sphinx extensions turn into the way from that
page.
"""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from .clinic import ASK
from .explore import label
from .quiz import said_to
from .stops import as_text

# For the values between the stops: nothing of it is loaded before it is pressed.
SWITCH = (
    '<div class="explore-any"><button type="button" class="explore-compute" aria-pressed="false">'
    "Compute any value <small>nnlib-compute-says:</small></button>"
    '<button type="button" class="explore-cancel" hidden>Cancel</button>'
    '<p class="explore-status" role="status"></p></div>'
)


def page(explorer, folder):
    """Draw every combination into `folder`; return the explorer as HTML."""
    name, says = drawn(explorer.picture, explorer.combinations(), folder)
    return html(explorer, name, says)


def drawn(picture, settings, folder):
    """Draw the picture at each of the settings, a file each: (their folder's name, sentences)."""
    with ThreadPoolExecutor(1) as packer:  # packing runs beside the next drawing
        says, packed = [], []
        for each in settings:
            says.append(picture.render(each))
            packed.append(packer.submit(webp, picture.pixels()))
        files = [job.result() for job in packed]
    name = hashlib.sha256(b"".join(files) + "\n".join(says).encode()).hexdigest()[:16]
    place = Path(folder) / name
    place.mkdir(parents=True, exist_ok=True)
    for index, data in enumerate(files):
        (place / f"{index}.webp").write_bytes(data)
    return name, says


def webp(pixels):
    """Pixels as a lossless WebP with 32 levels a color: a third of the bytes, white stays white."""
    levels = (pixels.astype(np.uint16) >> 3) * 255 // 31
    file = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(file, "webp", lossless=True, method=2, quality=40)
    return file.getvalue()


def html(explorer, name, says):
    """The explorer's markup: controls switched off until the script is there, picture, sentence."""
    height, width = explorer.picture.pixels().shape[:2]
    first = 0
    for stops in explorer.controls.values():
        first = first * len(stops.values) + stops.first
    img = (
        f'<img class="explore-picture" src="nnlib-frames:{name}/{first}.webp" '
        f'width="{width}" height="{height}" loading="lazy" alt="{escape(says[first])}">'
    )
    caption = f'<figcaption class="explore-says">{escape(says[first])}</figcaption>'
    if not explorer.controls:
        return f'<figure class="explore-still">{img}{caption}</figure>'
    controls = "".join(control(name, key, stops) for key, stops in explorer.controls.items())
    stops = [list(stops.texts) for stops in explorer.controls.values()]
    between = any(each.between for each in explorer.controls.values())
    compute, switch = (' data-compute="nnlib-compute:"', SWITCH) if between else ("", "")
    data = json.dumps({"stops": stops, "says": says}, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<figure class="explore" data-name="{escape(name_of(explorer))}" '
        f'data-frames="nnlib-frames:{name}/" data-first="{first}"{compute}>'
        f'<fieldset class="explore-controls" disabled>'
        f'<legend class="explore-legend">Controls</legend>{controls}{switch}</fieldset>'
        f"{img}{caption}"
        f'<script type="application/json" class="explore-data">{data}</script></figure>'
    )


def name_of(explorer):
    """What the explorer is called in a page's address: its drawing function's name, shortened."""
    return getattr(explorer.picture.draw, "__name__", "explorer").removeprefix("draw_")


def control(name, key, stops):
    """One labeled native control.

    An <output> would be read out at every step: the slider says its stop already.
    """
    identity, words = f"x{name}-{key}", escape(label(key))
    if stops.ordered:
        shown = stops.texts[stops.first]
        button = (
            f'<button type="button" class="explore-play" data-for="{identity}" '
            f'aria-label="Play {words}">▶</button>'
            if stops.plays
            else ""
        )
        return (
            f'<div class="explore-control" data-control="{key}"{" data-between" * stops.between}>'
            f'<label for="{identity}">{words}</label>{button}'
            f'<input type="range" id="{identity}" min="0" max="{len(stops.values) - 1}" step="1" '
            f'value="{stops.first}" aria-valuetext="{escape(shown)}" autocomplete="off">'
            f'<output for="{identity}" aria-live="off">{escape(shown)}</output></div>'
        )
    options = "".join(
        f'<label><input type="radio" name="{identity}" value="{i}" autocomplete="off"'
        f"{' checked' if i == stops.first else ''}><span>{escape(as_text(value))}</span></label>"
        for i, value in enumerate(stops.values)
    )
    return (
        f'<div class="explore-control explore-choice" data-control="{key}" role="radiogroup" '
        f'aria-label="{words}">'
        f'<span class="explore-name" aria-hidden="true">{words}</span>'
        f'<span class="explore-options">{options}</span></div>'
    )


def clinic_page(clinic, folder):
    """A clinic as HTML: all curves one below another, each with its answers folded.

    `clinic.js` shows one at a time, lets the buttons answer, and keeps the score.
    """
    numbers = range(len(clinic.patients))
    name, _ = drawn(clinic.picture, [{"number": k} for k in numbers], folder)
    height, width = clinic.picture.pixels().shape[:2]
    cases = "".join(
        case(patient, f"nnlib-frames:{name}/{k}.webp", f"{k + 1} of {len(numbers)}", width, height)
        for k, patient in enumerate(clinic.patients)
    )
    return (
        f'<section class="clinic" aria-label="Clinic">{cases}'
        '<p class="clinic-next"><button type="button" disabled>Next curve</button></p>'
        '<p class="clinic-score" role="status"></p></section>'
    )


def case(patient, src, number, width, height):
    """One curve of a clinic: picture, words, buttons, and what is said to each answer."""
    buttons = "".join(f'<button type="button">{escape(name)}</button>' for name in patient.answers)
    answers = "".join(
        said_to(name, name == patient.right, says) for name, says in patient.answers.items()
    )
    words = escape(patient.words)
    return (
        f'<article class="clinic-case" data-right="{escape(patient.right)}" '
        f'data-engine="{escape(patient.engine.name)}">'
        f'<p class="clinic-title" role="heading" aria-level="3" tabindex="-1">Curve {number}</p>'
        f'<img class="explore-picture" src="{src}" width="{width}" height="{height}" '
        f'loading="lazy" alt="{words}">'
        f'<details class="clinic-words"><summary>The curve in words</summary><p>{words}</p>'
        f"</details>"
        f'<fieldset class="clinic-answers" disabled><legend>{ASK}</legend>{buttons}</fieldset>'
        f'<div class="clinic-said" aria-live="polite"></div>'
        f'<details class="clinic-all"><summary>All answers</summary><ul>{answers}</ul>'
        f'<p class="clinic-engine">{escape(patient.engine_says)}</p></details></article>'
    )
