"""An explorer in a notebook with a live kernel: widgets, one figure, drawn anew at every move.

The browser sends a control's next position only after the last was answered, and then the newest
one: a fast drag skips stops instead of queueing them.
"""

import os
import time
from html import escape

# ipywidgets would send every move of a slider back to the page that made it, before the picture.
os.environ.setdefault("JUPYTER_WIDGETS_ECHO", "0")

import ipywidgets

from .explore import label

SLOW = 0.25  # seconds of drawing after which the reader is told to wait


def widget(explorer):
    """The explorer as an ipywidgets box: controls, picture, sentence."""
    picture = ipywidgets.Image(value=explorer.picture.png(), format="png")
    picture.layout.max_width = "100%"
    readout = ipywidgets.HTML(escape(explorer.says))
    controls = {name: control(name, stops) for name, stops in explorer.controls.items()}
    last = {"seconds": 0.0}

    def redraw(_):
        if last["seconds"] > SLOW:
            readout.value = "drawing …"
        begin = time.perf_counter()
        try:
            says = explorer.picture.render({name: c.value for name, c in controls.items()})
        except Exception as error:  # shown beside the picture; the sliders live on
            readout.value = f"<b>{escape(str(error))}</b>"
        else:
            picture.value = explorer.picture.png()
            readout.value = escape(says)
        last["seconds"] = time.perf_counter() - begin

    for each in controls.values():
        each.observe(redraw, names="value")
    rows = [row(each, explorer.controls[name]) for name, each in controls.items()]
    return ipywidgets.VBox([*rows, picture, readout])


def control(name, stops):
    """A slider over the stops for numbers, buttons for words."""
    options = list(zip(stops.texts, stops.values, strict=True))
    kind = ipywidgets.SelectionSlider if stops.ordered else ipywidgets.ToggleButtons
    made = kind(options=options, value=stops.start, description=label(name))
    made.style.description_width = "9em"
    if stops.ordered:
        made.layout.width = "95%"
    return made


def row(slider, stops):
    """The control itself, with a Play button before it where it plays."""
    if not stops.plays:
        return slider
    player = ipywidgets.Play(min=0, max=len(stops.values) - 1, value=stops.first, interval=200)
    ipywidgets.jslink((player, "value"), (slider, "index"))
    return ipywidgets.HBox([player, slider])
