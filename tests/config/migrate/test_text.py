"""The file that an import writes: TOML whatever is in it, each line told where it belongs."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.config.migrate.draft import FINDINGS_MAX, Draft
from rawspoof.config.migrate.text import toml


def test_keys_stand_under_their_lines():
    draft = Draft()
    draft.keep("f:1", "-i eth0", "sensor.interfaces", ["eth0"], "covered")
    draft.keep("f:2", "-s s", "signatures", ["/s"], "dealt")
    draft.none("f:3", "-p 4444", "no listener")
    draft.ask("f:4", "-x", "what?")
    assert toml(draft).split("\n", 3)[3] == (
        "# Needs you:\n#   f:4: -x: what?\n\n# Has no key, and why:\n#   f:3: -p 4444: no listener\n\n"
        '# f:2: -s s: dealt\nsignatures = ["/s"]\n\n[sensor]\n\n# f:1: -i eth0: covered\ninterfaces = ["eth0"]\n'
    )


def test_long_lists_are_broken_and_long_lines_cut():
    draft = Draft()
    draft.keep("f:1", "x" * 500, "sensor.exempt_ports", list(range(1, 200, 2)))
    text = toml(draft)
    assert tomllib.loads(text)["sensor"]["exempt_ports"] == list(range(1, 200, 2))
    assert max(map(len, text.split("\n"))) < 150


def test_what_is_too_much_is_counted():
    draft = Draft()
    for number in range(FINDINGS_MAX + 7):
        draft.none("f", str(number), "")
    assert "# 7 further lines are not told of." in toml(draft)


@given(st.text(max_size=30), st.text(st.characters(exclude_categories=[]), max_size=30))
def test_any_words_make_toml(what, value):
    draft = Draft()
    draft.keep(what, what, "events.file", value, what)
    draft.ask(what, value, what)
    expected = value.encode("utf-8", "replace").decode()
    assert tomllib.loads(toml(draft).encode("utf-8").decode()) == {"events": {"file": expected}}
