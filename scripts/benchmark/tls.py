"""How many TLS handshakes one worker completes, what one costs it, and how long a SYN waits meanwhile.

The callers are processes of their own on the load's core, this file run with a part's name; SYNs go before handshakes
there, so that what is measured is the sensor's and not its caller's.
"""

import json
import os
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from benchmark.bench import Bench
    from benchmark.lab import Lab
    from benchmark.report import Row

PORT: Final = 993
GREETING: Final = b"* OK"
KNOCKS_PER_S: Final = 400
SHAKES_PER_S: Final = 50
"""What a curious scanner of many ports asks for."""
P99_MAX_MS: Final = 5.0
THREADS: Final = 8


def measure(bench: "Bench") -> "list[Row]":
    """The rows; there is no baseline, for a redirect leads to no TLS."""
    from benchmark.report import Row, median, say
    from benchmark.sides import Part

    rates, costs, idle, busy = [], [], [], []
    seconds = 1.5 if bench.quick else 4.0
    for number in range(bench.rounds):
        say(f"  round {number + 1} of {bench.rounds}: {bench.rawspoof.name}")
        with bench.up(bench.rawspoof, Part.TLS) as (lab, running):
            # The first handshake makes the certificate.
            _call(lab, "shake", 0.3, 10)
            idle.append(_call(lab, "knock", seconds)["p99_ms"])
            shakes = _start(lab, "shake", seconds + 0.5, SHAKES_PER_S)
            busy.append(_call(lab, "knock", seconds)["p99_ms"])
            _finish(shakes)
            running.rest()
            before = sum(running.cpu())
            done = _call(lab, "shake", seconds, 0)
            running.rest()
            rates.append(done["per_s"])
            costs.append(1000 * (sum(running.cpu()) - before) / max(done["done"], 1))
            say(f"    {rates[-1]:,.0f}/s, {costs[-1]:.2f} ms each; SYN p99 {idle[-1]:.2f} ms, then {busy[-1]:.2f} ms")
    waits, note = median(busy), f"while {SHAKES_PER_S} handshakes a second are made; idle: {median(idle):.2f} ms"
    held = "a worker lets 200 in each second; the cost says how many it could"
    return [
        Row("tls", "TLS handshakes per second", "/s", median(rates), None, "", None, held),
        Row("tls-cpu", "CPU per handshake, greeting and close", "ms", median(costs), None, "", None),
        Row("tls-syn", "p99 of SYN to SYN-ACK", "ms", waits, None, "< 5 ms", (waits or 0) < P99_MAX_MS, note),
    ]


def _start(lab: "Lab", part: str, *numbers: float) -> "subprocess.Popen[bytes]":
    from benchmark.lab import LOAD_CORE, SENSOR_ADDRESS

    pinned = ("taskset", "--cpu-list", str(LOAD_CORE), sys.executable, __file__)
    command = lab.inside(lab.scanner, *pinned, SENSOR_ADDRESS, part, *map(str, numbers))
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def _finish(process: "subprocess.Popen[bytes]") -> dict[str, float]:
    from benchmark.lab import finish

    return finish(process)


def _call(lab: "Lab", part: str, *numbers: float) -> dict[str, float]:
    return _finish(_start(lab, part, *numbers))


# The callers


def knock(address: str, seconds: float) -> dict[str, float]:
    """Connections at a pace, each reset once it stands: how long the SYN-ACKs took."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    took = []
    begun = time.perf_counter()
    for number in range(int(seconds * KNOCKS_PER_S)):
        time.sleep(max(begun + number / KNOCKS_PER_S - time.perf_counter(), 0))
        with socket.socket() as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            at = time.perf_counter()
            caller.connect((address, 20000 + number % 40000))
            took.append(1000 * (time.perf_counter() - at))
    return {"p50_ms": statistics.median(took), "p99_ms": statistics.quantiles(took, n=100)[98], "max_ms": max(took)}


def shake(address: str, seconds: float, per_s: float) -> dict[str, float]:
    """Handshakes, each with the greeting behind it: at a pace, or as many as can be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    begun, done = time.perf_counter(), [0] * THREADS

    def go_on(thread: int) -> None:
        number = thread
        while time.perf_counter() - begun < seconds:
            if per_s:
                time.sleep(max(begun + number / per_s - time.perf_counter(), 0))
            number += THREADS
            # Refused ones are closed or reset; they do not count.
            with (
                suppress(OSError),
                socket.create_connection((address, PORT), 5) as plain,
                context.wrap_socket(plain) as inside,
            ):
                done[thread] += inside.recv(100).startswith(GREETING)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"done": sum(done), "per_s": sum(done) / (time.perf_counter() - begun)}


if __name__ == "__main__":
    part = {"knock": knock, "shake": shake}[sys.argv[2]]
    print(json.dumps(part(sys.argv[1], *map(float, sys.argv[3:]))))
