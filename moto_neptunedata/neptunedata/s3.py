"""Bulk-load sources in moto's S3, read through its backend: no HTTP, no copy of an object."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, Protocol

from moto.backends import get_backend
from moto.s3.exceptions import MissingBucket, S3ClientError
from moto.s3.models import FakeDeleteMarker, FakeKey

from ..errors import NeptuneError
from ..loader.feeds import FeedError, Problem
from ..loader.sources import S3Location, SourceObject, SourceReader

#: What StartLoaderJob answers when the source cannot be listed: code and text (user guide,
#: "Neptune Loader Errors"; which exception goes with a text is our choice, see docs/fidelity.md).
LIST_FAULTS: Final = {
    "bucket": ("BadRequestException", "S3 bucket not found for source"),
    "empty": ("BadRequestException", "The source {uri} does not exist/not reachable"),
    "region": ("BadRequestException", "Bucket is not in provided Region ({region})"),
    "denied": ("S3Exception", "Unable to perform S3 list operation"),
}

#: Why a feed cannot be read; the texts are ours.
READ_FAULTS: Final = {
    "denied": (Problem.ACCESS_DENIED, "Access to {uri} is denied"),
    "changed": (Problem.MODIFIED, "{uri} was modified or deleted after the load was started"),
    "archived": (
        Problem.ACCESS_DENIED,
        "{uri} is in storage class {storage_class} and has to be restored first",
    ),
}

_ARCHIVED: Final = frozenset(("GLACIER", "DEEP_ARCHIVE"))
_UNUSABLE_KEYS: Final = frozenset(("Disabled", "PendingDeletion"))


class SourceRole(Protocol):
    """Who a load reads as (see :class:`.loader_role.LoaderRole`)."""

    def check(self) -> None:
        """Raises BadRequestException where the cluster cannot be this."""

    def may(self, action: str, path: str, prefix: str | None = None) -> bool:
        """Whether this may do something with a bucket, or a bucket and a key after a slash."""


class MotoS3Reader:
    """Reads the S3 of one account; see :class:`moto_neptunedata.loader.sources.SourceReader`."""

    def __init__(self, account_id: str, partition: str) -> None:
        self._account_id = account_id
        self._partition = partition

    def list_objects(self, location: S3Location, region: str, uri: str) -> list[SourceObject]:
        """The objects under the prefix in key order.

        Zero-byte keys that end in ``/``, as consoles make them for folders, are left out.
        """
        bucket = self._bucket(location.bucket)
        if bucket.region_name != region:
            raise _list_fault("region", region=region)
        if _denies(bucket, "s3:ListBucket", bucket.arn):
            raise _list_fault("denied")
        found = [
            SourceObject(location.bucket, name, f"{key.etag}/{key.version_id}")
            for name, key in sorted(_objects(bucket))
            if name.startswith(location.prefix) and not (name.endswith("/") and not key.contentsize)
        ]
        if not found:
            raise _list_fault("empty", uri=uri)
        return found

    def open(self, source: SourceObject) -> BinaryIO:
        """A stream over the object's own buffer."""
        try:
            bucket = self._bucket(source.bucket)
        except NeptuneError:
            raise _read_fault("changed", source) from None
        key = bucket.keys.get(source.key)
        if not isinstance(key, FakeKey) or f"{key.etag}/{key.version_id}" != source.version:
            raise _read_fault("changed", source)
        if _denies(bucket, "s3:GetObject", f"{bucket.arn}/{source.key}"):
            raise _read_fault("denied", source)
        if self._is_locked_by_kms(key, bucket.region_name):
            raise _read_fault("denied", source)
        if key.storage_class in _ARCHIVED and key.expiry_date is None:  # not restored
            raise _read_fault("archived", source, storage_class=key.storage_class)
        return open_s3_key(key, _read_fault("changed", source))

    # ------------------------------------------------------------------ artifacts of Neptune ML

    def keys(self, location: S3Location) -> list[str] | None:
        """See :class:`moto_neptunedata.management.ml.ArtifactStore`."""
        try:
            bucket = self._bucket(location.bucket)
        except NeptuneError:
            return None
        return sorted(name for name, _ in _objects(bucket) if name.startswith(location.prefix))

    def delete(self, location: S3Location) -> None:
        """See :class:`moto_neptunedata.management.ml.ArtifactStore`."""
        for key in self.keys(location) or ():
            s3 = get_backend("s3")[self._account_id][self._partition]
            s3.delete_object(location.bucket, key)

    # ------------------------------------------------------------------ inside

    def _bucket(self, name: str) -> Any:
        try:
            return get_backend("s3")[self._account_id][self._partition].get_bucket(name)
        except MissingBucket:
            raise _list_fault("bucket") from None
        except S3ClientError:  # another account's bucket, and moto is told to keep them apart
            raise _list_fault("denied") from None

    def _is_locked_by_kms(self, key: Any, region: str) -> bool:
        """Whether the object's own KMS key is known to moto and cannot be used."""
        if not key.kms_key_id:
            return False
        keys = get_backend("kms")[self._account_id][region].keys
        kms_key = keys.get(key.kms_key_id.rsplit("/", 1)[-1])
        return kms_key is not None and kms_key.key_state in _UNUSABLE_KEYS


