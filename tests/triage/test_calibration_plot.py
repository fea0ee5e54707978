"""The calibration picture holds a dot for each tenth that has notes, and is well-formed."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from triage.calibration_plot import Bin, bins_of, plot


def test_each_bin_says_what_was_said_and_what_was_so() -> None:
    bins = bins_of(np.array([0.05, 0.05, 0.95, 1.0]), np.array([False, False, True, False]))
    assert bins == [Bin(2, 0.05, 0.0), Bin(2, 0.975, 0.5)]


def test_the_picture_is_well_formed_and_has_a_dot_for_each_bin() -> None:
    picture = ElementTree.fromstring(plot([Bin(3, 0.1, 0.2), Bin(9, 0.8, 0.7)]))  # noqa: S314 - our own text.
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}circle")) == 2
