"""Hosts and paths that moto's URL matching, its server and its proxy give to this service."""

from __future__ import annotations

from ..hosts import URL_BASES
from .responses import NeptuneDataResponse

url_bases = list(URL_BASES)

# One path for all: which operation a request means, wire.py reads from botocore's model.
url_paths = {
    r"{0}/(?P<path>[\s\S]+)$": NeptuneDataResponse.dispatch,
    "{0}/?$": NeptuneDataResponse.dispatch,
    "{0}/$": NeptuneDataResponse.dispatch,  # moto's server has no use for the one above
}
