"""What people are told, and that no attacker's text is more than text wherever it is shown."""

import json

import pytest

from rawspoof.config.sinks import Webhook
from rawspoof.core.event import ServiceCredential
from rawspoof.edges.sinks import message

from .samples import AT, CREDENTIAL, DETECTED, DST, EXAMPLES, SRC

EVIL = (
    b"<!channel> <@U1> <http://e|x> @everyone [a](http://e) **b** `c` ||d|| {text} {kind}\r\n\x1b[2J\xe2\x80\xae"
    b'\xff","x":"y'
)
HOSTILE = ServiceCredential(AT, SRC, 1, DST, 2, "x", "y", EVIL, EVIL * 10_000)


def said(preset, event):
    known = message.facts(event, "trap")
    escape = message.ESCAPES[preset]
    return json.loads(message.body(message.TEMPLATES[preset], {name: escape(text) for name, text in known.items()}))


def test_a_scan_and_a_credential_in_a_line():
    assert message.sentence(DETECTED) == (
        "scan.detected: 198.51.100.42, 1001 ports on 2 addresses; nmap (90%); syn, half-open; 3 credentials; "
        "risk 250, level 1; T1595.001; address not verified"
    )
    assert message.sentence(CREDENTIAL) == (
        "service.credential: 198.51.100.42 → 192.0.2.1:22, openssh password, user “root\\x1b[2J”, secret “123456\\xff”"
    )


@pytest.mark.parametrize("event", [*EXAMPLES, HOSTILE])
def test_every_event_is_one_short_line_of_plain_text(event):
    line = message.sentence(event)
    assert line.isprintable()
    assert len(line) < 600


@pytest.mark.parametrize("preset", message.TEMPLATES)
def test_hostile_text_stays_text(preset):
    body = said(preset, HOSTILE)
    whole = json.dumps(body)
    assert len(whole) < 4000
    if preset == "slack":
        assert "<" not in whole
        assert "&lt;!channel&gt;" in body["blocks"][0]["text"]["text"]
        assert body["blocks"][0]["text"]["type"] == "plain_text"
    if preset == "discord":
        assert body["allowed_mentions"] == {"parse": []}
        assert "\\@everyone \\[a\\]\\(http\\://e\\) \\*\\*b\\*\\* \\`c\\` \\|\\|d" in body["content"]
        assert len(body["content"]) <= message.DISCORD_MAX
    if preset == "teams":
        (run,) = body["attachments"][0]["content"]["body"][0]["inlines"]
        assert run["type"] == "TextRun"
    if preset == "generic":
        assert body["kind"] == "service.credential"


def test_a_template_is_filled_once_and_stays_json():
    template = message.parsed('{"a": ["{text}", 1, null, {"b": "x{source}:{source_port}y"}], "c": "{nothing}"}')
    made = json.loads(message.body(template, message.facts(HOSTILE, "trap")))
    # What a value says is not looked into again.
    assert "{text} {kind}" in made["a"][0]
    assert made["a"][1:] == [1, None, {"b": "x198.51.100.42:1y"}]
    assert message.unknown(template) == ["nothing"]


@pytest.mark.parametrize("preset", message.TEMPLATES)
def test_templates_name_only_what_there_is(preset):
    assert message.unknown(message.TEMPLATES[preset]) == []
    assert Webhook(url="https://h", preset=preset).preset == preset


def test_the_rest_has_every_name_too():
    assert set(message.more(37, "s")) == set(message.facts(DETECTED, "s")) == message.NAMES
    assert message.more(37, "s")["text"] == "… and 37 more"
