"""Settings for a NATS server that a fleet's sensors and hub meet at: TLS, JetStream, and who may do what. Pure: text.

A sensor may publish in its own name and hear answers below its own inbox; it reads nothing that others told. The hub
publishes nothing but questions. https://docs.nats.io/running-a-nats-service/configuration
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rawspoof.config.fleet import HUB
from rawspoof.edges.fleet import streams

PAYLOAD_BYTES: Final = 1 << 20
"""Longest message; an event of the longest request takes 25 KB."""
FILES_GB: Final = 2
"""Of all streams together; they have limits of their own below that."""

_TEXT: Final = """\
# Written by `rawspoof hub broker`; do that again when a sensor comes or goes, then `nats-server --signal reload`.
listen: {listen}
server_name: "rawspoof"
max_payload: {payload}
max_connections: 4096
jetstream {{
  store_dir: {folder}
  max_memory_store: 64MB
  max_file_store: {files}GB
}}
tls {{
  cert_file: {certificate}
  key_file: {key}
  timeout: 5
}}
authorization {{
  # A client that never says who it is has its place for so long.
  timeout: 5
  users: [
{users}
  ]
}}
"""


class Where(NamedTuple):
    """What the server is to know of its machine."""

    listen: str
    folder: str
    """Where its streams lie."""
    certificate: str
    key: str


def settings(where: Where, hub: str, sensors: Mapping[str, str]) -> str:
    """The file. `hub` is its public key, `sensors` are those of each by name."""
    everything = ["$JS.API.>"]
    users = [_user(HUB, hub, everything, [f"{streams.inbox(HUB)}.>"])]
    users += [_user(name, key, streams.publish(name), streams.subscribe(name)) for name, key in sensors.items()]
    return _TEXT.format(
        listen=json.dumps(where.listen),
        payload=PAYLOAD_BYTES,
        folder=json.dumps(where.folder),
        files=FILES_GB,
        certificate=json.dumps(where.certificate),
        key=json.dumps(where.key),
        users="\n".join(users),
    )


def _user(name: str, key: str, publish: Sequence[str], subscribe: Sequence[str]) -> str:
    said = "".join(f"          {json.dumps(subject)}\n" for subject in publish)
    heard = ", ".join(map(json.dumps, subscribe))
    return f"""    # {name}
    {{ nkey: {key}, permissions: {{
        publish: {{ allow: [
{said}        ] }}
        subscribe: {{ allow: [{heard}] }}
    }} }}"""
