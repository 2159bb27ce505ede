"""Colors as they are seen with a color-blindness, and what else tells things of a picture apart.

Protanopia and deuteranopia after Machado, Oliveira and Fernandes (2009), tritanopia after Brettel,
Viénot and Mollon (1997), which is the better of the two there; gray as a printer makes it.
"""

from functools import cache
from itertools import combinations

from coloraide import Color
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex

# CIEDE2000: 1 is just seen when two patches touch, 10 at a glance when they do not.
APART = 10
SIGHTS = {
    "all cones": lambda color: color,
    "protanopia": lambda color: color.filter("protan", method="machado"),
    "deuteranopia": lambda color: color.filter("deutan", method="machado"),
    "tritanopia": lambda color: color.filter("tritan", method="brettel"),
    "gray print": lambda color: color.filter("grayscale"),
}


@cache
def seen(color, sight):
    return SIGHTS[sight](Color(color))


@cache
def distance(one, other, sight):
    """How far two colors are apart for one way of seeing, by CIEDE2000."""
    return seen(one, sight).delta_e(seen(other, sight), method="2000")


def too_close(one, other, sights=tuple(SIGHTS)):
    """The ways of seeing for which two colors may be taken for one another."""
    return [sight for sight in sights if distance(one, other, sight) < APART]


def things(ax):
    """The lines, points, bars and areas of an Axes: {(color, what else it is known by)}."""
    found = set()
    for line in ax.lines:
        dashes = line.get_linestyle() if len(line.get_xdata()) > 1 else "None"
        marker = line.get_marker() if line.get_marker() not in ("", None) else "None"
        ink = line.get_color() if dashes != "None" else line.get_markerfacecolor()
        width = "thin" if line.get_linewidth() < 1.3 else "wide"  # half of the book's own 2
        found.add((to_hex(ink), f"{width} line {dashes}, marker {marker}"))
    for drawn in ax.collections:
        if drawn.get_array() is not None or not isinstance(drawn, PathCollection | PolyCollection):
            continue  # colored by a scale, which is judged as a scale
        shape = "area"
        if isinstance(drawn, PathCollection):
            shape = f"points of {len(drawn.get_paths()[0].vertices)} corners"
        hatch = drawn.get_hatch() or "plain"
        found |= {(to_hex(color), f"{shape}, {hatch}") for color in drawn.get_facecolor()}
    for patch in ax.patches:
        if patch.get_fill():
            found.add((to_hex(patch.get_facecolor()), f"patch, {patch.get_hatch() or 'plain'}"))
    return found


def told_by_hue_alone(figure):
    """Pairs of things in one Axes that somebody takes for one another: same line, no name."""
    pairs = []
    for ax in figure.axes:
        texts = [*ax.texts, *figure.texts]
        legend = ax.get_legend()
        named = {to_hex(text.get_color()) for text in texts if text.get_text().strip()}
        for (one, sign), (other, sign_too) in combinations(sorted(things(ax)), 2):
            if sign == sign_too and one != other and not {one, other} <= named and not legend:
                sights = too_close(one, other)
                if sights:
                    pairs.append((one, other, sign, sights))
    return pairs
