"""Every kind of event has its line, and nothing an attacker said leaves it unescaped or long."""

import msgspec

from rawspoof.edges.web.told import WORDS_BYTES_MAX, text, told
from tests.edges.sinks import samples
from tests.edges.web.desk import EVENTS

HOSTILE = b"<script>alert(1)</script>\x1b]0;x\x07\xe2\x80\xae\r\n" + b"A" * 5000


def test_every_kind_has_a_line():
    for number, event in enumerate((*EVENTS, samples.UPDATE, samples.ENDED, samples.UNBLOCKED)):
        line = told(number, event, lambda address: "DE")
        assert line["text"]
        assert line["text"].isprintable()
        assert line["country"] == "DE"


def test_what_attackers_say_is_short_and_plain():
    for event in (
        msgspec.structs.replace(samples.DATA, data=HOSTILE),
        msgspec.structs.replace(samples.CREDENTIAL, user=HOSTILE, secret=HOSTILE),
        msgspec.structs.replace(samples.HELLO, name=HOSTILE),
    ):
        line = text(event)
        assert line.isascii() or "…" in line
        assert line.isprintable()
        assert len(line) < 10 * WORDS_BYTES_MAX
