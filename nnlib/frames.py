"""An explorer on a page without Python: every picture drawn beforehand, one file each.

The first picture is an ordinary <img>, so that the page reads without a script, in print and in
a PDF. `explore.js` turns the controls on and picks among the files. Addresses begin with
`nnlib-frames:`, which the book's Sphinx extension turns into the way from that page.
"""

import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from .explore import as_text, label


def page(explorer, folder):
    """Draw every combination into `folder`; return the explorer as HTML."""
    with ThreadPoolExecutor(1) as packer:  # packing runs beside the next drawing
        says, packed = [], []
        for settings in explorer.combinations():
            says.append(explorer.picture.render(settings))
            packed.append(packer.submit(webp, explorer.picture.pixels()))
        files = [job.result() for job in packed]
    name = hashlib.sha256(b"".join(files) + "\n".join(says).encode()).hexdigest()[:16]
    place = Path(folder) / name
    place.mkdir(parents=True, exist_ok=True)
    for index, data in enumerate(files):
        (place / f"{index}.webp").write_bytes(data)
    return html(explorer, name, says)


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
        f'width="{width}" height="{height}" alt="{escape(says[first])}">'
    )
    caption = f'<figcaption class="explore-says">{escape(says[first])}</figcaption>'
    if not explorer.controls:
        return f'<figure class="explore-still">{img}{caption}</figure>'
    controls = "".join(control(name, key, stops) for key, stops in explorer.controls.items())
    stops = [list(stops.texts) for stops in explorer.controls.values()]
    data = json.dumps({"stops": stops, "says": says}, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<figure class="explore" data-frames="nnlib-frames:{name}/" data-first="{first}">'
        f'<fieldset class="explore-controls" disabled>'
        f'<legend class="explore-legend">Controls</legend>{controls}</fieldset>'
        f"{img}{caption}"
        f'<script type="application/json" class="explore-data">{data}</script></figure>'
    )


def control(name, key, stops):
    """One labelled native control. Each `data-at` holds the index of its stop."""
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
            f'<div class="explore-control"><label for="{identity}">{words}</label>{button}'
            f'<input type="range" id="{identity}" min="0" max="{len(stops.values) - 1}" step="1" '
            f'value="{stops.first}" aria-valuetext="{escape(shown)}" autocomplete="off">'
            f'<output for="{identity}">{escape(shown)}</output></div>'
        )
    options = "".join(
        f'<label><input type="radio" name="{identity}" value="{i}" autocomplete="off"'
        f"{' checked' if i == stops.first else ''}><span>{escape(as_text(value))}</span></label>"
        for i, value in enumerate(stops.values)
    )
    return (
        f'<div class="explore-control explore-choice" role="radiogroup" aria-label="{words}">'
        f'<span class="explore-name" aria-hidden="true">{words}</span>'
        f'<span class="explore-options">{options}</span></div>'
    )
