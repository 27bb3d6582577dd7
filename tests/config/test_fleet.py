"""[fleet]: what is wrong in it, and the sink that it stands for."""

import pytest

from rawspoof.config.check import problems
from rawspoof.config.fleet import events, of_hub
from rawspoof.config.model import Config, Fleet, Hub
from rawspoof.config.sinks import title


@pytest.mark.parametrize(
    ("fleet", "key"),
    [
        (Fleet(url="http://hub"), "url"),
        (Fleet(url="nats://u:p@hub"), "url"),
        (Fleet(url="tls://hub", secret_file="a", secret_env="b"), "secret_env"),
        (Fleet(url="tls://hub", name="a sensor"), "name"),
        (Fleet(name="x" * 65), "name"),
    ],
)
def test_what_is_wrong(fleet, key):
    assert [found for found, _ in problems(Config(fleet=fleet))] == [f"fleet.{key}"]


def test_what_stands_in_a_wrong_url_is_not_shown():
    ((_, what),) = problems(Config(fleet=Fleet(url="nats://user:s3cret@hub")))
    assert "s3cret" not in what


def test_events_go_as_they_are_to_where_the_fleet_is():
    fleet = Fleet(url="tls://hub", secret_file="/seed", ca_file="/ca", cert_file="/c", verify=False, timeout_s=3.0)
    sink = events(fleet)
    assert (sink.form, sink.stream, sink.subject) == ("rawspoof", "RAWSPOOF", "rawspoof")
    shared = ("url", "user", "secret_file", "secret_env", "ca_file", "cert_file", "verify", "timeout_s")
    assert [getattr(sink, key) for key in shared] == [getattr(fleet, key) for key in shared]
    # A sink of one's own at the same broker has another name, and so a place of its own in the store.
    assert title(sink) == "fleet hub:4222"


def test_a_hub_is_a_member_with_a_name_of_its_own():
    hub = Hub(url="tls://broker", user="u", secret_env="S", ca_file="/ca", cert_file="/c", verify=False, timeout_s=3.0)
    member = of_hub(hub)
    assert member.name == "hub"
    shared = ("url", "user", "secret_file", "secret_env", "ca_file", "cert_file", "verify", "timeout_s")
    assert [getattr(member, key) for key in shared] == [getattr(hub, key) for key in shared]
    assert [key for key, _ in problems(Config(hub=Hub(url="http://x")))] == ["hub.url"]
    assert [key for key, _ in problems(Config(fleet=Fleet(name="hub")))] == ["fleet.name"]
