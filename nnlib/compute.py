"""An explorer at every value between its stops, computed where the reader is.

On the built site, Python runs in the reader's own browser, and calls this. The site hands over
the statements of the chapter that the explorer needs, and the call that makes it:

    explorer = run(["import numpy as np", "def draw(fig, lr): ..."], "explore(draw, lr=...)")
    computed = Computed(explorer)
    computed.draw([17])     the sentence at position 17 of the slider; then `computed.png()`
"""

import contextlib
import io
import linecache

from .stops import as_text


def run(cells, call, tell=lambda number, of: None):
    """What `call` makes after these cells; `tell` hears which of how many runs next."""
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):  # what they print is on the page already
        for number, cell in enumerate(cells, start=1):
            tell(number, len(cells))
            file = f"<cell {id(names)}-{number}>"
            # Where `inspect` looks for the source of what has no file.
            linecache.cache[file] = len(cell), None, cell.splitlines(keepends=True), file
            exec(compile(cell, file, "exec"), names)
        return eval(compile(call, "explorer", "eval"), names)


class Computed:
    """An explorer whose sliders have a position for every value, not for its stops alone."""

    def __init__(self, explorer):
        self.explorer = explorer
        self.values = {name: stops.fine for name, stops in explorer.controls.items()}

    @property
    def texts(self):
        """For each control, its values as the reader sees them."""
        return [[as_text(value) for value in values] for values in self.values.values()]

    def settings(self, at):
        """The controls' values at these positions, one for each control."""
        pairs = zip(self.values.items(), at, strict=True)
        return {name: values[position] for (name, values), position in pairs}

    def draw(self, at):
        """Draw at these positions; returns the sentence."""
        return self.explorer.picture.render(self.settings(at))

    def png(self):
        """The picture that was drawn last."""
        return self.explorer.picture.png()
