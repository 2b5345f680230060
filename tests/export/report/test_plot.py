"""A line over steps."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.report.plot import draw_plot

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def points(text):
    return [tuple(map(float, point.split(","))) for point in text.split()]


@given(VALUES)
def test_the_line_lies_within_its_axes_and_keeps_order(values):
    plot = draw_plot("Loss", values)
    line = points(plot.line)
    assert len(line) == len(values)
    assert all(plot.left <= x <= plot.right and plot.top <= y <= plot.bottom for x, y in line)
    for (_, upper), (_, lower), one, other in zip(line, line[1:], values, values[1:], strict=False):
        assert (one >= other and upper <= lower) or (one <= other and upper >= lower)
    assert 2 <= len(plot.down) <= 8
    assert all(plot.top <= tick.at <= plot.bottom for tick in plot.down)
    assert all(plot.left <= tick.at <= plot.right for tick in plot.across)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_counts_have_whole_numbers_on_their_axis(values):
    assert all(float(tick.text.replace(",", "")).is_integer() for tick in draw_plot("Labels", values, whole=True).down)


def test_ticks_are_where_their_values_are():
    plot = draw_plot("Loss", [0.0, 5.0, 10.0], kept=2)
    places = {tick.text: tick.at for tick in plot.down}
    assert [places["0"], places["10"]] == [plot.bottom, plot.top]
    assert points(plot.line)[1] == ((plot.left + plot.right) / 2, (plot.bottom + plot.top) / 2)
    assert plot.kept == points(plot.line)[2]
    assert [tick.text for tick in plot.across] == ["1", "2", "3"]
    assert plot.summary == "Loss: from 0 at step 1 to 10 at step 3."


def test_a_band_goes_around_the_line():
    plot = draw_plot("Loss", [2.0, 3.0], around=([1.0, 2.0], [4.0, 6.0]))
    band, line = points(plot.band), points(plot.line)
    assert len(band) == 4
    assert [band[0][1] < y < band[3][1] for _, y in line[:1]] == [True]
    assert [band[1][1] < y < band[2][1] for _, y in line[1:]] == [True]
