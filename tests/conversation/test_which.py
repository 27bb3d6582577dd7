"""Which speaker a protocol has: its module has the protocol's name."""

import pytest

from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.which import SPEAKERS, talks
from rawspoof.core.signature.identity import Identity

FAMILIES = {"smb": {"microsoft_ds", "netbios_ssn"}}
"""Packages of several protocols that are one, by the name people know."""


@pytest.mark.parametrize("speaker", SPEAKERS.values())
def test_speakers_are_found_by_the_name_of_their_module(speaker):
    modules = {name.lower().replace("-", "_") for name, each in SPEAKERS.items() if each is speaker}
    home = speaker.__module__.removeprefix("rawspoof.core.conversation.").partition(".")[0]
    assert home in modules or modules <= FAMILIES[home]
    assert issubclass(speaker, Speaker)


def test_a_service_without_answers_talks_only_if_its_protocol_has_a_speaker():
    mute = Identity("t", "no such protocol", "T", "1", "any", None, (), "line")
    assert not talks(mute)
    assert all(talks(mute._replace(protocol=name)) for name in SPEAKERS)
