"""The password file: who may use the web admin. Makes and reads its lines, and checks what somebody says.

portspoof-py's file is one line, `user:password`; ours has a scrypt hash (RFC 7914) in the password's place, and further
lines for tokens. Knows no request.
"""

import hashlib
import hmac
import secrets
import stat
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Final, NamedTuple

from rawspoof.config.model import Config
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.system import atomic

LOG_N: Final = 15
"""scrypt's cost: 2 ** 15 rounds of 1 KiB take about 60 ms and 32 MiB."""
LOG_N_MAX: Final = 18
"""What a file may ask of us: 256 MiB for each try would be a way to bring us down."""
MODE: Final = 0o600
_BLOCK: Final = 8
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_TOKEN: Final = "$token$"  # noqa: S105  a mark, not a secret
_SCRYPT: Final = "$scrypt$"
FILE_BYTES_MAX: Final = 1 << 16


class PasswordError(SinkError):
    """One line: the file, what is wrong with it, and the cure."""


class Credentials(NamedTuple):
    """Who may come in."""

    user: str
    password: str
    """As it stands in the file: in clear, or a scrypt line."""
    tokens: frozenset[bytes] = frozenset()
    """SHA-256 of each."""


def read(path: Path) -> Credentials:
    """What the file says. Raises PasswordError, also where others than its owner may read it."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            text = file.read(FILE_BYTES_MAX).decode()
    except OSError as error:
        cure = "`rawspoof admin passwd` makes one"
        raise PasswordError(f"{path}: {error.strerror}: {cure}") from None
    except UnicodeDecodeError:
        raise PasswordError(f"{path}: expected UTF-8 text") from None
    if mode & 0o077:
        raise PasswordError(f"{path}: mode {mode:04o} lets others read it: chmod 600 {path}")
    return parse(text, str(path))


def path(config: Config) -> Path:
    """Where the file is."""
    return Path(config.admin.passwd_file or f"{config.sensor.state_dir}/admin.passwd")


def set_password(path: Path, user: str, password: str) -> None:
    """Write the file with this user and password; tokens stay. Raises OSError."""
    tokens = [line for line in _lines(path) if f":{_TOKEN}" in line]
    _write(path, [f"{user}:{scrypt_line(password)}", *tokens])


def add_token(path: Path, name: str) -> str:
    """A new token, in the place of an earlier one of the name. Raises OSError, PasswordError where there is no user."""
    read(path)
    token, line = token_line(name)
    _write(path, [*(other for other in _lines(path) if not other.startswith(f"{name}:{_TOKEN}")), line])
    return token


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, "".join(f"{line}\n" for line in lines).encode(), MODE)


def parse(text: str, name: str) -> Credentials:
    """The file's lines. Raises PasswordError."""
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip() and not line.startswith("#")]
    people = [line.partition(":") for line in lines if f":{_TOKEN}" not in line]
    tokens = [line.partition(f":{_TOKEN}")[2] for line in lines if f":{_TOKEN}" in line]
    if len(people) != 1 or not all(people[0]):
        raise PasswordError(f"{name}: expected one line `user:password`: `rawspoof admin passwd` writes it")
    user, _, password = people[0]
    if password.startswith(_SCRYPT) and _parameters(password) is None:
        raise PasswordError(f"{name}: the scrypt line is none of ours: `rawspoof admin passwd` writes it anew")
    try:
        return Credentials(user, password, frozenset(map(bytes.fromhex, tokens)))
    except ValueError:
        raise PasswordError(f"{name}: a token's line is none of ours: `rawspoof admin token` writes it") from None


def scrypt_line(password: str) -> str:
    """A hash of the password, with a salt of its own: `$scrypt$ln=15,r=8,p=1$salt$hash`."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{_SCRYPT}ln={LOG_N},r={_BLOCK},p=1${_text(salt)}${_text(_hash(password, salt, LOG_N))}"


def token_line(name: str) -> tuple[str, str]:
    """A new token, and the line that lets it in: 256 random bits need no slow hash."""
    token = f"rs_{secrets.token_urlsafe(32)}"
    return token, f"{name}:{_TOKEN}{hashlib.sha256(token.encode()).hexdigest()}"


def is_password(known: Credentials, user: str, password: str) -> bool:
    """Whether these are theirs; takes as long for a wrong name as for a wrong password, 60 ms with scrypt."""
    right_name = hmac.compare_digest(user.encode(), known.user.encode())
    found = _parameters(known.password)
    if found is None:
        return hmac.compare_digest(password.encode(), known.password.encode()) and right_name
    log_n, salt, wanted = found
    return hmac.compare_digest(_hash(password, salt, log_n), wanted) and right_name


def is_token(known: Credentials, token: str) -> bool:
    """Whether this is one of the tokens."""
    return hashlib.sha256(token.encode()).digest() in known.tokens


def _hash(password: str, salt: bytes, log_n: int) -> bytes:
    # OpenSSL wants a little beyond the 128 * N * r bytes.
    room = (128 * _BLOCK << log_n) + (1 << 20)
    return hashlib.scrypt(
        password.encode(), salt=salt, n=1 << log_n, r=_BLOCK, p=1, maxmem=room, dklen=_HASH_BYTES
    )  # fmt: skip


def _parameters(line: str) -> tuple[int, bytes, bytes] | None:
    """A scrypt line's cost, salt and hash; None for any other."""
    parts = line.split("$")
    if len(parts) != 5 or parts[1] != "scrypt":
        return None
    cost, _, rest = parts[2].partition(",")
    try:
        log_n, salt, wanted = int(cost.removeprefix("ln=")), _bytes(parts[3]), _bytes(parts[4])
    except ValueError:
        return None
    good = 1 <= log_n <= LOG_N_MAX and rest == f"r={_BLOCK},p=1" and len(wanted) == _HASH_BYTES
    return (log_n, salt, wanted) if good else None


def _text(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
