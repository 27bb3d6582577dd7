"""A profile as facts: of a port that greets, and of one that says nothing."""

from rawspoof.core.world.profile import Hold, Mode, Profile
from rawspoof.core.world.told import facts
from tests.world.test_world import DST, SRC, world


def test_a_port_that_greets():
    told = facts(world(only="openssh", delivery="prompt").profile(SRC, DST, 22), 1e9)
    assert told["service"] == "openssh"
    assert told["banner_text"].startswith("SSH-2.0-")
    assert bytes.fromhex(told["banner_hex"]) == told["banner_text"].encode("latin-1")


def test_a_silent_port():
    told = facts(Profile(None, Mode.SILENT, 0.0, Hold.FOREVER, 0.0), 1e9)
    assert (told["service"], told["mode"], told["hold"], told["banner_len"]) == ("", "silent", "forever", 0)
