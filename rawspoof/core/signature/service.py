"""One `[[service]]` of a signature file, checked, and the identities that its sets make of it.

Knows the format, not which port or host an identity is dealt to; that is the catalogue's and the world's.
"""

import re
from collections.abc import Iterable, Mapping
from math import prod
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from rawspoof.core.signature import codec
from rawspoof.core.signature.codec import AnswerText, HttpText
from rawspoof.core.signature.frame import FrameName, Sized
from rawspoof.core.signature.identity import Answer, Identity
from rawspoof.core.signature.site import ASKED, STAMPS, Site
from rawspoof.core.signature.template import SEED, Later, Template
from rawspoof.core.signature.variants import Field, values

HOST_FACTS: Final = frozenset(("host", "domain", "fqdn", "addr", "port", "pid", SEED))
"""Facts that the world knows of every host and port; signature files may name them."""

Weight = Annotated[int, Meta(ge=0, le=1_000_000)]


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `nmap -sV` is to print; product and version are templates over the fields of a set."""

    service: str
    product: str
    version: str = ""


class ServiceText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service as the file has it."""

    id: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]*$")]
    expect: Expect
    ports: dict[str, Weight]
    """Weight at each port; `any` is every port that no service lists."""
    set: Annotated[list[dict[str, Any]], Meta(min_length=1)]
    greet: str | None = None
    answers: tuple[AnswerText, ...] = ()
    http: HttpText | None = None
    """A web server's pages and manners; what `answers` understand goes before them."""
    otherwise: str | None = None
    """Answer to a request that none of `answers` understands."""
    frame: FrameName | Sized | None = None
    """What a whole request is; without it `http` for a web server, else `line`."""
    words: dict[str, str] = {}
    """Templates that the protocol's speaker asks for by name instead of its own."""
    tls: Literal["", "implicit", "starttls"] = ""
    """See `Identity.tls`."""


class Variety(NamedTuple):
    """A set: identities that share an operating system."""

    os: str
    weight: int
    fields: tuple[Field, ...]
    size: int
    """How many identities there are."""
    product: Template
    version: Template
    greet: Template | None

    @property
    def versioned(self) -> bool:
        """Whether a scanner reads a version from it."""
        return self.version.size != 0


class Rule(NamedTuple):
    """An answer, its template still open."""

    when: re.Pattern[bytes]
    say: Template
    close: bool


class Service(NamedTuple):
    """A service, its templates still open for a set's values and a host's facts."""

    id: str
    protocol: str
    frame: FrameName | Sized
    answers: tuple[Rule, ...]
    words: Mapping[str, Template]
    tls: Literal["", "implicit", "starttls"]
    ports: dict[int, int]
    elsewhere: int
    """Weight at ports that no service lists."""
    varieties: tuple[Variety, ...]
    site: Site | None

    def identity(self, variety: Variety, number: int, facts: Mapping[str, bytes]) -> Identity:
        """The identity with this number in a set, at home on the host with these facts."""
        known = {**facts, **values(variety.fields, number)}
        return Identity(
            service=self.id,
            protocol=self.protocol,
            product=variety.product.bind(known).render(0.0).decode("latin-1"),
            version=variety.version.bind(known).render(0.0).decode("latin-1"),
            os=variety.os,
            greet=variety.greet and variety.greet.bind(known),
            answers=tuple([Answer(a.when, Later(a.say, known), a.close) for a in self.answers]),
            frame=self.frame,
            facts=known,
            words={name: Later(said, known) for name, said in self.words.items()},
            tls=self.tls,
            site=self.site,
        )


