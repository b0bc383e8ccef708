"""The one way in which this package refuses a request: with one of Neptune's own error codes.

Which HTTP status belongs to a code, and what the body looks like, only ``neptunedata`` knows.
"""

from __future__ import annotations


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
