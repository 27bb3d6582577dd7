"""Lists that multiply: each number is one combination, and none comes twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.signature.variants import Field, Spread, values


def spelled(text):
    spread = Spread.parse(text)
    return [spread.at(n).decode("latin-1") for n in range(spread.size)]


def test_ranges_of_numbers_and_letters():
    assert spelled("8.{0-2}p{a-b}") == ["8.0pa", "8.1pa", "8.2pa", "8.0pb", "8.1pb", "8.2pb"]
    assert spelled("{9-11}") == ["9", "10", "11"]


def test_an_item_without_a_range_is_one_value_with_escapes():
    assert spelled(r"a\xff\0") == ["a\xff\0"]
    assert spelled(r"\{1-2}") == ["{1-2}"]


@pytest.mark.parametrize("text", ["{5-4}", "{a-5}", "{1-99999}", "{other}", "{date}"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match=r"range|climb|field"):
        Spread.parse(text)


def test_names_that_share_rows_stay_together():
    field = Field.parse("ver pkg", [["1", "a{1-2}"], ["2", "b"]])
    assert [field.at(n) for n in range(field.size)] == [[b"1", b"a1"], [b"1", b"a2"], [b"2", b"b"]]


@pytest.mark.parametrize("value", [[], 5, ["a", 5], [["a", "b"]], [[]]])
def test_what_is_no_list_of_strings_is_refused(value):
    with pytest.raises(ValueError, match="`ver` wants"):
        Field.parse("ver", value)


LISTS = st.lists(st.sampled_from(["a", "b{0-2}", "c{x-z}{1-2}", "d"]), min_size=1, max_size=4, unique=True)


@given(LISTS, LISTS)
def test_every_combination_has_one_number(one, other):
    fields = [Field.parse("one", one), Field.parse("other", other)]
    size = fields[0].size * fields[1].size
    dealt = [tuple(values(fields, n).items()) for n in range(size)]
    assert len(set(dealt)) == size
    assert tuple(values(fields, size).items()) == dealt[0]
