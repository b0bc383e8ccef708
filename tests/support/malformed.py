"""Requests that are wrong in every way, made from botocore's model of the service."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from moto_neptunedata import service_model
from tests.support.helpers import ROLE

#: The host of the service itself, and hosts that name a cluster, nothing, or nonsense.
HOST: Final = "neptune-db.us-east-1.amazonaws.com"
HOSTS: Final = (
    HOST,
    "mine.cluster-abc.eu-west-1.neptune.amazonaws.com:8182",
    "mine.cluster-ro-abc.eu-west-1.neptune.amazonaws.com:8182",
    "one.abc.us-east-1.neptune.amazonaws.com:8182",
    "",
    ":",
    "a:b:c",
    "..",
    "-.neptune.amazonaws.com",
    "x" * 300,
    "[::1]:8182",
    "ü",
    "neptune-db..amazonaws.com",
    "neptune-db.nowhere.amazonaws.com",
)

METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "get", "BREW")

#: Values of parameters that make a request do something, by their names on the wire.
GOOD: Final[dict[str, Any]] = {
    "source": "s3://data/",
    "format": "csv",
    "region": "us-east-1",
    "iamRoleArn": ROLE,
    "query": "MATCH (n) RETURN n.name AS name, $x AS x",
    "gremlin": "g.V().count()",
    "mode": "detailed",
    "action": "initiateDatabaseReset",
    "inputDataS3Location": "s3://data/in/",
    "processedDataS3Location": "s3://data/out/",
    "trainModelS3Location": "s3://data/model/",
    "modelTransformOutputS3Location": "s3://data/transform/",
}

_BY_TYPE: Final[dict[str, Any]] = {
    "string": "text",
    "integer": 3,
    "long": 3,
    "boolean": True,
    "list": ["text"],
    "map": {"key": "text"},
    "structure": {"sourceS3DirectoryPath": "s3://bucket/"},
}

_DEPTH: Final = 900  # Python's json reads it, and what walks it has little room left

#: Values as JSON texts that ``json.dumps`` would not make.
RAW_VALUES: Final = (
    "NaN",
    "-Infinity",
    "1e999",
    "-0",
    "0.1",
    "9" * 4000,
    "9" * 5000,
    "9223372036854775808",
    '"\\ud800"',
    '"\\u0000"',
    '"' + "a" * 70_000 + '"',
    "[" * _DEPTH + "]" * _DEPTH,
    '{"a":' * _DEPTH + "1" + "}" * _DEPTH,
    "[" * 100_000,
    '{"a":1,"a":2}',
    '""',
    '" "',
    '"{}"',
    '"[]"',
    '"{\\"x\\":NaN}"',
    '"[1,{}]"',
    '"' + '{\\"a\\":' * _DEPTH + "1" + "}" * _DEPTH + '"',
    '"null"',
    "tru",
    "'x'",
    "",
)

_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)
#: Any value as JSON text.
json_values = st.one_of(st.sampled_from(RAW_VALUES), _plain.map(json.dumps))

#: Parts of paths and queries, percent-encoded or badly so.
encoded = st.one_of(
    st.sampled_from(
        ("", "%", "%2", "%zz", "%00", "%2F", "%2f..%2f", "..", ".", "%C3", "%ff%fe", "+", "%25")
    ),
    st.sampled_from((";", "&", "=", "a" * 9000, "%41" * 3000, "//", "?", "%0d%0aX: y", "\\")),
    st.text(max_size=6).map(quote),
)

CONTENT_TYPES: Final = (
    None,
    "",
    "application/json",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/octet-stream",
    "application/sparql-query",
    "application/sparql-update",
    ";;;",
    "a" * 5000,
)

#: Names of headers that mean something somewhere.
_HEADERS: Final = (
    "Accept",
    "Accept-Encoding",
    "Content-Encoding",
    "Authorization",
    "X-Amz-Target",
    "x-moto-account-id",
    "X-Amz-Date",
    "amz-sdk-request",
    "User-Agent",
    "X-HTTP-Method-Override",
    "Expect",
)
#: Header values: without line ends, which no client can send, and of bytes as HTTP has them.
header_values = st.one_of(
    st.sampled_from(
        (
            "",
            "gzip",
            "gzip;q=x, ;;",
            "*/*",
            "application/vnd.gremlin-v3.0+json",
            "application/vnd.gremlin-v9+json;types=maybe",
            "AWS4-HMAC-SHA256 Credential=/",
            "AWS4-HMAC-SHA256 Credential=a/1/b/neptune-db/aws4_request",
            "Bearer x",
            "attempt=x; max=",
            "x" * 9000,
            "ü",
        )
    ),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=9
    ),
)


@dataclass(frozen=True)
class Sent:
    """A request as it is to be sent; ``path`` and ``query`` percent-encoded, or not even that."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = HOST


def good_value(member: service_model.Member) -> Any:
    """A value that fits a member."""
    enum = getattr(member.shape, "enum", None)
    return GOOD.get(member.wire_name) or (enum or [_BY_TYPE[member.shape.type_name]])[0]


