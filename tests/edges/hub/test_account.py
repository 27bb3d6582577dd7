"""The hub's own key and the broker's certificate are used where nothing else is named."""

import pytest

from rawspoof.config.model import Config, Hub, Sensor
from rawspoof.edges.hub import account, keys
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.web import tls


def config(folder, **hub):
    return Config(sensor=Sensor(state_dir=str(folder)), hub=Hub(url="tls://192.0.2.4", **hub))


def test_what_was_made_is_used(tmp_path):
    own = keys.add_hub(account.folder(config(tmp_path)) / "keys", account.seed_file(config(tmp_path)))
    pair = account.certificate(config(tmp_path))
    tls.make(pair, pair.with_suffix(".key"), ("192.0.2.4",))
    dial = account.dial(config(tmp_path))
    secret, context = dial._how[4], dial._how[1]
    assert keys.NKey(secret).public == own.public
    assert context.cert_store_stats()["x509"] == 1
    assert dial._how[5] == "_INBOX.hub"


def test_what_is_named_comes_first(tmp_path):
    (tmp_path / "password").write_text("p4ss\n")
    dial = account.dial(config(tmp_path, user="hub", secret_file=str(tmp_path / "password")))
    assert dial._how[3:5] == ("hub", "p4ss")


def test_what_is_wrong_names_the_key(tmp_path):
    with pytest.raises(SinkError, match=r"^hub\.secret_file: "):
        account.dial(config(tmp_path, secret_file=str(tmp_path / "none")))
    with pytest.raises(SinkError, match=r"^hub\.ca_file: "):
        account.dial(config(tmp_path, ca_file=str(tmp_path / "none")))
