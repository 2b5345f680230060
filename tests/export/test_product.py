import threading

import pytest

from pipeline.errors import OutputError
from pipeline.export.product import Product, begun_products, make_products


def make(products, finished, on_made):
    with begun_products(products, finished) as begun:
        make_products(products, finished, begun, on_made)


def plain(name, made, *, fails=False):
    def make(finished):
        if fails:
            raise OutputError(f"{name}: no")
        made.append((name, finished))

    return Product(name, (), make)


def test_products_are_made_in_their_order_and_told_of():
    made, told = [], []
    make([plain("a", made), plain("b", made)], "map", told.append)
    assert (made, told) == ([("a", "map"), ("b", "map")], ["a", "b"])


def test_what_needs_no_other_output_is_done_beside_those_before():
    made, begun, both = [], [], threading.Barrier(2, timeout=20)

    def wait(_):
        # The one before is not made until the last one has begun.
        both.wait()
        made.append("first")

    def begin(finished):
        begun.append(finished)
        both.wait()
        return lambda: made.append("last")

    products = [Product("first", (), wait), Product("last", (), lambda _: made.append("alone"), begin)]
    make(products, "map", lambda _: None)
    assert (made, begun) == (["first", "last"], ["map"])


@pytest.mark.parametrize("early", [True, False])
def test_an_error_comes_through_and_ends_it(early):
    made = []

    def begin(_):
        raise OutputError("last: no")

    products = [plain("first", made, fails=early), plain("second", made), Product("last", (), None, begin)]
    with pytest.raises(OutputError, match="first" if early else "last"):
        make(products, "map", lambda _: None)
    assert [name for name, _ in made] == ([] if early else ["first", "second"])