def parse(table: Mapping[str, Any], lists: Mapping[str, Any] | None = None) -> Service:
    """The service that a TOML table means. Raises ValueError with one line that says what is wrong with it.

    `lists` are those of its file, for sets that say `ver = { list = "name" }`.
    """
    text = msgspec.convert(table, ServiceText)
    answers = tuple(_answer(a) for a in _answers(text))
    if text.greet is None and not answers and text.http is None and not text.words:
        raise ValueError("neither `greet` nor `answers`: the service would never say anything")
    words = {name: Template.parse(said) for name, said in text.words.items()}
    varieties = tuple(_variety(text, dict(s), lists or {}) for s in text.set)
    site = codec.site(text.http, text.expect.service == "http-proxy") if text.http else None
    gaps = _gaps(words.values(), site)
    for variety in varieties:
        _closed(variety, answers, gaps)
    return Service(
        id=text.id,
        protocol=text.expect.service,
        frame=text.frame or ("http" if text.http else "line"),
        answers=answers,
        words=words,
        tls=text.tls,
        ports={_port(p): weight for p, weight in text.ports.items() if p != "any"},
        elsewhere=text.ports.get("any", 0),
        varieties=varieties,
        site=site,
    )


def _answers(text: ServiceText) -> list[AnswerText]:
    last = [] if text.otherwise is None else [AnswerText("", text.otherwise)]
    return [*text.answers, *last]


def _answer(text: AnswerText) -> Rule:
    try:
        when = re.compile(text.when.encode("latin-1"))
    except re.error as e:
        raise ValueError(f"`when = {text.when}`: {e}") from None
    say = Template.parse(text.say)
    if shaped := {p for p in say.parts if isinstance(p, str) and "." in p and p.partition(".")[0] in when.groupindex}:
        raise ValueError(f"`{min(shaped)}`: what a peer sent is echoed as it is, in no shape")
    return Rule(when, say, text.close)


def _variety(text: ServiceText, table: dict[str, Any], lists: Mapping[str, Any]) -> Variety:
    """A set: `os`, `weight`, its own `product` and `greet`, the version it `shows`; every other key is a field."""
    expect = text.expect
    plain = {"os": "any", "weight": 1, "product": expect.product, "shows": expect.version, "greet": text.greet}
    plain |= {key: table.pop(key) for key in plain.keys() & table.keys()}
    fields = tuple(Field.parse(key, _named(value, lists)) for key, value in table.items())
    own = msgspec.convert(plain, _Plain)
    return Variety(
        os=own.os,
        weight=own.weight,
        fields=fields,
        size=prod(f.size for f in fields),
        product=Template.parse(own.product),
        version=Template.parse(own.shows),
        greet=None if own.greet is None else Template.parse(own.greet),
    )


def _named(value: object, lists: Mapping[str, Any]) -> object:
    """A field's value, or the list of its file that it names: products that share a version number share a list."""
    if not isinstance(value, dict):
        return value
    name = str(value.get("list"))
    if len(value) != 1 or name not in lists:
        raise ValueError(f"`{value}` names no list of this file")
    return lists[name]


class _Plain(msgspec.Struct, frozen=True):
    os: str
    weight: Weight
    product: str
    shows: str
    greet: str | None


def _gaps(words: Iterable[Template], site: Site | None) -> set[str]:
    """What the templates that all sets share want to be told, but for what a request tells."""
    gaps = set[str]().union(*(word.missing() for word in words))
    if site is not None:
        gaps |= (site.wants | site.proto.missing()) - ASKED - STAMPS
    return gaps


def _closed(variety: Variety, answers: Iterable[Rule], gaps: set[str]) -> None:
    """Raise ValueError if a template names what neither the set, the host nor the request has, or two of them have."""
    known = {name for field in variety.fields for name in field.names} | HOST_FACTS
    said = [variety.product, variety.version, *([variety.greet] if variety.greet else [])]
    unknown = gaps.union(*(t.missing() for t in said)) - known
    for answer in answers:
        unknown |= answer.say.missing() - known - answer.when.groupindex.keys()
        if doubtful := known & answer.when.groupindex.keys():
            raise ValueError(f"the group `{min(doubtful)}` of `when` has the name of a field")
    if unknown:
        raise ValueError(f"set `{variety.os}` has no field `{min(unknown)}`")


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError(f"`ports.{text}`: a port is 1 to 65535, or `any`")
    return int(text)
