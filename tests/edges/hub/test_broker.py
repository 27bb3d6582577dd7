"""The broker's settings let each sensor do what it needs, in its own name."""

from rawspoof.edges.fleet import streams
from rawspoof.edges.hub.broker import Where, settings

WHERE = Where("0.0.0.0:4222", '/var/lib/na"ts', "/etc/a.crt", "/etc/a.key")


def test_everybody_has_a_user_of_their_own():
    text = settings(WHERE, "UHUB", {"paris": "UPARIS", "tokyo": "UTOKYO"})
    assert [text.count(f"nkey: {key},") for key in ("UHUB", "UPARIS", "UTOKYO")] == [1, 1, 1]
    paris = text[text.index("UPARIS") : text.index("# tokyo")]
    assert all(f'"{subject}"' in paris for subject in (*streams.publish("paris"), *streams.subscribe("paris")))
    assert "tokyo" not in paris
    assert 'store_dir: "/var/lib/na\\"ts"' in text
