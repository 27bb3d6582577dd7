"""A real redis-server, killed in mid-stream, ends up with every event once."""

import shutil
from contextlib import closing
from itertools import pairwise

import pytest

from rawspoof.config.sinks import Redis
from rawspoof.edges.store.queries import Reader
from tests.netns import farends
from tests.netns.sensors import until

pytestmark = pytest.mark.netns

KEY = f"rawspoof:{farends.SENSOR}"
URL = f"redis://{farends.HOST}"


def numbers(lab, key=KEY):
    """What the entries' field `number` says, in their order."""
    lines = farends.redis_says(lab, "--no-raw", "XRANGE", key, "-", "+").splitlines()
    return [int(after.split('"')[1]) for line, after in pairwise(lines) if '"number"' in line]


def length(lab):
    return int(farends.redis_says(lab, "XLEN", KEY))


def test_nothing_is_lost_and_nothing_twice_when_the_server_is_killed(lab, tmp_path):
    (tmp_path / "redis").mkdir()
    server = farends.redis(lab, tmp_path / "redis")
    sink = farends.sink(Redis(url=URL))
    batches = [farends.events(500, 1 + 500 * n) for n in range(20)]
    with farends.way(lab, [sink], tmp_path / "store") as put:
        for batch in batches[:10]:
            put(batch)
        until(lambda: length(lab) > 500, 5.0)
        farends.killed(server)
        for batch in batches[10:]:
            way = put(batch)
        until(lambda: way.lanes[-1].failed.count >= 2, 5.0)
        farends.redis(lab, tmp_path / "redis")
        until(lambda: way.lanes[-1].written >= 10_000, 10.0)
    assert numbers(lab) == list(range(1, 10_001))


def test_a_batch_of_which_no_answer_came_is_there_once(lab, tmp_path):
    farends.redis(lab, tmp_path)
    with lab.inside("attacker"):
        for _ in range(3):
            sink = farends.sink(Redis(url=URL))
            sink.write(farends.events(100), 1)
            sink.close()
        # The same numbers at other times are other events: the store was begun anew.
        sink = farends.sink(Redis(url=URL))
        sink.write(farends.events(100, 1001), 1)
        sink.write(farends.events(100, 1101), 101)
        sink.close()
    assert numbers(lab) == [*range(1, 101), *range(1, 201)]


def test_another_writer_to_the_same_stream_takes_nothing_away(lab, tmp_path):
    farends.redis(lab, tmp_path)
    one, two = (farends.sink(Redis(url=URL, name=name)) for name in ("one", "two"))
    with lab.inside("attacker"):
        one.write(farends.events(10), 1)
        two.write(farends.events(10, 500), 500)
        with pytest.raises(ValueError, match="equal or smaller"):
            one.write(farends.events(10, 11), 11)
        one.write(farends.events(10, 11), 11)
        one.close()
        two.close()
    assert numbers(lab) == [*range(1, 11), *range(500, 510), *range(11, 21)]


def test_user_password_database_and_length(lab, tmp_path):
    farends.redis(lab, tmp_path)
    farends.redis_says(lab, "ACL", "SETUSER", "trap", "on", ">s3cret", "~*", "+@all")
    farends.redis_says(lab, "ACL", "SETUSER", "default", "off")
    (tmp_path / "secret").write_text("s3cret\n")
    settings = {"url": f"{URL}/3", "user": "trap", "length_max": 100, "key": "k"}
    with lab.inside("attacker"):
        sink = farends.sink(Redis(**settings, secret_file=str(tmp_path / "secret")))
        for first in range(1, 2000, 100):
            sink.write(farends.events(100, first), first)
        sink.close()
        (tmp_path / "secret").write_text("wrong\n")
        with pytest.raises(ValueError, match="WRONGPASS"):
            farends.sink(Redis(**settings, secret_file=str(tmp_path / "secret"))).write(farends.events(1), 1)
    says = farends.redis_says(lab, "--no-auth-warning", "--user", "trap", "--pass", "s3cret", "-n", "3", "XLEN", "k")
    assert 100 <= int(says) < 300


def test_a_full_redis_takes_all_of_a_batch_or_nothing(lab, tmp_path):
    farends.redis(lab, tmp_path)
    sink = farends.sink(Redis(url=URL))
    with lab.inside("attacker"):
        sink.write(farends.events(10), 1)
        farends.redis_says(lab, "CONFIG", "SET", "maxmemory", "1")
        with pytest.raises(ValueError, match="OOM"):
            sink.write(farends.events(10, 11), 11)
        farends.redis_says(lab, "CONFIG", "SET", "maxmemory", "0")
        sink.write(farends.events(10, 11), 11)
        sink.close()
    assert numbers(lab) == list(range(1, 21))


def test_tls(lab, tmp_path):
    pem = str(farends.certificate(tmp_path))
    pair = ("--tls-cert-file", pem, "--tls-key-file", pem, "--tls-ca-cert-file", pem)
    farends.redis(lab, tmp_path, "--tls-port", "6380", *pair, "--tls-auth-clients", "no")
    url = f"rediss://{farends.HOST}:6380"
    with lab.inside("attacker"):
        with pytest.raises(OSError, match="certificate verify failed"):
            farends.sink(Redis(url=url)).write(farends.events(1), 1)
        sink = farends.sink(Redis(url=url, ca_file=pem))
        sink.write(farends.events(3), 1)
        sink.close()
    assert numbers(lab) == [1, 2, 3]


def test_a_collector_that_died_goes_on_where_it_was(lab, tmp_path):
    """Whatever was on its way: the store has it, and the stream says what it has already."""
    (tmp_path / "redis").mkdir()
    server = farends.redis(lab, tmp_path / "redis")
    settings = Redis(url=URL)
    with farends.way(lab, [farends.sink(settings)], tmp_path / "store") as put:
        way = put(farends.events(1000))
        until(lambda: way.lanes[-1].written >= 1000, 5.0)
        farends.killed(server)
        put(farends.events(1000, 1001))
        until(lambda: way.lanes[-1].failed.count >= 1, 5.0)
    farends.redis(lab, tmp_path / "redis")
    # What it wrote last was not remembered any more.
    with closing(Reader(tmp_path / "store")) as reader:
        assert reader.position("redis 198.51.100.1:6379") == 1000
        reader.remember("redis 198.51.100.1:6379", 700)
    with farends.way(lab, [farends.sink(settings)], tmp_path / "store") as put:
        way = put(farends.events(100, 2001))
        until(lambda: way.lanes[-1].written >= 1400, 5.0)
    assert numbers(lab) == list(range(1, 2101))


def test_what_the_server_lost_in_its_death_is_told_again(lab, tmp_path):
    """It had said that it has it, and had not written it down."""
    folder, before = tmp_path / "redis", tmp_path / "before"
    folder.mkdir()
    server = farends.redis(lab, folder)
    with farends.way(lab, [farends.sink(Redis(url=URL))], tmp_path / "store") as put:
        way = put(farends.events(500))
        until(lambda: way.lanes[-1].written >= 500, 5.0)
        shutil.copytree(folder, before)
        put(farends.events(500, 501))
        until(lambda: way.lanes[-1].written >= 1000, 5.0)
        farends.killed(server)
        shutil.rmtree(folder)
        before.rename(folder)
        farends.redis(lab, folder)
        put(farends.events(100, 1001))
        until(lambda: length(lab) >= 1100, 5.0)
    assert numbers(lab) == list(range(1, 1101))
