"""The secret from which ISS cookies, worlds and clocks are keyed: kept in a file, made at the first start."""

import os
import secrets
from pathlib import Path

from rawspoof.config.model import Config

SECRET_BYTES = 32


class SecretError(Exception):
    """The secret cannot be read or made; the text names the file and the cure."""


def path(config: Config) -> Path:
    """Where the secret is."""
    return Path(config.sensor.secret_file or f"{config.sensor.state_dir}/secret")


def load(config: Config) -> bytes:
    """The secret, 32 bytes; made (readable by its owner only) if there is none yet. Raises SecretError."""
    where = path(config)
    try:
        return _read(where) if where.exists() else _make(where)
    except OSError as error:
        cure = "run as root, or name a file of your own with --secret-file (sensor.secret_file)"
        raise SecretError(f"{where}: {error.strerror}: {cure}") from None


def _read(where: Path) -> bytes:
    secret = where.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise SecretError(f"{where}: {len(secret)} bytes, {SECRET_BYTES} expected: remove it and a new one is made")
    return secret[:SECRET_BYTES]


def _make(where: Path) -> bytes:
    where.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_bytes(SECRET_BYTES)
    fd = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(secret)
    return secret
