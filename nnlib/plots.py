"""The pictures that several chapters draw, each a function of an Axes and arrays.

One style for the whole book. A color means the same thing in every chapter, is told apart with
any of the common color-blindnesses (after Okabe and Ito, 2008, and measured in the tests), and
never carries meaning alone: classes also differ by marker, lines also carry their name.
"""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

WIDE, TALL = (6.4, 3.5), (6.4, 5.2)

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#b13688"
SKY, AMBER, INK, GRAY, PALE = "#56b4e9", "#e69f00", "#222222", "#707070", "#d9d9d9"

CLASSES = (BLUE, ORANGE)  # class 0, class 1
OPTIMIZERS = {
    "SGD": GRAY,
    "Momentum": BLUE,
    "Nesterov": SKY,
    "Adagrad": AMBER,
    "RMSprop": GREEN,
    "Adam": ORANGE,
}
DIVERGING = LinearSegmentedColormap.from_list("classes", ["#5aa5d6", "#f7f7f7", "#ec9560"])
# For images too fine for a dash in each cell: without color, what is below 0 is dark, above light.
SIGNED = LinearSegmentedColormap.from_list("signed", ["#14568a", "#a8a8a8", "#ffd3ab"])
LEVELS = LinearSegmentedColormap.from_list("levels", ["#ffffff", "#c9d8e6", "#8fb0cc", "#5f89ad"])

STYLE = {
    "figure.facecolor": "white",
    "figure.subplot.left": 0.1,
    "figure.subplot.right": 0.97,
    "figure.subplot.bottom": 0.17,
    "figure.subplot.top": 0.91,
    "figure.subplot.wspace": 0.28,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titley": 1.0,  # a place that need not be searched for: a tenth of the drawing time
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GRAY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "axes.unicode_minus": True,
}


def regions(ax, f, limits=(-0.5, 1.5, -0.5, 1.5), cells=101):
    """The plane colored by f(points (N, 2)) -> (N,) in 0..1, in 20 bands; a line where f = ½."""
    left, right, low, high = limits
    u, v = np.meshgrid(np.linspace(left, right, cells), np.linspace(low, high, cells))
    z = np.reshape(f(np.stack([u.ravel(), v.ravel()], axis=1)), u.shape)
    ax.contourf(
        u, v, z, levels=np.linspace(0, 1, 21), cmap=DIVERGING, vmin=0, vmax=1, antialiased=False
    )
    if z.min() < 0.49 and z.max() > 0.51:
        ax.contour(u, v, z, levels=[0.5], colors=INK, linewidths=1.6)
    ax.set(xlim=limits[:2], ylim=limits[2:], xlabel="x₁", ylabel="x₂")


def points(ax, x, y, size=90):
    """Examples in the plane: class 0 as blue circles, class 1 as orange squares."""
    y = np.asarray(y).ravel()
    for cls, marker in ((0, "o"), (1, "s")):
        at = y == cls
        ax.scatter(
            x[at, 0],
            x[at, 1],
            s=size,
            c=CLASSES[cls],
            marker=marker,
            edgecolors="white",
            linewidths=1.5,
            zorder=3,
        )


def dashes(ax, where):
    """A dash in each cell of the Axes' image where `where` (rows, columns) is true.

    It tells low from high where an image's scale has two ends: without color both are as dark.
    """
    rows, columns = np.nonzero(where)
    width, height = ax.get_position().size * ax.figure.get_size_inches() * 72  # points
    cell = min(height / len(where), width / len(where[0]))
    ax.plot(columns, rows, "_", color=INK, ms=0.5 * cell, mew=min(0.9, 0.12 * cell))


def contours(ax, f, limits, levels=12, cells=161):
    """The level lines of f(points (N, 2)) -> (N,), spaced by the logarithm, paler when low."""
    left, right, low, high = limits
    u, v = np.meshgrid(np.linspace(left, right, cells), np.linspace(low, high, cells))
    z = np.reshape(f(np.stack([u.ravel(), v.ravel()], axis=1)), u.shape)
    heights = np.log1p(z - z.min())
    ax.contourf(u, v, heights, levels=levels, cmap=LEVELS)
    ax.contour(u, v, heights, levels=levels, colors="#5f89ad", linewidths=0.4)
    ax.set(xlim=(left, right), ylim=(low, high))


def path(ax, at, color, marker="o"):
    """The way an optimizer went: points (T, 2), a dot each, the last one larger."""
    ax.plot(at[:, 0], at[:, 1], color=color, lw=1.6, marker=".", ms=5, zorder=3)
    ax.plot(*at[-1], color=color, marker=marker, ms=9, mec="white", mew=1.2, zorder=4)


