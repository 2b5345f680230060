import pickle

from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError, printable


@given(st.text())
def test_a_sentence_is_one_line_that_steers_no_terminal_and_can_be_printed(text):
    sentence = str(InputError(text))
    assert sentence.isprintable()
    assert len(sentence.splitlines()) <= 1
    sentence.encode()
    assert printable(sentence) == sentence
    assert str(pickle.loads(pickle.dumps(InputError(text)))) == sentence  # noqa: S301 - our own


def test_what_is_readable_stays_as_it_is():
    assert str(InputError("größe 日本.tif: is „odd“")) == "größe 日本.tif: is „odd“"
    assert str(InputError("a\nb\x1b[2J\udcff\u202e")) == r"a\nb\x1b[2J\udcff\u202e"
