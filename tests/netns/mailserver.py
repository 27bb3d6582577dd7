"""A real mail server for tests, inside of a lab: aiosmtpd with STARTTLS or TLS from the first byte, and AUTH."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rawspoof.edges.lab.namespaces import Lab, Side

HOST: Final = "127.0.0.1"
PORT: Final = 2525
USER: Final = ("sensor@example.org", "hunter2")


class Server:
    """What came, and answers of one's own by command: `{"RCPT": "550 no"}`."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.encrypted: list[bool] = []
        self.known: list[bool] = []
        self._answers = answers

    def auth(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == USER
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self._answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self._answers.get(f"RCPT {address}", self._answers.get("RCPT", "250 OK"))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=POLICY))  # type: ignore[arg-type]
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.known.append(session.authenticated)
        self.encrypted.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        return self._answers.get("DATA", "250 OK")


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for HOST, which is its own CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail test")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = builder.sign(key, hashes.SHA256())
    path = folder / "mail.pem"
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def serving(
    lab: Lab, side: Side, pem: Path | None = None, implicit: bool = False, answers: dict[str, str] | None = None
) -> Iterator[Server]:
    """A server on HOST and PORT of one side; with a certificate it knows a user."""
    server = Server(answers or {})
    context = None
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    options: dict[str, Any] = {"hostname": HOST, "port": PORT, "ready_timeout": 10.0, "server_hostname": "mx.test"}
    if context is not None:
        # aiosmtpd does not see that a connection was TLS all along, and would let nobody in.
        within = {"ssl_context": context, "auth_require_tls": False}
        options |= {"authenticator": server.auth} | (
            within if implicit else {"tls_context": context, "auth_required": True}
        )
    make: Callable[..., Controller] = Controller
    # The server's thread is born into the namespace of who starts it.
    with lab.inside(side):
        controller = make(server, **options)
        controller.start()
    try:
        yield server
    finally:
        with lab.inside(side):
            controller.stop()
