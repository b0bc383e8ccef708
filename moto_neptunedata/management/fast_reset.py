"""The token of a fast reset (user guide, "Using the fast reset API")."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ..errors import ErrorCatalog
from .clock import Transitions
from .stateful import Stateful

#: How long a token can be used, in seconds.
TOKEN_LIFETIME: Final = 60 * 60

RESTARTING: Final = "restarting"
RECOVERY: Final = "recovery"
HEALTHY: Final = "healthy"

#: The states of the cluster after a reset: GetEngineStatus shows recovery before it is healthy.
TRANSITIONS: Final[Transitions] = ((RESTARTING, RECOVERY), (RECOVERY, HEALTHY))

#: Every refusal.
ERRORS: Final = ErrorCatalog(
    {
        "missing": (
            "MissingParameterException",
            "Missing required parameters: [token]",
            'user guide, "Using the fast reset API"',
        ),
        "none": (
            "PreconditionsFailedException",
            "System command 'initiateDatabaseReset' must be called before 'performDatabaseReset'",
            'user guide, "Using the fast reset API"',
        ),
        "wrong": (
            "InvalidParameterException",
            "System command parameter 'token' : '{token}' does not match database reset token",
            'user guide, "Using the fast reset API"',
        ),
        "resetting": (
            "ServerShutdownException",
            "Database reset is in progress. Please retry the query after the cluster is available.",
            'user guide, "Using the fast reset API"',
        ),
    }
)


class ResetToken(Stateful):
    """The token that a reset needs; there is at most one, which can be used once."""

    VALUES = ("_token", "_issued_at")
    FIXED = ("_new_id",)

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._token: str | None = None
        self._issued_at = 0.0

    def issue(self) -> str:
        """A new token, in place of an earlier one."""
        self._token = self._new_id()
        self._issued_at = time.time()
        return self._token

    def redeem(self, token: str | None) -> None:
        """Use the token up.

        Raises MissingParameterException without one, PreconditionsFailedException when none was
        issued and InvalidParameterException when it is wrong, used or older than an hour.
        """
        if not token:
            raise ERRORS.error("missing")
        if self._token is None:
            raise ERRORS.error("none")
        if token != self._token or time.time() - self._issued_at > TOKEN_LIFETIME:
            raise ERRORS.error("wrong", token=token)
        self._token = None
