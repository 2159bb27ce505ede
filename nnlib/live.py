"""An explorer in a notebook with a live kernel: widgets, one figure, drawn anew at every move.

The browser sends a control's next position only after the last was answered, and then the newest
one: a fast drag skips stops instead of queueing them. When the moves pause, the stop that one
more of them would reach is drawn ahead, so that a walk along a slider is answered at once.
"""

import asyncio
import os
import time
from contextlib import suppress
from html import escape

# ipywidgets would send every move of a slider back to the page that made it, before the picture.
os.environ.setdefault("JUPYTER_WIDGETS_ECHO", "0")

import ipywidgets
from IPython import get_ipython

from .clinic import ASK
from .explore import label

SLOW = 0.25  # seconds of drawing after which the reader is told to wait
PAUSE = 0.03  # seconds without a move before the next stop is drawn ahead
QUICK = 0.1  # seconds: a slower drawing is not made ahead, for the kernel would be away too long
REMEMBERED = 32  # pictures kept of one explorer


def widget(explorer):
    """The explorer as an ipywidgets box: controls, picture, sentence."""
    picture = ipywidgets.Image(value=explorer.picture.png(), format="png")
    picture.layout.max_width = "100%"
    readout = ipywidgets.HTML(escape(explorer.says))
    controls = {name: control(name, stops) for name, stops in explorer.controls.items()}
    drawings = Drawings(explorer)

    def redraw(_):
        drawings.move(tuple(each.index for each in controls.values()))
        if drawings.seconds > SLOW:
            readout.value = "drawing …"
        try:
            says, png = drawings.look(drawings.at)
        except Exception as error:  # shown beside the picture; the sliders live on
            readout.value = f"<b>{escape(str(error))}</b>"
        else:
            picture.value = png
            readout.value = escape(says)
            drawings.plan_ahead()

    for each in controls.values():
        each.observe(redraw, names="value")
    rows = [row(each, explorer.controls[name]) for name, each in controls.items()]
    return ipywidgets.VBox([*rows, picture, readout])


class Drawings:
    """The pictures of an explorer, each known by `at`: the index of every control's stop."""

    def __init__(self, explorer):
        self.picture = explorer.picture
        self.controls = explorer.controls
        self.at = self.before = tuple(stops.first for stops in self.controls.values())
        self.seconds = 0.0  # the last drawing took
        self.kept, self.cells_run, self.timer = {}, None, None

    def move(self, at):
        """The reader is at other stops now. What was drawn before a cell ran may be out of date."""
        self.before, self.at = self.at, at
        if self.timer:
            self.timer.cancel()
        shell = get_ipython()
        cells_run = shell and shell.execution_count
        if cells_run != self.cells_run:
            self.kept.clear()
            self.cells_run = cells_run

    def look(self, at):
        """(sentence, PNG) at these stops, drawn unless it is remembered."""
        if at not in self.kept:
            stops = zip(self.controls.items(), at, strict=True)
            settings = {name: each.values[index] for (name, each), index in stops}
            begin = time.perf_counter()
            try:
                drawn = self.picture.render(settings), self.picture.png()
            finally:
                self.seconds = time.perf_counter() - begin
            self.kept[at] = drawn
            if len(self.kept) > REMEMBERED:
                del self.kept[next(iter(self.kept))]
        return self.kept[at]

    def plan_ahead(self):
        """Once the moves pause, draw the stop that one more move the same way would reach."""
        steps = ((now > was) - (now < was) for now, was in zip(self.at, self.before, strict=True))
        further = tuple(now + step for now, step in zip(self.at, steps, strict=True))
        sizes = (len(stops.values) for stops in self.controls.values())
        inside = all(0 <= index < size for index, size in zip(further, sizes, strict=True))
        if inside and self.seconds < QUICK:
            with suppress(RuntimeError):  # no event loop, as in a plain script: no pause to use
                self.timer = asyncio.get_running_loop().call_later(PAUSE, self.draw_ahead, further)

    def draw_ahead(self, at):
        with suppress(Exception):  # the reader has not asked for it yet; asking shows the error
            self.look(at)


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


def clinic_widget(clinic):
    """A clinic as widgets: picture, words, a button an answer, what is said to it, the score."""
    picture = ipywidgets.Image(format="png")
    picture.layout.max_width = "100%"
    title, words, said, score = (ipywidgets.HTML() for _ in range(4))
    answers = ipywidgets.HBox()
    answers.layout.flex_flow = "row wrap"
    following = ipywidgets.Button(description="Next curve")
    at = {"number": -1, "answered": 0, "right": 0, "engine": 0, "open": False}

    def go_on(_=None):
        at["number"] = (at["number"] + 1) % len(clinic.patients)
        at["open"], patient = True, clinic.patients[at["number"]]
        clinic.picture.render({"number": at["number"]})
        picture.value = clinic.picture.png()
        title.value = f"<b>Curve {at['number'] + 1} of {len(clinic.patients)}</b>"
        shown = f"<summary>The curve in words</summary>{escape(patient.words)}"
        words.value = f"<details>{shown}</details>"
        said.value = ""
        answers.children = [answer(name) for name in patient.answers]

    def answer(name):
        button = ipywidgets.Button(description=name)
        button.layout.width = "auto"
        button.on_click(lambda _: answered(name))
        return button

    def answered(name):
        patient = clinic.patients[at["number"]]
        right, engine = name == patient.right, patient.engine.name == patient.right
        if at["open"]:  # only the first answer counts
            at.update(open=False, answered=at["answered"] + 1,
                      right=at["right"] + right, engine=at["engine"] + engine)  # fmt: skip
            score.value = (
                f"You: {at['right']} of {at['answered']} right. "
                f"nn.diagnose: {at['engine']} of {at['answered']}."
            )
        lines = [
            f"<b>{escape(each)}: {'right' if each == patient.right else 'no'}.</b> "
            + escape(patient.answers[each])
            for each in dict.fromkeys((name, patient.right))
        ]
        lines.append(escape(patient.engine_says))
        said.value = f'<div role="status"><p>{"</p><p>".join(lines)}</p></div>'

    following.on_click(go_on)
    go_on()
    rows = [title, picture, words, ipywidgets.HTML(ASK), answers, said, following, score]
    return ipywidgets.VBox(rows)
