"""A Matplotlib figure that is drawn again and again, and read out as pixels."""

import io

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from .plots import STYLE, TALL, WIDE

DPI = 125


class Picture:
    """One figure, reused for every setting: making a new one costs as much as drawing it."""

    def __init__(self, draw, tall):
        self.draw = draw
        with matplotlib.rc_context(STYLE):
            self.figure = Figure(figsize=TALL if tall else WIDE, dpi=DPI)
        self.canvas = FigureCanvasAgg(self.figure)

    def render(self, settings):
        """Draw at these settings; returns the sentence. The pixels are then in `pixels()`."""
        with matplotlib.rc_context(STYLE):
            self.figure.clear()
            try:
                says = self.draw(self.figure, **settings)
                self.canvas.draw()
            except Exception as error:
                at = ", ".join(f"{name}={value!r}" for name, value in settings.items())
                raise RuntimeError(
                    f"draw({at or 'fig'}) failed: {type(error).__name__}: {error}"
                ) from error
        if not isinstance(says, str) or not says.strip():
            raise TypeError(f"draw must return one sentence that says what is seen, got {says!r}")
        return says

    def pixels(self):
        """The drawn figure as an opaque image (height, width, 3) of bytes: a copy."""
        return np.asarray(self.canvas.buffer_rgba())[..., :3].copy()

    def png(self):
        """The drawn figure as PNG, packed lightly: for one look, speed counts more than size."""
        file = io.BytesIO()
        Image.fromarray(self.pixels()).save(file, "png", compress_level=1)
        return file.getvalue()
