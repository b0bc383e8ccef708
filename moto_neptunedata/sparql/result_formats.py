"""The media types of SPARQL results, and which of them a client gets (user guide, "RDF media types
used by SPARQL in Neptune").
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Format(NamedTuple):
    """A media type and pyoxigraph's name of the format that it stands for."""

    media_type: str
    name: str


_JSON: Final = "application/sparql-results+json"
_XML: Final = "application/sparql-results+xml"
_N_QUADS: Final = "application/n-quads"

#: Of SELECT and ASK; the first is the default.
SOLUTIONS: Final = {
    _JSON: Format(_JSON, "JSON"),
    "application/json": Format(_JSON, "JSON"),
    _XML: Format(_XML, "XML"),
    "application/xml": Format(_XML, "XML"),
    "text/csv": Format("text/csv;charset=utf-8", "CSV"),
    "text/tab-separated-values": Format("text/tab-separated-values;charset=utf-8", "TSV"),
}

#: Of CONSTRUCT and DESCRIBE; the first is the default.
GRAPHS: Final = {
    _N_QUADS: Format(_N_QUADS, "N_QUADS"),
    "application/n-triples": Format("application/n-triples", "N_TRIPLES"),
    "text/plain": Format("text/plain;charset=utf-8", "N_TRIPLES"),
    "text/turtle": Format("text/turtle;charset=utf-8", "TURTLE"),
    "application/rdf+xml": Format("application/rdf+xml", "RDF_XML"),
    "application/trig": Format("application/trig", "TRIG"),
    "application/ld+json": Format("application/ld+json", "JSON_LD"),
}


def negotiate(accept: str, formats: dict[str, Format]) -> Format:
    """The format that an Accept header wants most; the default where it wants none of them."""
    for wanted in sorted(filter(None, map(str.strip, accept.split(","))), key=_parse_quality):
        media_type = wanted.partition(";")[0].strip().lower()
        if media_type in formats:
            return formats[media_type]
        if media_type in ("*/*", "application/*"):
            break
    return next(iter(formats.values()))


def _parse_quality(wanted: str) -> float:
    for parameter in wanted.split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return -float(value)
            except ValueError:
                return 0.0
    return -1.0
