import pytest

from pipeline.export.stac.kinds import key_of, kind_of


@pytest.mark.parametrize(
    ("name", "key", "media_type", "role"),
    [
        ("objects.tif", "objects", "image/tiff; application=geotiff; profile=cloud-optimized", "data"),
        ("objects.gpkg", "objects.gpkg", "application/geopackage+sqlite3", "data"),
        ("objects.fgb", "objects.fgb", "application/vnd.flatgeobuf", "data"),
        ("objects.parquet", "objects.parquet", "application/vnd.apache.parquet", "data"),
        ("classes.qml", "classes.qml", "application/xml", "style"),
        ("classes.sld", "classes.sld", "application/vnd.ogc.sld+xml", "style"),
        ("classes.tif.aux.xml", "classes.tif.aux.xml", "application/xml", "metadata"),
        ("report.html", "report", "text/html", "metadata"),
        ("preview.png", "preview", "image/png", "overview"),
        ("what.xyz", "what.xyz", "application/octet-stream", "data"),
    ],
)
def test_a_file_is_known_by_its_name(name, key, media_type, role):
    assert key_of(name) == key
    assert kind_of(name).media_type == media_type
    assert role in kind_of(name).roles
