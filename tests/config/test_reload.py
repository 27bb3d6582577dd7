"""Two configurations are told apart key by key, and every key that needs a restart is one."""

from rawspoof.config.keys import KNOWN
from rawspoof.config.load import load
from rawspoof.config.model import Config
from rawspoof.config.reload import RESTART_KEYS, changed, needs_restart


def test_nothing_differs_from_itself():
    assert changed(Config(), Config()) == []


def test_every_key_that_differs_is_named_in_the_models_order():
    new = load(None, {"signatures": ["/s"], "world.kind": "plausible", "sensor.workers": 2})
    assert changed(Config(), new) == ["sensor.workers", "world.kind", "signatures"]


def test_some_of_it_waits_for_a_restart():
    assert needs_restart(["world.kind", "sensor.workers", "admin.port"]) == ["sensor.workers", "admin.port"]


def test_keys_that_need_a_restart_are_keys():
    assert set(KNOWN) >= RESTART_KEYS