def histogram_row(axes, arrays, limits, bins=41):
    """One small histogram of shares for each array, all on the same scale."""
    edges = np.linspace(*limits, bins)
    for number, (ax, values) in enumerate(zip(axes, arrays, strict=True), start=1):
        inside = np.clip(np.ravel(values), *limits)
        shares = np.histogram(inside, edges)[0] / inside.size
        ax.stairs(shares, edges, fill=True, color=BLUE)
        ax.set(xlim=limits, xticks=[limits[0], limits[1]], yticks=[], title=f"{number}")
        ax.spines["left"].set_visible(False)


def spread(ax, x, runs, color, name=None, line="-"):
    """The median of several runs (seeds, T), with a band from the lowest to the highest."""
    runs = np.atleast_2d(runs)
    ax.fill_between(x, runs.min(0), runs.max(0), color=color, alpha=0.18, lw=0)
    ax.plot(x, np.median(runs, axis=0), color=color, ls=line, label=name)


def name_ends(ax, x, ends, room=0.055):
    """Names at the right end of lines, in place of a legend: ends = {name: (y, color)}.

    Names that would overlap are pushed apart by `room` of the axis' height. Leave room for them
    with fig.subplots_adjust(right=...).
    """
    to_axes = ax.transAxes.inverted()
    places = [
        [to_axes.transform(ax.transData.transform((x, y)))[1], name, color]
        for name, (y, color) in ends.items()
        if np.isfinite(y)
    ]
    places.sort(key=lambda place: place[0])
    low = -np.inf
    for place in places:
        low = place[0] = max(min(max(place[0], 0.0), 1.0), low + room)
    high = np.inf
    for place in reversed(places):  # and back again, if the highest was pushed out at the top
        high = place[0] = min(place[0], high - room, 1.0)
    for height, name, color in places:
        ax.text(1.015, height, name, color=color, transform=ax.transAxes, va="center", fontsize=10)


HIGHEST = 1e100  # where the axis of a loss ends: further up Matplotlib's own arithmetic overflows


def losses(ax, history):
    """Loss against epoch: the batches pale, training blue, validation orange and dashed.

    The axis turns logarithmic where a loss grows to more than four times the first. Leave room for
    the names at the right.
    """
    train = np.asarray(history.loss["train"], float)
    steps, epochs = np.asarray(history.step_loss, float), len(train) - 1
    ax.plot(np.arange(len(steps)) * epochs / len(steps), _finite(steps), color="#b7b7b7", lw=0.8)
    curves, ends = {"training": (train, BLUE, "-")}, {}
    if "validation" in history.loss:
        curves["validation"] = (history.loss["validation"], ORANGE, "--")
    for name, (values, color, line) in reversed(curves.items()):
        ax.plot(np.arange(epochs + 1), _finite(values), color=color, ls=line)
        ends[name] = (values[-1], color)
    seen = np.concatenate([steps, *(values for values, _, _ in curves.values())])
    seen = seen[np.isfinite(seen)]
    start = train[0] if np.isfinite(train[0]) else np.min(seen, initial=1)
    top = np.max(seen, initial=start)
    if top > 4 * start:
        ax.set(yscale="log", ylim=(0.5 * seen[seen > 0].min(), 3 * min(top, HIGHEST)))
    else:
        ax.set_ylim(0, 1.06 * top)
    ax.set(xlim=(0, epochs), xlabel="epoch", ylabel="loss")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    name_ends(ax, epochs, ends, room=0.1)


