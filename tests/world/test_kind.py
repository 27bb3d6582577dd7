"""Kinds of host as their files have them."""

import pytest

from rawspoof.core.world.kind import Door, parse

PORTS = ", ".join(f"{{ port = {port} }}" for port in (22, 25, 80, 443, 993))


def test_a_kind_says_its_ports_and_what_the_others_do():
    [kind] = parse(f'[[host]]\nid = "web"\nfamily = "linux"\nclosed = "filtered"\nports = [{PORTS}]')
    assert [rule.port for rule in kind.ports] == [22, 25, 80, 443, 993]
    assert Door(kind.closed) is Door.FILTERED
    assert kind.ports[0].share == 1.0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f'[[host]]\nid = "web"\nports = [{PORTS}]', "family"),
        ('[[host]]\nid = "web"\nfamily = "linux"\nports = [{ port = 22 }]', "ports"),
        (f'[[host]]\nid = "web"\nfamily = "linux"\nclosed = "shut"\nports = [{PORTS}]', "closed"),
        (f'[[host]]\nid = "web"\nfamily = "linux"\nports = [{PORTS}, {{ port = 65536 }}]', r"ports\[5\].port"),
        (f'[[host]]\nid = "web"\nfamily = "linux"\nsize = 3\nports = [{PORTS}]', "size"),
        ("[[host]\n", "line 1"),
    ],
)
def test_what_is_wrong_is_named(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        parse(text)
