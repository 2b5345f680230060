import pytest

from pipeline.errors import ConfigError
from pipeline.view.basemap import read_base


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "https://tile.openstreetmap.org"),
        ("http://127.0.0.1:8080/a?z={z}&x={x}&y={y}&key=a%20b", "http://127.0.0.1:8080"),
        ("https://maps.example.org:99/{z}/{y}/{x}", "https://maps.example.org:99"),
    ],
)
def test_an_address_has_an_origin(template, origin):
    base = read_base(template)
    assert (base.template, base.origin) == (template, origin)
    assert base.host == origin.split("//")[1]


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("tiles/{z}/{x}/{y}.png", "is not the address"),
        ("file:///etc/{z}/{x}/{y}", "is not the address"),
        ("https://user:word@host/{z}/{x}/{y}", "is not the address"),
        ("https://host;script-src *,/{z}/{x}/{y}", "is not the address"),
        ("https://host/{z}/{x}/{y}\nX: y", "is not the address"),
        ('https://host/{z}/{x}/{y}"', "is not the address"),
        ("https://[host/{z}/{x}/{y}", "is not the address"),
        ("https://host/{z}/{x}.png", "has no {y}"),
        ("https://{s}.host/{z}/{x}/{y}", "is not the address"),
        ("https://host/{z}/{x}/{y}{r}.png", "only {z}, {x}, {y} are filled in"),
    ],
)
def test_anything_else_is_a_sentence(template, complaint):
    with pytest.raises(ConfigError) as caught:
        read_base(template)
    assert complaint in str(caught.value)
