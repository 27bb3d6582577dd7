"""What a sensor may do at the broker is its own affairs."""

import pytest

from rawspoof.edges.fleet import streams


def allows(pattern, subject):
    """As NATS does: `*` is a word, `>` the rest."""
    words, wanted = subject.split("."), pattern.split(".")
    if wanted[-1] == ">":
        words, wanted = words[: len(wanted) - 1], wanted[:-1] if len(words) >= len(wanted) else ["\0"]
    return len(words) == len(wanted) and all(want in ("*", word) for want, word in zip(wanted, words, strict=True))


def may(sensor, subject):
    return any(allows(pattern, subject) for pattern in streams.publish(sensor))


@pytest.mark.parametrize(
    "subject",
    [
        "rawspoof.{}.session.open",
        "$KV.RAWSPOOF_SENSORS.{}",
        "$KV.RAWSPOOF_BLOCKS.{}.c633642a",
        "$JS.API.DIRECT.GET.RAWSPOOF.rawspoof.{}.session.open",
    ],
)
def test_each_speaks_for_itself(subject):
    assert may("north", subject.format("north"))
    assert not may("north", subject.format("south"))


def test_nobody_makes_or_empties_a_stream_or_reads_anothers_answers():
    for api in ("STREAM.CREATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.DELETE", "STREAM.MSG.GET"):
        assert not may("north", f"$JS.API.{api}.RAWSPOOF")
    assert streams.subscribe("north") == ["_INBOX.north.>"]
    assert streams.inbox("my host") == "_INBOX.my_host"


def test_a_bucket_is_one_as_natss_own_tools_know_them():
    assert set(streams.STREAMS) == {"RAWSPOOF", "KV_RAWSPOOF_SENSORS", "KV_RAWSPOOF_BLOCKS"}
    for name, wanted in streams.STREAMS.items():
        assert wanted["name"] == name
        assert wanted["allow_direct"]
        assert wanted.get("max_msgs_per_subject", 1) == 1
