"""Clients as programs: all of a test's run side by side against sensors, each to its end, in bounded time.

Knows where a service lives, how programs are started and ended, and what the event file has of log-ins. Which clients,
and what each is to say, is in each test's own table.
"""

import json
import os
import re
import shlex
import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from subprocess import STDOUT
from tempfile import TemporaryFile
from typing import Final, NamedTuple, Protocol

from rawspoof.core.signature.identity import Identity
from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.sinks.ecs import escaped
from tests.netns.sensors import POLL_S, open_folder, running, town, until
from tests.netns.taps import TARGET

PROMPT: Final = ("--delivery", "prompt")
AT_ONCE: Final = 12
"""Most of their time clients wait, but all have patience of their own, and a machine has two cores."""
ENDED_S: Final = 60.0
"""For one client on a busy machine; who has not ended by then fails its own test, not all."""
HEARD_S: Final = 10.0
"""For the event file to have what was heard."""

Text = str | re.Pattern[str]
"""What is to be there as it stands, or to be found by searching."""


class Place(NamedTuple):
    """A sensor in a lab of its own."""

    lab: Lab
    who: Callable[[int], Identity | None]
    """Who lives at a port."""
    events: Path

    def home(self, wanted: Callable[[Identity], object], apart_from: Container[int] = ()) -> int:
        """The lowest port with such an identity."""
        return next(p for p in range(1, 65536) if p not in apart_from and (who := self.who(p)) and wanted(who))


@contextmanager
def place(*args: str) -> Iterator[Place]:
    """A sensor with these arguments, that answers without delay, for as long as the block lasts."""
    profile = town(*PROMPT, *args)
    with open_folder() as folder, Lab() as lab:
        events = folder / "events"
        with running(lab, *PROMPT, *args, "--events", str(events)):
            yield Place(lab, cache(lambda port: profile(port).identity), events)


class Program(NamedTuple):
    """What runs on the attacker's side of a lab."""

    lab: Lab
    argv: list[str]
    typed: bytes = b""
    """What it reads from its standard input."""


class Ended(NamedTuple):
    """What came of a program."""

    status: int
    text: str


def side_by_side(folder: Path, programs: Mapping[str, Program]) -> dict[str, Ended]:
    """How each of them ended, and all that it said. They stand in the folder, and it is their home."""
    waiting, busy, ended = list(programs), dict[str, Running](), dict[str, Ended]()
    while waiting or busy:
        while waiting and len(busy) < AT_ONCE:
            name = waiting.pop(0)
            busy[name] = Running(folder, programs[name])
        for name in [name for name, process in busy.items() if process.over()]:
            ended[name] = busy.pop(name).ended()
        time.sleep(POLL_S)
    return ended


class Running:
    """A program that has been started."""

    def __init__(self, folder: Path, program: Program) -> None:
        # Not a pipe: whoever says much would wait for us to read.
        self._said = TemporaryFile()  # noqa: SIM115 - closed when it has been read
        self._end = time.monotonic() + ENDED_S
        environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        with TemporaryFile() as typed:
            typed.write(program.typed)
            typed.seek(0)
            how = {"stdin": typed, "stdout": self._said, "stderr": STDOUT, "cwd": folder, "env": environment}
            self._process = program.lab.run("attacker", program.argv, **how)

    def over(self) -> bool:
        """Whether it has ended, or has been given up."""
        if time.monotonic() > self._end:
            self._process.kill()
            self._process.wait()
        return self._process.poll() is not None

    def ended(self) -> Ended:
        with self._said:
            self._said.seek(0)
            return Ended(self._process.returncode, self._said.read().decode(errors="replace"))


def filled(argv: str, **words: object) -> list[str]:
    """A command's words, with what is known only later in place of `{its name}`; `{to}` is the sensor's address."""
    return [word.format(to=TARGET, **words) for word in shlex.split(argv)]


def in_clear(who: Identity) -> bool:
    return who.tls != "implicit"


class Case(NamedTuple):
    """A client, what it says among other things, how it ends, and what it tried."""

    service: str
    """Who is asked."""
    argv: str
    """For `filled`; `{port}` is where the service lives."""
    text: Text
    status: int = 0
    proof: tuple[str, str, Text] | None = None
    """Method, user and secret."""
    typed: bytes = b""
    fits: Callable[[Identity], bool] = in_clear
    """Which of the service's identities is asked, for there is more than one."""
    port: int = 0
    """For clients that know one only; 0: the first that fits."""

    def wants(self, who: Identity) -> bool:
        return who.service == self.service and self.fits(who)


def program(there: Place, case: Case, **words: object) -> Program:
    """The case's client, with the port where the service lives in this place."""
    port = case.port or there.home(case.wants)
    who = there.who(port)
    assert who is not None
    assert case.wants(who), (case, who)
    return Program(there.lab, filled(case.argv, port=port, **words), case.typed)


def check(case: Case, ended: Ended, events: Path) -> None:
    """Fails the test whose client has not ended as its case says, or of whose log-in the event file has nothing."""
    assert found(case.text, ended.text), ended.text
    assert ended.status == case.status, ended.text
    if case.proof:
        until(lambda: any(_tried(case, said) for said in credentials(events)), HEARD_S)


def found(wanted: Text, text: str) -> bool:
    return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None


def _tried(case: Case, said: "Credential") -> bool:
    assert case.proof
    method, user, secret = case.proof
    same = said.secret == secret if isinstance(secret, str) else found(secret, said.secret)
    return (said.service, said.method, said.user) == (case.service, method, user) and same


class Asker(Protocol):
    """A client that has a port to itself, so that one knows what it offered, whatever that is."""

    only: str
    """The service that lives on every port of its sensor, for those that are rare."""
    port: int
    """For clients that know one only; 0: any."""

    def wants(self, who: Identity) -> bool: ...


class Asked(NamedTuple):
    """Where such a client goes."""

    place: Place
    port: int

    def program(self, argv: str) -> Program:
        return Program(self.place.lab, filled(argv, port=self.port))

    def heard(self) -> "list[Credential]":
        return [said for said in credentials(self.place.events) if said.port == self.port]


@contextmanager
def apart(clients: Mapping[str, Asker]) -> Iterator[dict[str, Asked]]:
    """A port for each, of as many sensors as they want, for as long as the block lasts."""
    with ExitStack() as stack:
        asked: dict[str, Asked] = {}
        for only in sorted({client.only for client in clients.values()}):
            there = stack.enter_context(place(*(("--only", only) if only else ())))
            taken: set[int] = set()
            for name, client in clients.items():
                if client.only == only:
                    asked[name] = Asked(there, client.port or there.home(client.wants, taken))
                    taken.add(asked[name].port)
        yield asked


class Credential(NamedTuple):
    """A log-in that was tried, as the event file has it."""

    port: int
    service: str
    method: str
    user: str
    secret: str


def credentials(events: Path) -> list[Credential]:
    """All that have been heard so far."""
    # The last line may be under way.
    lines = [line for line in events.read_bytes().split(b"\n")[:-1] if b'"service.credential"' in line]
    return [_credential(json.loads(line)) for line in lines]


def _credential(event: dict) -> Credential:
    told = event["rawspoof"]
    user, secret = (bytes.fromhex(told[key]["hex"]) for key in ("user", "secret"))
    assert event["user"]["name"] == escaped(user), event
    texts = (user.decode(errors="replace"), secret.decode(errors="replace"))
    return Credential(event["destination"]["port"], told["service"], told["method"], *texts)
