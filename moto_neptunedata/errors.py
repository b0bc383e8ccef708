"""The one way in which this package refuses a request: with one of Neptune's own error codes.

Which HTTP status belongs to a code, and what the body looks like, only ``neptunedata`` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class NeptuneError(Exception):
    """A request that Neptune refuses.

    ``code`` is the name of one of the exceptions of the Data API (botocore ``neptunedata``,
    shapes with ``exception: true``), for example ``"MalformedQueryException"``; ``message`` is
    what the caller reads, in both ``detailedMessage`` and ``message``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ErrorEntry(NamedTuple):
    """One error of a catalog: its code, its text with ``{names}`` to fill in, and where both are
    from: a page of the Neptune user guide, an observation, or ``"our choice"``.
    """

    code: str
    text: str
    source: str


class ErrorCatalog(Mapping[str, ErrorEntry]):
    """The errors of one module, by short names. Each text stands here once."""

    def __init__(self, entries: Mapping[str, tuple[str, str, str]]) -> None:
        self._entries = {name: ErrorEntry(*entry) for name, entry in entries.items()}

    def __getitem__(self, name: str) -> ErrorEntry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def error(self, name: str, /, **values: object) -> NeptuneError:
        """The error to raise; ``values`` fill in its text."""
        code, text, _ = self._entries[name]
        return NeptuneError(code, text.format(**values))


OUR_CHOICE: Final = "our choice"

#: The errors of every query language and every way in.
SHARED_ERRORS: Final = ErrorCatalog(
    {
        "read_only": (
            "ReadOnlyViolationException",
            "The request is rejected because it violates some read-only restriction, such as a "
            "designation of a replica as read-only.",
            "user guide, errors-engine-codes",
        ),
        "cancelled": (
            "CancelledByUserException",
            "The request processing was cancelled by an authorized client.",
            "user guide, errors-engine-codes",
        ),
        "timeout": (
            "TimeLimitExceededException",
            "The request processing timed out.",
            "user guide, errors-engine-codes",
        ),
    }
)
