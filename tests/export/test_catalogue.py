import pytest

from pipeline.errors import ConfigError
from pipeline.export.catalogue import ALWAYS, PRODUCTS, find_products


def test_outputs_are_made_in_one_order_however_they_are_named():
    names = [product.name for product in PRODUCTS]
    assert [product.name for product in find_products([ALWAYS, *names[::-1]])] == names
    assert find_products([ALWAYS]) == ()


def test_an_unknown_output_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"output\.products = shapes: choose from classes, .*vector"):
        find_products(["classes", "shapes"])


def test_no_two_outputs_have_a_name_or_a_file_in_common():
    files = [name for product in PRODUCTS for name in product.files]
    assert len(set(files)) == len(files)
    assert len({product.name for product in PRODUCTS}) == len(PRODUCTS)
