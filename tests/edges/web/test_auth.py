"""Nobody gets in without a password or token, and who guesses waits ever longer."""

from hashlib import sha256

import pytest

from rawspoof.edges.web.auth import ADDRESSES_MAX, FREE_TRIES, WAIT_MAX_S, Auth, Patience
from rawspoof.edges.web.passwords import Credentials, scrypt_line
from tests.edges.web.asgi import request
from tests.edges.web.desk import basic

TOKEN = "rs_" + "x" * 43
KNOWN = Credentials("admin", scrypt_line("secret word"), frozenset({sha256(TOKEN.encode()).digest()}))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def door(clock: Clock | None = None) -> Auth:
    async def inside(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    return Auth(inside, KNOWN, now=clock or Clock())


def statuses(app, *headers, client="192.0.2.7"):
    return [request(app, {"authorization": header} if header else {}, client=client)[0] for header in headers]


def test_the_right_ones_come_in():
    assert statuses(door(), basic("admin", "secret word"), f"Bearer {TOKEN}", f"bearer  {TOKEN}") == [200, 200, 200]


@pytest.mark.parametrize(
    "header",
    [
        "", "Basic", "Basic !!!", "Basic YWRtaW4=", basic("admin", ""), basic("admin", "wrong"),
        basic("", "secret word"), basic("root", "secret word"), "Bearer", "Bearer nothing", "Digest x",
        f"Token {TOKEN}", "Basic " + "A" * 5000, "Basic /////w==", f"Bearer {TOKEN}x", "Bearer \xff",
    ],
)  # fmt: skip
def test_the_wrong_ones_do_not(header):
    status, headers, body = request(door(), {"authorization": header} if header else {})
    assert status == 401
    assert headers["www-authenticate"] == 'Basic realm="rawspoof", charset="UTF-8"'
    assert body != b"in"


def test_what_was_right_is_remembered_for_a_while():
    clock = Clock()
    app = door(clock)
    good = basic("admin", "secret word")
    assert statuses(app, good) == [200]
    wrong = [basic("admin", str(number)) for number in range(FREE_TRIES)]
    assert statuses(app, *wrong, basic("admin", "x")) == [401] * FREE_TRIES + [429]
    # Whoever is in already is not locked out by somebody else at the same address.
    assert statuses(app, good) == [200]
    clock.now += 400.0
    assert statuses(app, good) == [200]


def test_who_guesses_waits_and_is_told_how_long():
    clock = Clock()
    app = door(clock)
    statuses(app, *[basic("admin", str(n)) for n in range(FREE_TRIES)])
    status, headers, body = request(app, {"authorization": basic("admin", "secret word")})
    assert (status, headers["retry-after"]) == (429, "2")
    assert b"wait" in body
    assert statuses(app, basic("admin", "secret word"), client="192.0.2.8") == [200]
    clock.now += 1.1
    assert statuses(app, basic("admin", "secret word")) == [200]
    assert app.failed.count == FREE_TRIES


def test_asking_without_a_password_costs_nobody_anything():
    app = door()
    assert statuses(app, *[""] * 20, basic("admin", "secret word")) == [401] * 20 + [200]


def test_a_network_of_ipv6_is_one_guesser():
    app = door()
    for number in range(FREE_TRIES):
        statuses(app, "Bearer no", client=f"2001:db8:1:2::{number}")
    assert statuses(app, "Bearer no", client="2001:db8:1:2:3::4") == [429]


def test_waits_grow_and_end():
    patience = Patience()
    waits = []
    for _ in range(20):
        patience.failed("a", 0.0)
        waits.append(patience.left_s("a", 0.0))
    assert waits[:6] == [0.0, 0.0, 1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == WAIT_MAX_S
    patience.failed("a", 5000.0)
    assert patience.left_s("a", 5000.0) == 0.0


def test_only_so_many_guessers_are_remembered():
    patience = Patience()
    for number in range(ADDRESSES_MAX + 10):
        for _ in range(FREE_TRIES):
            patience.failed(str(number), 0.0)
    assert patience.left_s("0", 0.0) == 0.0
    assert patience.left_s(str(ADDRESSES_MAX), 0.0) > 0.0
