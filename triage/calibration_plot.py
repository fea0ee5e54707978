"""The calibration of a probability as a small SVG: ten bins, what was said against what was so.

Pure: from numbers to text, so that the card needs no plotting library.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 10
_SIDE, _MARGIN = 320, 44


@dataclass(frozen=True)
class Bin:
    """Notes whose probability lies in one tenth: how many, the mean that was said, the share that was so."""

    notes: int
    said: float
    was: float


def bins_of(probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> list[Bin]:
    """The bins that hold a note, from the lowest."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return [
        Bin(int(inside.sum()), round(float(probabilities[inside].mean()), 3), round(float(truth[inside].mean()), 3))
        for inside in (places == number for number in range(BINS))
        if inside.any()
    ]


def plot(bins: list[Bin]) -> str:
    """One SVG picture; a dot's area says how many notes it stands for."""
    most = max(one.notes for one in bins)
    dots = "\n".join(
        f'<circle cx="{_across(one.said):.1f}" cy="{_up(one.was):.1f}" r="{3 + 9 * (one.notes / most) ** 0.5:.1f}">'
        f"<title>{one.notes} notes: said {one.said}, was {one.was}</title></circle>"
        for one in bins
    )
    ticks = "\n".join(
        f'<text x="{_across(share):.1f}" y="{_up(0) + 18:.1f}" text-anchor="middle">{share}</text>'
        f'<text x="{_across(0) - 8:.1f}" y="{_up(share) + 4:.1f}" text-anchor="end">{share}</text>'
        for share in (0.0, 0.5, 1.0)
    )
    whole = _SIDE + 2 * _MARGIN
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{whole}" viewBox="0 0 {whole} {whole}"
 font-family="sans-serif" font-size="12" role="img" aria-label="calibration of the probability of urgent">
<rect width="{whole}" height="{whole}" fill="#fffdf8"/>
<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#8a8172"/>
<line x1="{_across(0)}" y1="{_up(0)}" x2="{_across(1)}" y2="{_up(1)}" stroke="#8a8172" stroke-dasharray="4 4"/>
<g fill="#a8452b" fill-opacity="0.8">
{dots}
</g>
<g fill="#4a4438">
{ticks}
<text x="{whole / 2}" y="{whole - 8}" text-anchor="middle">probability of urgent that was said</text>
<text x="14" y="{whole / 2}" text-anchor="middle" transform="rotate(-90 14 {whole / 2})">share that was urgent</text>
</g>
</svg>
"""


def _across(share: float) -> float:
    return _MARGIN + share * _SIDE


def _up(share: float) -> float:
    return _MARGIN + (1 - share) * _SIDE
