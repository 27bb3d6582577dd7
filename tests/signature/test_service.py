"""A `[[service]]` becomes identities, or a line that says what is wrong with it."""

import tomllib

import pytest

from rawspoof.core.signature import service

TEXT = r"""
id = "made-up"
expect = { service = "mu", product = "Made Up", version = "{ver}" }
greet = 'MU {ver} on {fqdn}\r\n'
ports = { 22 = 10, 2222 = 5, any = 1 }
answers = [{ when = '(?i)HELP', say = 'no help in {ver}\n' }, { when = 'QUIT', say = '', close = true }]
otherwise = 'what?\n'
[[set]]
os = "linux/debian"
weight = 3
ver = ["1.{0-9}"]
[[set]]
greet = 'MU {ver}-{pkg} on {fqdn}\r\n'
shows = "{ver} {pkg}"
"ver pkg" = [["2.0", "a"], ["2.1", "b{1-2}"]]
"""


def made(text=TEXT):
    return service.parse(tomllib.loads(text))


def test_sets_and_their_sizes():
    found = made()
    assert [(v.os, v.weight, v.size) for v in found.varieties] == [("linux/debian", 3, 10), ("any", 1, 3)]
    assert found.ports == {22: 10, 2222: 5}
    assert found.elsewhere == 1
    assert found.frame == "line"


def test_an_identity_has_its_facts_in_all_that_it_says():
    found = made()
    identity = found.identity(found.varieties[0], 7, {"fqdn": b"h.lan"})
    assert (identity.service, identity.protocol, identity.product) == ("made-up", "mu", "Made Up")
    assert (identity.version, identity.os) == ("1.7", "linux/debian")
    assert identity.greet.render(0.0) == b"MU 1.7 on h.lan\r\n"
    assert [a.say.render(0.0) for a in identity.answers] == [b"no help in 1.7\n", b"", b"what?\n"]
    assert [a.close for a in identity.answers] == [False, True, False]
    assert identity.answers[0].when.match(b"help me")
    assert identity.answers[-1].when.match(b"")


def test_a_set_may_greet_and_count_versions_in_its_own_way():
    found = made()
    identity = found.identity(found.varieties[1], 2, {"fqdn": b"h.lan"})
    assert identity.version == "2.1 b2"
    assert identity.greet.render(0.0) == b"MU 2.1-b2 on h.lan\r\n"


def test_a_set_may_be_another_product():
    text = TEXT.replace("shows =", 'product = "Made Up for {pkg}"\nshows =')
    found = made(text)
    assert [found.identity(v, 2, {"fqdn": b"h.lan"}).product for v in found.varieties] == ["Made Up", "Made Up for b2"]


def test_sets_may_share_a_list_of_their_file():
    text = TEXT.replace('ver = ["1.{0-9}"]', 'ver = { list = "releases" }')
    found = service.parse(tomllib.loads(text), {"releases": ["0.1", "0.{5-6}"]})
    assert found.varieties[0].size == 3
    assert found.identity(found.varieties[0], 2, {"fqdn": b"h.lan"}).version == "0.6"


@pytest.mark.parametrize("value", ['{ list = "relases" }', '{ list = "releases", more = 1 }', '{ lists = "releases" }'])
def test_a_list_that_is_not_there_is_told(value):
    text = TEXT.replace('["1.{0-9}"]', value)
    with pytest.raises(ValueError, match="names no list of this file"):
        service.parse(tomllib.loads(text), {"releases": ["0.1"]})


def test_pages_make_a_site_and_its_frame():
    web = TEXT.replace("otherwise = 'what?\\n'", "[http]\nheaders = ['Server: {ver}']\nindex = 'home'")
    assert made(web).frame == "http"
    assert made(web).site.pages[-1].response.body.render(0.0) == b"home"


def test_pages_name_only_what_is_known():
    web = TEXT.replace("otherwise = 'what?\\n'", "[http]\nheaders = ['Server: {model}']\nindex = 'home'")
    with pytest.raises(ValueError, match="has no field `model`"):
        made(web)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "made-up"', "", "`id`"),
        ('id = "made-up"', 'id = "Made Up"', "`id`|id"),
        ("greet =", "great =", "great"),
        ("22 = 10", "22 = -1", "ports"),
        ("22 = 10", "x = 10", "ports.x"),
        ("22 = 10", "70000 = 10", "ports.70000"),
        ("'(?i)HELP'", "'(HELP'", "when"),
        ("{fqdn}", "{home}", "`home`"),
        (r"\r\n", r"\q", "escape"),
        ("weight = 3", 'weight = "3"', "weight"),
        ('["1.{0-9}"]', "[1.0]", "`ver` wants"),
        ('["1.{0-9}"]', '["1.{9-0}"]', "climb"),
        ("otherwise = 'what?\\n'", "frame = 'word'", "frame"),
        ("otherwise = 'what?\\n'", "frame = { at = 2 }", "frame"),
        ("otherwise = 'what?\\n'", "frame = { size = 5 }", "frame"),
        ("'(?i)HELP'", "'(?P<ver>.)'", "`ver` of `when`"),
        ("'(?i)HELP', say = '", "'(?P<id>.)', say = '{id.upper}", "in no shape"),
    ],
)
def test_a_slip_is_told(old, new, reason):
    assert old in TEXT
    with pytest.raises(ValueError, match=reason):
        made(TEXT.replace(old, new))


def test_a_frame_may_tell_where_the_length_stands():
    binary = made(TEXT.replace("otherwise = 'what?\\n'", "frame = { at = 2, size = 2, plus = 0 }"))
    assert (binary.frame.head, binary.frame.left_out, binary.frame.order) == (4, 0, "big")


def test_an_answer_may_echo_what_its_pattern_names():
    echo = made(TEXT.replace("'(?i)HELP', say = '", "'(?P<id>.)', say = '{id}"))
    identity = echo.identity(echo.varieties[0], 0, {"fqdn": b"h.lan"})
    assert identity.answers[0].say.missing() == {"id"}
    assert identity.answers[0].say.bind({"id": b"{ver}"}).render(0.0) == b"{ver}no help in 1.0\n"


def test_a_service_without_words_is_told():
    silent = TEXT.split("greet")[0] + "ports = { 1 = 1 }\n[[set]]\nver = 'x'\n"
    with pytest.raises(ValueError, match="never say"):
        made(silent)
