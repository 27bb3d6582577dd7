"""Every key is told with its reason; no secret is."""

import msgspec

from rawspoof.config.load import KNOWN
from rawspoof.config.model import Config, Mail
from rawspoof.config.sinks import Webhook
from rawspoof.edges.web.settings import settings


def test_every_key_has_its_reason():
    items = settings(Config())
    assert [item["key"] for item in items] == list(KNOWN)
    assert all(item["help"] for item in items if item["key"] != "sink")
    assert {item["origin"] for item in items} == {"default"}


def test_secrets_are_asterisks():
    config = Config(mail=Mail(smtp_password="hush"), sink=(Webhook(url="https://hooks.example/hush"),))
    told = msgspec.json.encode(settings(config)).decode()
    assert "hush" not in told
    assert "********" in told
