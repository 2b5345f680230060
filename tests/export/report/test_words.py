"""What a report says in sentences."""

import pytest

from pipeline.export.report.units import Ground
from pipeline.export.report.words import lead, say_seams


def test_the_lead_tells_ground_classes_and_what_is_missing():
    sentences = lead("town", (1000, 1000), Ground((0.3, 0.3), 800_000), (300_000, 0, 500_000), 200_000)
    assert sentences == (
        "The picture shows 7.20 ha of ground in the scene town, divided into 2 classes by what looks alike.",
        "The largest, class 3, takes 62.5 % of it.",
        "20.0 % of the scene holds no data.",
    )


def test_the_lead_of_a_scene_without_place_or_without_data():
    assert lead("x", (20, 30), Ground(None, 600), (600,), 0) == (
        "The picture shows x, a scene of 30 x 20 pixels, divided into 1 class by what looks alike.",
    )
    for pixels in ((), (0, 0)):
        assert lead("x", (20, 30), Ground(None, 0), pixels, 600) == (
            "x has no pixel that holds data, so there is nothing to divide into classes.",
        )


@pytest.mark.parametrize(
    ("excess", "interval", "verdict"),
    [
        (1.001, (0.99, 1.01), "Borders between tiles do not show in the map."),
        (1.01, (1.005, 1.015), "Borders between tiles do not show in the map."),
        (1.017, (0.881, 1.184), "Borders between tiles show no more than chance would have it."),
        (1.05, (1.02, 1.08), "Borders between tiles show faintly in the map."),
        (1.3, (1.2, 1.4), "Borders between tiles show in the map."),
    ],
)
def test_the_verdict_on_borders_has_its_interval(excess, interval, verdict):
    first, second = say_seams({"excess": excess, "interval": interval, "pixels": 6000}, 4)
    assert first == verdict
    assert f"{excess:.3f} times as often" in second
    assert f"(95 % interval {interval[0]:.3f} to {interval[1]:.3f}, measured along 6,000 pixels of border)" in second


def test_where_nothing_was_measured_it_is_said_why():
    assert "in one piece" in say_seams(None, 1)[0]
    assert "no data" in say_seams(None, 4)[0]
    assert "too few" in say_seams({"excess": None, "interval": None, "pixels": 3}, 4)[0]
