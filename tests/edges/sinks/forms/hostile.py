"""What attackers may write, as events, and how to read our escapes; nothing here decides anything."""

from hypothesis import strategies as st

from rawspoof.core.event import AnyEvent, ServiceCredential, ServiceRequest, SessionData, SessionOpened, TlsClientHello
from tests.edges.sinks.samples import AT, DST, SRC, SRC6

NASTY = (
    b"",
    b" ",
    b"\n2025-06-01T14:32:07Z 203.0.113.9 session.open",
    b"\r\n\r\n",
    b"\x1b[2J\x1b]0;owned\x07\"'\\|=^\t",
    b"|cs1=a cs1Label=b src=203.0.113.9 ",
    b"\\\\=\\|\\n\\",
    "\u202e\u2028\u0085ü".encode(),
    b"\xff\xfe\x00\xc3\x28",
    b"<script>alert(1)</script>&amp;{{7*7}}%s%n${jndi:ldap://x}",
    b"A" * 1000,
    bytes(range(256)),
)

text = st.sampled_from(NASTY) | st.binary(max_size=40) | st.text(max_size=20).map(str.encode)
word = st.text(max_size=20)
source = st.sampled_from((SRC, SRC6))


def told(shown: object) -> bytes:
    """The bytes that an escaped text shows."""
    return str(shown).encode("ascii").decode("unicode_escape").encode("latin-1")


@st.composite
def events(draw: st.DrawFn) -> AnyEvent:
    """Events whose every text is the attacker's, our own words too: a worker may have been taken over."""
    src, one, two = draw(source), draw(text), draw(text)
    head = (AT, src, 54312, src[:-1] + b"\x01" if len(src) == 16 else DST, 22)
    return draw(
        st.sampled_from(
            (
                ServiceCredential(*head, draw(word), draw(word), one, two),
                ServiceRequest(*head, draw(word), one, len(one)),
                SessionData(*head, one, len(one)),
                SessionOpened(*head, draw(word), one),
                TlsClientHello(*head, one, (two, one), draw(word), draw(word)),
            )
        )
    )
