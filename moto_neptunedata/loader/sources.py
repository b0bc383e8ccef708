"""Where a load reads from: URIs of S3 objects, and what a reader of them must offer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple, Protocol

from ..errors import NeptuneError

# The three forms of the user guide ("Neptune Loader Command", parameter source).
_URI: Final = re.compile(
    r"(?:s3://|https://s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?/)"
    r"(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]+)(?:/(?P<prefix>.*))?",
    re.DOTALL,
)


class S3Location(NamedTuple):
    """A bucket and a key prefix; every object whose key starts with it is loaded."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, uri: str) -> S3Location:
        """Read ``s3://bucket/key``, ``https://s3.amazonaws.com/bucket/key`` or the same with a
        region. Raises InvalidParameterException for anything else.
        """
        match = _URI.fullmatch(uri)
        if match is None:
            text = (
                f"Invalid source: {uri}. Use s3://bucket/key, "
                "https://s3.amazonaws.com/bucket/key or https://s3.REGION.amazonaws.com/bucket/key"
            )
            raise NeptuneError("InvalidParameterException", text)
        return cls(match["bucket"], match["prefix"] or "")


class SourceObject(NamedTuple):
    """An object as it was listed; ``version`` changes whenever its content does."""

    bucket: str
    key: str
    version: str

    @property
    def uri(self) -> str:
        """``s3://bucket/key``."""
        return f"s3://{self.bucket}/{self.key}"


class SourceReader(Protocol):
    """Lists and opens the objects of a load."""

    def list_objects(self, location: S3Location, region: str, uri: str) -> list[SourceObject]:
        """The objects under ``location`` in key order. Raises NeptuneError as StartLoaderJob."""

    def open(self, source: SourceObject) -> BinaryIO:
        """A stream of the object's bytes.

        Raises FeedError, ACCESS_DENIED or MODIFIED, at once or while it is read.
        """


#: Gives the reader that acts as the roles of an ``iamRoleArn``.
SourceReaders = Callable[[str], SourceReader]
