"""`credential:NAME` becomes a path in the fields that name a file to read, and nowhere else."""

import pytest

from rawspoof.config.credentials import DIRECTORY, directory, resolved
from rawspoof.config.sinks import Syslog, Webhook


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("admin.key_file", "credential:key", "/c/key"),
        ("admin.key_file", "key", "key"),
        ("admin.key_file", "credential:", "credential:"),
        ("admin.key_file", "credential:../key", "credential:../key"),
        ("admin.key_file", "credential:..", "credential:.."),
        ("admin.host", "credential:key", "credential:key"),
        ("events.log_file", "credential:key", "credential:key"),
        ("sensor.workers", 3, 3),
    ],
)
def test_a_credential_is_a_path(key, value, expected):
    assert resolved(key, value, "/c") == expected


def test_the_fields_of_a_table_too():
    assert resolved("sink[0]", Webhook(url_file="credential:slack"), "/c") == Webhook(url_file="/c/slack")
    assert resolved("sink[0]", Syslog(url="udp://h", name="credential:x"), "/c").name == "credential:x"


def test_the_folder_is_systemds_and_of_our_own_unit_without_it():
    assert directory({"CREDENTIALS_DIRECTORY": "/c"}) == "/c"
    assert directory({}) == DIRECTORY
