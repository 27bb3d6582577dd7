"""What uvicorn is told; how connections end is shown with a real socket in test_server."""

import uvicorn

from rawspoof.edges.web.protocol import HEAD_BYTES_MAX, Protocol, settings


def test_uvicorn_takes_the_settings_and_says_nothing_of_itself():
    made = uvicorn.Config(**settings(lambda scope, receive, send: None))
    made.load()
    assert made.http_protocol_class is Protocol
    assert made.h11_max_incomplete_event_size == HEAD_BYTES_MAX
    assert not made.server_header
    assert not made.access_log
