"""Plots are well-formed SVG with a shape for each value, within their picture."""

import re
from xml.etree import ElementTree

from rawspoof.edges.report.page import Bars, TimeLine
from rawspoof.edges.report.svg import LINE_WIDTH, WIDTH, bars, time_line

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_their_values():
    drawn = ElementTree.fromstring(bars(Bars("sources", (("<b>&", 400), ("x" * 90, 100), ("none", 0)))))
    wide = [float(bar.attrib["width"]) for bar in drawn.iter(f"{SVG}rect")]
    assert wide == [wide[0], wide[0] / 4, 0]
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert texts == ["<b>&", "400", "x" * 23 + "~", "100", "none", "0"]
    assert wide[0] < WIDTH


def test_a_time_line_has_an_area_for_each_series_and_stays_inside():
    line = TimeLine("Events", 1748786400, 3600, (("all", (5, 0, 10)), ("connections", (0, 0, 0))))
    drawn = ElementTree.fromstring(time_line(line))
    first, second = (path.attrib["d"] for path in drawn.iter(f"{SVG}path"))
    heights = [float(y) for y in re.findall(r"V([\d.]+)", first)]
    assert heights == [86.0, 160.0, 12.0, 160.0]
    assert set(re.findall(r"V([\d.]+)", second)) == {"160.0", "160"}
    assert max(float(x) for x in re.findall(r"H([\d.]+)", first)) == LINE_WIDTH
    assert [text.text for text in drawn.iter(f"{SVG}text")][3:6] == ["06-01 14:00", "06-01 15:00", "06-01 16:00"]


def test_a_date_that_does_not_fit_is_left_out():
    drawn = ElementTree.fromstring(time_line(TimeLine("Events", 0, 3600, (("all", (1,) * 25),))))
    dates = [float(text.attrib["x"]) for text in drawn.iter(f"{SVG}text") if text.text.startswith("01-0")]
    assert len(dates) == 6
    assert max(dates) < LINE_WIDTH - 70


def test_plots_of_nothing():
    assert ElementTree.fromstring(bars(Bars("sources", ()))) is not None
    assert ElementTree.fromstring(time_line(TimeLine("Events", 0, 3600, ()))) is not None
