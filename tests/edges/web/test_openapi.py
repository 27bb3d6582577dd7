"""The description and the server say the same: every operation is asked what the description allows, and what not."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from starlette.types import Receive, Scope, Send

from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.openapi import HEADER, PATHS, document
from tests.edges.web.desk import KNOWN, PASSWORD, USER, Orders, basic, context

with warnings.catch_warnings():
    # Of its own making, at import.
    warnings.simplefilter("ignore")
    import schemathesis

_SERVED: list[Admin] = []


async def relay(scope: Scope, receive: Receive, send: Send) -> None:
    """The application of this module's tests, which schemathesis wants to know before there is one."""
    await _SERVED[-1].app(scope, receive, send)


SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.app = relay
EXAMPLES = 12


@pytest.fixture(scope="module")
def admin() -> Iterator[Admin]:
    with TemporaryDirectory() as folder:
        given = context(Path(folder), orders=Orders(), evidence=Path(folder))
        made = Admin(given, KNOWN)
        _SERVED.append(made)
        yield made
        _SERVED.clear()
        made.api.close()


@SCHEMA.include(path_regex="^(?!/api/stream)").parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_the_server_does_what_the_description_says(case, admin):
    case.headers = {**(case.headers or {}), "Authorization": basic(USER, PASSWORD), "Host": "127.0.0.1"}
    response = case.call(base_url="http://127.0.0.1")
    # Who may come in is test_auth's; wrong logins one after the other end in 429 here, as they are meant to.
    case.validate_response(response, excluded_checks=[schemathesis.checks.ignored_auth])


def test_it_is_openapi_3_1_and_json():
    told = json.loads(json.dumps(document()))
    assert told["openapi"] == "3.1.0"
    assert set(told["paths"]) == set(PATHS)


def test_every_write_wants_the_header():
    writes = [d for methods in PATHS.values() for method, d in methods.items() if method != "get"]
    assert len(writes) == 5
    assert all(any(one["name"] == HEADER and one["required"] for one in d["parameters"]) for d in writes)