class RoleReader:
    """A reader that may do what the role of a load may do; see :class:`..loader.SourceReader`."""

    def __init__(self, reader: SourceReader, role: SourceRole) -> None:
        self._reader = reader
        self._role = role

    def list_objects(self, location: S3Location, region: str, uri: str) -> list[SourceObject]:
        """As the reader's own. Raises BadRequestException where the role cannot be assumed."""
        self._role.check()
        if not self._role.may("s3:ListBucket", location.bucket, location.prefix):
            raise _list_fault("denied")
        return self._reader.list_objects(location, region, uri)

    def open(self, source: SourceObject) -> BinaryIO:
        """As the reader's own."""
        if not self._role.may("s3:GetObject", f"{source.bucket}/{source.key}"):
            raise _read_fault("denied", source)
        return self._reader.open(source)


def _objects(bucket: Any) -> Iterator[tuple[str, Any]]:
    for name in bucket.keys:
        key = bucket.keys[name]
        if not isinstance(key, FakeDeleteMarker):
            yield name, key


def _denies(bucket: Any, action: str, resource: str) -> bool:
    """Whether the bucket policy denies this; moto does not look at the policy's principal."""
    return bool(bucket.get_permission(action, resource).name == "DENIED")


def _list_fault(kind: str, **names: str) -> NeptuneError:
    code, text = LIST_FAULTS[kind]
    return NeptuneError(code, text.format(**names))


def _read_fault(kind: str, source: SourceObject, **names: str) -> FeedError:
    problem, text = READ_FAULTS[kind]
    return FeedError(problem, text.format(uri=source.uri, **names))


def open_s3_key(key: Any, changed: Exception) -> BinaryIO:
    """A stream over the buffer of one of moto's S3 keys, without a copy of it.

    ``changed`` is raised when the key is overwritten while it is read.
    """
    if not hasattr(key, "_value_buffer"):  # a moto that keeps its bytes elsewhere
        return io.BytesIO(key.value)
    return io.BufferedReader(_KeyStream(key, changed), 1 << 20)


class _KeyStream(io.RawIOBase):
    def __init__(self, key: Any, changed: Exception) -> None:
        self._key = key
        self._changed = changed
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            with self._key.lock:
                self._key._value_buffer.seek(self._position)  # noqa: SLF001 - moto's, where it has it
                chunk = self._key._value_buffer.read(len(into))  # noqa: SLF001 - moto's, where it has it
        except ValueError:  # closed: moto disposes of the buffer of a key that is replaced
            raise self._changed from None
        into[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)
