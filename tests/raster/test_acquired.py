from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio

from pipeline.raster.acquired import find_acquired


@pytest.fixture
def found(make_raster):
    """Give a function that looks for the moment of a raster with some tags, by domain."""

    def find(**spaces):
        path = make_raster(np.zeros((1, 4, 4), dtype=np.uint8))
        with rasterio.open(path, "r+") as file:
            for domain, tags in spaces.items():
                file.update_tags(**({} if domain == "plain" else {"ns": domain}), **tags)
        return find_acquired(str(path))

    return find


def test_no_tag_is_no_moment(found):
    assert found() is None


def test_tiff_and_exif_write_days_with_colons(found):
    moment = found(plain={"TIFFTAG_DATETIME": "2021:05:16 16:00:12"})
    assert (moment.moment, moment.tag) == (datetime(2021, 5, 16, 16, 0, 12, tzinfo=UTC), "TIFFTAG_DATETIME")


def test_what_says_most_surely_when_the_shutter_opened_counts(found):
    plain = {"TIFFTAG_DATETIME": "2024:01:01 00:00:00"}
    exif = {"EXIF_DateTimeOriginal": "2023:06:01 10:30:00"}
    moment = found(plain=plain, EXIF=exif)
    assert (moment.moment, moment.tag) == (datetime(2023, 6, 1, 10, 30, tzinfo=UTC), "EXIF_DateTimeOriginal")
    moment = found(plain=plain, EXIF=exif, IMAGERY={"ACQUISITIONDATETIME": "2022-03-04 05:06:07"})
    assert (moment.moment, moment.tag) == (datetime(2022, 3, 4, 5, 6, 7, tzinfo=UTC), "ACQUISITIONDATETIME")


def test_a_time_zone_that_is_told_counts(found):
    exif = {"EXIF_DateTimeOriginal": "2023:06:01 01:30:00", "EXIF_OffsetTimeOriginal": "+02:00"}
    assert found(EXIF=exif).moment == datetime(2023, 5, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "2017:08:21 15:08:70", "    :  :     :  :  ", "yesterday", ""])
def test_what_is_no_date_is_passed_over(found, text):
    assert found(plain={"TIFFTAG_DATETIME": text}) is None
    assert found(plain={"TIFFTAG_DATETIME": "2021:05:16 16:00:12"}, EXIF={"EXIF_DateTimeOriginal": text}) is not None
