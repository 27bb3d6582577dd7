"""A draft: lists grow, the first word stands, what is refused leaves no key."""

from rawspoof.config.migrate.draft import FINDINGS_MAX, Draft, Fate, Finding, printable


def test_lists_grow_without_repeating():
    draft = Draft()
    draft.keep("a:1", "x", "sensor.allow", ["192.0.2.0/24"])
    draft.keep("b:2", "y", "sensor.allow", ["192.0.2.0/24", "198.51.100.0/24"])
    assert draft.values == {"sensor.allow": ["192.0.2.0/24", "198.51.100.0/24"]}
    assert draft.counts == {Fate.KEPT: 2, Fate.NONE: 0, Fate.ASK: 0}


def test_what_was_said_first_stands_and_the_other_is_told():
    draft = Draft()
    draft.keep("a:1", "-T 60", "world.hold_max_s", 60.0)
    draft.keep("b:2", "-T 60", "world.hold_max_s", 60.0)
    draft.keep("c:3", "-T 90", "world.hold_max_s", 90.0)
    assert draft.values == {"world.hold_max_s": 60.0}
    assert (
        str(draft.findings[-1])
        == "c:3: -T 90: a:1 says 60.0, which stands: change world.hold_max_s if this one is right"
    )


def test_a_refused_key_is_asked_about_instead():
    draft = Draft()
    draft.keep("a:1", "-i x", "sensor.addresses", ["x"])
    draft.refuse("sensor.addresses", "expected an address")
    assert draft.values == {}
    assert draft.findings == [Finding("a:1", "-i x", Fate.ASK, "sensor.addresses: expected an address")]
    assert draft.counts == {Fate.KEPT: 0, Fate.NONE: 0, Fate.ASK: 1}


def test_findings_have_a_limit_and_are_counted_beyond():
    draft = Draft()
    for number in range(FINDINGS_MAX + 5):
        draft.none(f"a:{number}", "x", "y")
    assert len(draft.findings) == FINDINGS_MAX
    assert draft.counts[Fate.NONE] == FINDINGS_MAX + 5


def test_what_is_told_moves_no_cursor():
    assert printable("a\nb\x1b[2J\x7fü\u202e") == "a\\nb\\x1b[2J\\x7fü\\u202e"
