"""What is not well is told, a line each."""

from rawspoof.edges.web.context import Queue
from tests.edges.web.desk import context, get


def test_health_says_what_is_not_well(tmp_path):
    assert get(context(tmp_path), "/api/health").json()["status"] == "ok"
    queues = {0: Queue(40_000, 7, 100)}
    told = get(context(tmp_path, queues=lambda: queues, counters=lambda: {"errors": 2}), "/api/health").json()
    assert told["status"] == "degraded"
    assert told["reasons"] == [
        "queue 0: 7 packets dropped by the kernel", "queue 0: 40000 packets wait", "workers: 2 errors"
    ]  # fmt: skip
    assert told["store"]["days"] == 1
