"""Values are held against their schemas, and what is wrong is said with its place."""

import pytest

from rawspoof.edges.web.given import fault
from rawspoof.edges.web.schemas import ref


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({}, ""),
        ({"smtp_port": 25.0}, ""),
        ({"smtp_port": "25"}, "smtp_port: expected integer"),
        ({"smtp_port": True}, "smtp_port: expected integer"),
        ({"smtp_port": 0}, "smtp_port: expected 1 to 65535"),
        ({"enabled": 1}, "enabled: expected boolean"),
        ({"trigger_ports": [22, 70000]}, "trigger_ports[1]: expected 1 to 65535"),
        ({"trigger_ports": 22}, "trigger_ports: expected array"),
        ({"to_addr": "x" * 321}, "to_addr: expected 0 to 320 characters"),
        ({"smtp_ca_file": "/etc/passwd"}, "the body: 'smtp_ca_file' is unknown"),
        ([], "the body: expected object"),
        (None, "the body: expected object"),
    ],
)
def test_settings_of_mail(value, wrong):
    found = fault(value, ref("EmailWish"), "")
    assert found == wrong or (wrong and found.startswith(wrong))