def last_batches(ax, history, epochs=3):
    """The loss of every batch in the last epochs that hold numbers, the scale at the right."""
    steps, total = np.asarray(history.step_loss, float), len(history.loss["train"]) - 1
    each, bad = len(steps) // total, np.flatnonzero(~np.isfinite(steps))
    end = len(steps) if np.isfinite(steps[-1]) else bad[0]
    begin = max(0, end - epochs * each)
    shown = steps[begin:end]
    ax.set(xlabel="epoch", title="the last batches")
    ax.spines[["left", "right"]].set_visible(False)
    if not len(shown) or shown.min() > HIGHEST:
        text = "beyond 10¹⁰⁰" if len(shown) else "no number at all"
        ax.text(0.5, 0.5, text, ha="center", transform=ax.transAxes)
        ax.set(xticks=[], yticks=[])
        return
    ax.plot(np.arange(begin, end) / each, _finite(shown), color=GRAY, lw=1)
    for edge in range(begin // each + 1, -(-end // each)):
        ax.axvline(edge, color=GRAY, lw=1, ls=":")
    ax.yaxis.tick_right()
    ax.xaxis.set_major_locator(MaxNLocator(3, integer=True, min_n_ticks=1))
    if np.nanmax(shown) > 100 * np.nanmin(shown) > 0:
        ax.set(yscale="log", ylim=(0.5 * np.nanmin(shown), 3 * min(np.nanmax(shown), HIGHEST)))
    else:
        ax.yaxis.set_major_locator(MaxNLocator(5))


def run(fig, history):
    """One training run: its losses by epoch, and beside them its last batches."""
    left, right = fig.subplots(1, 2, width_ratios=[1.6, 1])
    fig.subplots_adjust(left=0.095, right=0.9, wspace=0.38)
    losses(left, history)
    left.set_title("by epoch (pale: batches)")
    last_batches(right, history)
    broken = ~np.isfinite(history.step_loss)
    if broken.any():
        at = np.argmax(broken) / len(broken)
        left.axvline(at * left.get_xlim()[1], color=INK, lw=1, ls=":")
        side = "left" if at < 0.6 else "right"
        text = "  no number  \n  from here on  " if broken[-1] else "  no number here  "
        left.text(at, 0.5, text, ha=side, transform=left.transAxes)


def _finite(values):
    """The values, with NaN for what cannot be drawn; far above the axis is high enough."""
    values = np.asarray(values, float)
    return np.where(np.isfinite(values), np.minimum(values, 10 * HIGHEST), np.nan)


def graph(ax, weights, texts, fills=None, on_edges=None, strong=None, size=1500):
    """A network as a graph, inputs at the left: one circle a unit, one line a weight.

    weights   [W1, W2, ...], each (n_out, n_in) as in Dense. A line's width grows with |w|;
              positive weights are green and solid, negative ones pink and dashed
    texts     for each layer, the inputs first, what to write into its circles
    fills     likewise the circles' colors; white if not given
    on_edges  {(l, j, i): text}, written on the line from unit i into unit j of layer l (from 1);
              or {(l, j, i): (text, color)}
    strong    the (l, j, i) that are drawn in full, the others pale; all of them if not given
    size      the circles' area, in points squared

    Returns the places of the circles, an array (n, 2) for each layer.
    """
    tallest = max(len(layer) for layer in texts)
    places = [
        np.column_stack([np.full(len(layer), float(at)), _column(len(layer), tallest)])
        for at, layer in enumerate(texts)
    ]
    for layer, W in enumerate(weights, start=1):
        for (j, i), w in np.ndenumerate(W):
            (x0, y0), (x1, y1) = places[layer - 1][i], places[layer][j]
            pale = strong is not None and (layer, j, i) not in strong
            ax.plot(
                [x0, x1],
                [y0, y1],
                ls="-" if w >= 0 else (0, (3, 1.5)),
                zorder=1,
                color=PALE if pale else GREEN if w >= 0 else PINK,
                lw=0.8 + 2.2 * min(abs(w), 2),
            )
    for (layer, j, i), text in (on_edges or {}).items():
        text, color = (text, INK) if isinstance(text, str) else text
        # Near the end where fewer lines meet, so that the texts lie apart.
        t = 0.3 if len(texts[layer - 1]) <= len(texts[layer]) else 0.7
        x, y = (1 - t) * places[layer - 1][i] + t * places[layer][j]
        ax.text(
            x,
            y,
            text,
            color=color,
            fontsize=10.5,
            ha="center",
            va="center",
            zorder=2,
            bbox={"boxstyle": "square,pad=0.12", "fc": "white", "ec": "none"},
        )
    for number, (layer, place) in enumerate(zip(texts, places, strict=True)):
        colors = fills[number] if fills is not None else ["white"] * len(layer)
        ax.scatter(*place.T, s=size, c=colors, edgecolors=INK, linewidths=1.3, zorder=3)
        for (x, y), text in zip(place, layer, strict=True):
            ax.text(x, y, text, fontsize=10.5, ha="center", va="center", zorder=4)
    ax.set(xlim=(-0.25, len(texts) - 0.75), ylim=(-0.65, tallest - 0.35))
    ax.axis("off")
    return places


def _column(n, tallest):
    """Heights of n units, the first at the top, spread a little wider when they are fewer."""
    gap = 1 if n == tallest else min(1.25, (tallest - 1) / max(n - 1, 1))
    return (tallest - 1) / 2 + gap * (np.arange(n)[::-1] - (n - 1) / 2)
