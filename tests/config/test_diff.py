"""A line for each key that differs, and a last one about reload and restart."""

from rawspoof.config.diff import differences
from rawspoof.config.load import load
from rawspoof.config.model import Config


def test_each_key_is_a_line_and_the_last_says_what_waits():
    new = load(None, {"world.kind": "plausible", "sensor.workers": 2, "sensor.allow": ["192.0.2.0/24"]})
    assert list(differences(Config(), new)) == [
        'sensor.allow: [] → ["192.0.2.0/24"]',
        "sensor.workers: 1 → 2",
        'world.kind: "maze" → "plausible"',
        "# a reload takes none of it: a restart is needed for sensor.workers",
    ]


def test_nothing_differs_from_itself():
    assert list(differences(Config(), Config())) == ["no difference"]


def test_a_secret_that_differs_is_not_shown():
    old, new = (load(None, {"mail.smtp_password": word}) for word in ("hunter1", "hunter2"))
    assert list(differences(old, new)) == [
        'mail.smtp_password: "(hidden)" → "(hidden)" (another)',
        "# a reload takes all of it",
    ]