@st.composite
def requests_of(draw: st.DrawFn, operation: service_model.Operation) -> Sent:
    """A request of an operation with some of its parameters wrong, missing or unknown."""
    path, query, headers, fields = operation.path, [], {}, []
    for member in operation.members:
        fate = draw(st.sampled_from(("good", "good", "good", "odd", "odd", "left out")))
        if fate == "left out" and not (member.required and draw(st.booleans())):
            text: str | None = None
        else:
            text = json.dumps(good_value(member))
        if member.location == "body":
            if fate == "odd":
                text = draw(json_values)
            if text is not None:
                fields.append((member.wire_name, text))
            continue
        value = None if text is None else str(json.loads(text))
        if member.location == "header":
            value = draw(header_values) if fate == "odd" else value
            if value is not None:
                headers[member.wire_name] = value
            continue
        value = draw(encoded) if fate == "odd" else value
        if member.location == "uri":
            path = path.replace(f"{{{member.wire_name}}}", value or "")
        elif value is not None:
            query.append(f"{member.wire_name}={value}")
    fields += draw(
        st.lists(st.tuples(st.sampled_from([*GOOD, "x", "queryId"]), json_values), max_size=1)
    )
    body = "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in fields) + "}"
    return Sent(
        operation.method,
        path,
        "&".join(query).replace(" ", "+"),
        headers,
        body.encode() if operation.has_body else b"",
    )


def _as_form(sent: Sent) -> Sent:
    try:
        fields = json.loads(sent.body)
        body = urlencode(
            {str(name): str(value) for name, value in fields.items()}, errors="replace"
        )
    except (ValueError, RecursionError, AttributeError):
        body = "a=%zz&&=b&" + sent.body[:100].decode("latin-1")
    return replace(
        sent,
        body=body.encode(),
        headers={**sent.headers, "Content-Type": "application/x-www-form-urlencoded"},
    )


_MUTATIONS: Final = {
    "nothing": st.just(lambda sent: sent),
    "method": st.sampled_from(METHODS).map(lambda value: lambda sent: replace(sent, method=value)),
    "host": st.sampled_from(HOSTS).map(lambda value: lambda sent: replace(sent, host=value)),
    "query": encoded.map(lambda text: lambda sent: replace(sent, query=f"{sent.query}&{text}")),
    "deeper": encoded.map(lambda text: lambda sent: replace(sent, path=f"{sent.path}/{text}")),
    "slashes": st.sampled_from(("/", "//", "/.", "/..")).map(
        lambda text: lambda sent: replace(sent, path=text + sent.path)
    ),
    "suffix": encoded.map(lambda text: lambda sent: replace(sent, path=sent.path + text)),
    "cut": st.integers(0, 40).map(lambda at: lambda sent: replace(sent, body=sent.body[:at])),
    "rubbish": st.binary(max_size=40).map(
        lambda data: lambda sent: replace(sent, body=sent.body + data)
    ),
    "body": st.one_of(json_values.map(str.encode), st.binary(max_size=60)).map(
        lambda data: lambda sent: replace(sent, body=data)
    ),
    "utf-16": st.just(
        lambda sent: replace(sent, body=sent.body.decode("utf-8", "replace").encode("utf-16"))
    ),
    "gzip": st.sampled_from(({}, {"Content-Encoding": "gzip"})).map(
        lambda own: (
            lambda sent: replace(
                sent, body=gzip.compress(sent.body, 1), headers={**sent.headers, **own}
            )
        )
    ),
    "form": st.just(_as_form),
    "type": st.sampled_from(CONTENT_TYPES).map(
        lambda value: (
            lambda sent: replace(
                sent,
                headers={
                    **{k: v for k, v in sent.headers.items() if k != "Content-Type"},
                    **({} if value is None else {"Content-Type": value}),
                },
            )
        )
    ),
    "header": st.tuples(st.sampled_from(_HEADERS), header_values).map(
        lambda own: lambda sent: replace(sent, headers={**sent.headers, own[0]: own[1]})
    ),
}


@st.composite
def malformed(draw: st.DrawFn) -> Sent:
    """A request of any operation, or of SPARQL, with up to three things wrong about it."""
    operations = service_model.operations()
    name = draw(st.sampled_from([*sorted(operations), *PLAIN]))
    sent = PLAIN[name] if name in PLAIN else draw(requests_of(operations[name]))
    for kind in draw(st.lists(st.sampled_from(sorted(_MUTATIONS)), max_size=3)):
        sent = draw(_MUTATIONS[kind])(sent)
    return sent


_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

#: Requests that botocore's model does not have.
PLAIN: Final = {
    "root": Sent("POST", "/", "", {}, b'{"gremlin": "g.V()"}'),
    "sparql query": Sent(
        "POST", "/sparql", "", _FORM, b"query=SELECT+*+WHERE+%7B%3Fs+%3Fp+%3Fo%7D"
    ),
    "sparql update": Sent(
        "POST", "/sparql", "using-graph-uri=x", _FORM, b"update=INSERT+DATA+%7B%3Ca%3E+a+%3Cb%3E%7D"
    ),
    "sparql dataset": Sent("GET", "/sparql", "query=ASK+%7B%7D&default-graph-uri=%3C%3E"),
    "sparql status": Sent("GET", "/sparql/status", "queryId=x&cancelQuery&silent=true"),
    "loader by query": Sent("GET", "/loader", "loadId=x&details=TRUE&errors=%54RUE&page=1"),
    "gremlin by query": Sent("GET", "/gremlin", "gremlin=g.V()&queryId=x"),
    "cypher by form": Sent("POST", "/openCypher", "explain=details", _FORM, b"query=RETURN+1"),
    "alias": Sent("GET", "/pg/stream", "limit=1&iteratorType=TRIM_HORIZON"),
    "rdf": Sent("GET", "/rdf/statistics/summary", "mode=detailed"),
}
