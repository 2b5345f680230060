"""Raster attribute tables in GDAL's sidecar."""

from xml.etree import ElementTree as ET

import pytest

from pipeline.errors import InputError
from pipeline.export.attributes import attribute_table, write_attributes

TITLES = ("1: grün & <rough>, 60 %", "2: grey, 40 %")
COLOURS = ((0, 80, 10), (255, 0, 9))


def table(pixels=(6, 4), coarser=None):
    return attribute_table(TITLES, COLOURS, pixels, coarser or {})


def fields(root):
    return [
        (field.findtext("Name"), int(field.findtext("Type")), int(field.findtext("Usage")))
        for field in root.iter("FieldDefn")
    ]


def test_a_row_tells_value_count_name_colour_and_the_class_at_other_levels():
    made = attribute_table(TITLES, COLOURS, (6, 4), {4: (2, 2), 2: (1, 3)})
    assert made.get("tableType") == "thematic"
    # The numbers of GDAL's GDALRATFieldType and GDALRATFieldUsage.
    assert fields(made) == [
        ("Value", 0, 5),
        ("Count", 0, 1),
        ("Name", 2, 2),
        ("Red", 0, 6),
        ("Green", 0, 7),
        ("Blue", 0, 8),
        ("Level 2", 0, 0),
        ("Level 4", 0, 0),
    ]
    assert [[cell.text for cell in row] for row in made.iter("Row")] == [
        ["1", "6", TITLES[0], "0", "80", "10", "1", "2"],
        ["2", "4", TITLES[1], "255", "0", "9", "3", "2"],
    ]
    assert list(attribute_table((), (), (), {}).iter("Row")) == []


def test_counts_beyond_32_bits_are_real_numbers():
    assert fields(table((2**31 - 1, 0)))[1] == ("Count", 0, 1)
    huge = table((2**31, 0))
    assert fields(huge)[1] == ("Count", 1, 1)
    assert huge.find("Row")[1].text == "2147483648"


def test_the_sidecar_keeps_what_gdal_has_noted(tmp_path):
    path = tmp_path / "classes.tif.aux.xml"
    path.write_text(
        "<PAMDataset><SRS>PROJCS[&quot;pole&quot;]</SRS><Metadata domain='x'><MDI key='a'> b </MDI></Metadata>"
        "<PAMRasterBand band='1'><CategoryNames><Category>old</Category></CategoryNames>"
        "<Metadata><MDI key='STATISTICS_MEAN'>4</MDI></Metadata></PAMRasterBand></PAMDataset>"
    )
    write_attributes(path, path, table(), TITLES)
    root = ET.parse(path).getroot()
    assert root.findtext("SRS") == 'PROJCS["pole"]'
    assert root.findtext("Metadata/MDI") == " b "
    band = root.find("PAMRasterBand")
    assert band.findtext("Metadata/MDI") == "4"
    assert [name.text for name in band.find("CategoryNames")] == ["nodata", *TITLES]
    assert len(list(root.iter("GDALRasterAttributeTable"))) == 1
    # Once more: nothing doubles, and nothing moves.
    before = path.read_bytes()
    write_attributes(path, path, table(), TITLES)
    assert path.read_bytes() == before


def test_a_sidecar_that_is_no_xml_is_named(tmp_path):
    path = tmp_path / "classes.tif.aux.xml"
    path.write_text("<PAMDataset>")
    with pytest.raises(InputError, match=r"classes\.tif\.aux\.xml: cannot be read as .*; remove it$"):
        write_attributes(path, path, table(), TITLES)
    assert path.read_text() == "<PAMDataset>"
