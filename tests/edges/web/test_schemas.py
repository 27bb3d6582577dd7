"""The schemas lead somewhere, and nothing is in them twice."""

import json
import re

from rawspoof.edges.web.openapi import document
from rawspoof.edges.web.schemas import EMAIL_KEYS, SCHEMAS, asked, page, ref, some, thing


def test_every_reference_leads_to_a_schema():
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document())))
    assert named == set(SCHEMAS)


def test_the_words_of_the_table():
    assert thing(a={})["required"] == ["a"]
    assert asked(a={})["additionalProperties"] is False
    assert page(ref("Source"))["properties"]["items"] == some(ref("Source"))


def test_portspoof_pys_keys_of_mail():
    assert EMAIL_KEYS == (
        "enabled", "smtp_host", "smtp_port", "smtp_starttls", "smtp_user", "smtp_password", "from_addr", "to_addr",
        "trigger_ports", "batch_delay_seconds", "cooldown_seconds",
    )  # fmt: skip
