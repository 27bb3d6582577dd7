"""Templates: what their text means, that lengths are counted, and that `size` is always right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.signature.template import MOMENTS, Template

NOON = 1735732800.0


def said(text, now=NOON, **facts):
    return Template.parse(text).bind({name: value.encode("latin-1") for name, value in facts.items()}).render(now)


def test_escapes():
    assert said(r"a\r\n\t\0\xff\\\{x}é") == b"a\r\n\t\0\xff\\{x}\xe9"


@pytest.mark.parametrize("text", [r"\q", "tail\\", r"\x1", "€"])
def test_what_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r"escape|byte"):
        Template.parse(text)


def test_braces_around_no_name_are_literal():
    assert said('{"a": {1}, {}, {A}') == b'{"a": {1}, {}, {A}'


def test_facts_and_moments():
    assert said("{ver} at {http_date}", ver="1.2") == b"1.2 at Wed, 01 Jan 2025 12:00:00 GMT"


def test_a_fact_is_data_even_if_it_looks_like_a_field():
    assert said("{a}{b}", a="{b}", b=r"\n") == rb"{b}\n"


def test_facts_may_come_in_turns():
    half = Template.parse("{a}-{b}").bind({"a": b"1"})
    assert half.size == -1
    assert half.missing() == {"b"}
    assert half.bind({"b": b"2"}).render(NOON) == b"1-2"


def test_length_of_what_is_marked():
    assert said(r"{len};{<}{v}\r\n{>}tail", v="abc") == b"5;abc\r\ntail"
    assert said(r"{len24le}\0{<}{v}{>}", v="x" * 258) == b"\x02\x01\x00\0" + b"x" * 258


def test_length_counts_moments_and_what_is_not_said():
    assert said("{len};{<}{date}{>}").startswith(b"31;Wed")
    assert said(r"{len}\n{<}{~}body{>}more") == b"4\n"


def test_draws_want_a_seed_and_are_limited():
    assert Template.parse("{nonce8}{hex4}").missing() == {"seed"}
    assert len(said("{nonce8}{hex4}", seed="s")) == 12
    with pytest.raises(ValueError, match="40 bytes"):
        Template.parse("{nonce20}{nonce20}")


def test_an_empty_text_says_nothing():
    assert Template.parse("").render(NOON) == b""
    assert Template.parse("").size == 0


NAMES = [*MOMENTS, "a", "b", "nonce4", "hex3", "uptime", "len"]
FIELDS = st.sampled_from([f"{{{name}}}" for name in NAMES])
TEXTS = st.lists(FIELDS | st.sampled_from(["x", r"\r\n", "{<}yy{>}", r"\0"]), max_size=5).map("".join)


@given(TEXTS, st.binary(max_size=9), st.floats(0, 9e9), st.floats(0, 9e9))
def test_size_is_what_every_rendering_has(text, fact, one, other):
    template = Template.parse(text).bind({"a": fact, "b": b"B", "seed": b"seed"})
    assert template.size == len(template.render(one)) == len(template.render(other))
    assert template.render(one) == template.render(one)


def test_a_fact_in_a_shape():
    assert said("{h.upper}|{h.upper.utf16}", h="a1") == b"A1|A\x001\x00"
    assert said("{d.dn}", d="a.b.lan") == b"DC=a,DC=b,DC=lan"
    assert said("{n.u8}{n.u16}{n.u16le}{n.u32}{n.u32le}", n="7") == b"\x07\x00\x07\x07\x00\0\0\0\x07\x07\0\0\0"
    assert said("{x.bin}{x.hex}", x="00ff") == b"\x00\xff30306666"
    assert Template.parse("{h.upper}").missing() == {"h"}


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="shape `loud`"):
        Template.parse("{h.loud}")
