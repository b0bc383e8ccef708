"""One feed (one object of a bulk load): what is asked of it, and what came of it.

Facts: user guide, "Neptune Loader Get-Status" (counters, ``errorLogs``) and
"Neptune loader error and feed messages" (codes).
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

#: The guide says ``http``, the botocore model ``https`` (which looks like a rewritten link).
DEFAULT_BASE_URI: Final = "http://aws.amazon.com/neptune/default"
DEFAULT_NAMED_GRAPH_URI: Final = "http://aws.amazon.com/neptune/vocab/v01/DefaultNamedGraph"

#: Neptune keeps this many error logs of a load.
MAX_ERRORS: Final = 10_000

# Longer texts out of a feed are cut where an error message quotes them.
_QUOTE_LIMIT: Final = 200


def _random_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True)
class FeedOptions:
    """How a feed is to be loaded; the members of ``StartLoaderJob`` that its formats look at.

    ``new_id`` makes the ids of relationships that come without one, and marks the blank nodes
    of one RDF feed.
    """

    fail_on_error: bool = True
    update_single_cardinality_properties: bool = False
    user_provided_edge_ids: bool = True
    allow_empty_strings: bool = False
    base_uri: str = DEFAULT_BASE_URI
    named_graph_uri: str = DEFAULT_NAMED_GRAPH_URI
    new_id: Callable[[], str] = _random_id


class Problem(Enum):
    """What can be wrong with a record: its ``errorCode`` and the counter that it raises.

    The codes are the guide's complete list. Which counter a code raises is inferred for all but
    the first three; a wrong value has no code of its own there, so it shares PARSING_ERROR.
    What is wrong with an object rather than with a record in it raises none.
    """

    SYNTAX = ("PARSING_ERROR", "parsing_errors")
    DATATYPE = ("PARSING_ERROR", "datatype_mismatch_errors")
    MISSING_VERTEX = ("FROM_OR_TO_VERTEX_ARE_MISSING", "insert_errors")
    EDGE_ID_REUSED = ("ID_ASSIGNED_TO_MULTIPLE_EDGES", "insert_errors")
    CARDINALITY = ("SINGLE_CARDINALITY_VIOLATION", "insert_errors")
    TOO_LARGE = ("OUT_OF_MEMORY_ERROR", "")
    INTERNAL = ("INTERNAL_ERROR", "")
    MODIFIED = ("FILE_MODIFICATION_OR_DELETION_ERROR", "")
    ACCESS_DENIED = ("S3_ACCESS_DENIED_ERROR", "")

    @property
    def code(self) -> str:
        """The ``errorCode``."""
        return self.value[0]

    @property
    def counter(self) -> str:
        """The name of the counter of :class:`FeedReport`, or nothing."""
        return self.value[1]

    @property
    def numbered(self) -> bool:
        """Whether its logs tell the record's number; 0 stands there otherwise."""
        return self.code == "PARSING_ERROR"


class FeedError(Exception):
    """Ends a feed. Sources and streams raise it; ``load_feed`` turns it into an error log."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem
        self.message = message


class ErrorLog(NamedTuple):
    """One entry of ``errorLogs``; ``record_num`` is set for parsing errors, 0 otherwise."""

    error_code: str
    error_message: str
    record_num: int


@dataclass
class FeedReport:
    """The counters of a feed, in statements (not lines), and its last 10,000 error logs.

    ``total_records`` counts what was loaded or attempted, so it is never less than the sum of
    the error counters.
    """

    total_records: int = 0
    total_duplicates: int = 0
    parsing_errors: int = 0
    datatype_mismatch_errors: int = 0
    insert_errors: int = 0
    errors: deque[ErrorLog] = field(default_factory=lambda: deque(maxlen=MAX_ERRORS))

    @property
    def error_count(self) -> int:
        """How many errors there were, logged or no longer."""
        return self.parsing_errors + self.datatype_mismatch_errors + self.insert_errors

    def fail(self, problem: Problem, message: str, record_num: int = 0, records: int = 1) -> None:
        """Log one error of ``records`` attempted statements."""
        if problem.counter:
            self.total_records += records
            setattr(self, problem.counter, getattr(self, problem.counter) + 1)
        number = record_num if problem.numbered else 0
        self.errors.append(ErrorLog(problem.code, message, number))


def quoted(text: str) -> str:
    """``text`` in the quotes that Neptune's messages use, cut when it is very long."""
    return f"'{text}'" if len(text) <= _QUOTE_LIMIT else f"'{text[:_QUOTE_LIMIT]}…'"
