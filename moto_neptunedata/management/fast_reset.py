"""The token of a fast reset (user guide, "Using the fast reset API")."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ..errors import NeptuneError
from .clock import Transitions

#: How long a token can be used, in seconds.
TOKEN_LIFETIME: Final = 60 * 60

RESTARTING: Final = "restarting"
RECOVERY: Final = "recovery"
HEALTHY: Final = "healthy"

#: The states of the cluster after a reset: GetEngineStatus shows recovery before it is healthy.
TRANSITIONS: Final[Transitions] = ((RESTARTING, RECOVERY), (RECOVERY, HEALTHY))

#: Code and text of every refusal.
REFUSALS: Final = {
    "missing": ("MissingParameterException", "Missing required parameters: [token]"),
    "none": (
        "PreconditionsFailedException",
        "System command 'initiateDatabaseReset' must be called before 'performDatabaseReset'",
    ),
    "wrong": (
        "InvalidParameterException",
        "System command parameter 'token' : '{token}' does not match database reset token",
    ),
    "reader": (
        "ReadOnlyViolationException",
        "The request is rejected because it violates some read-only restriction, such as a "
        "designation of a replica as read-only.",
    ),
    "resetting": (
        "ServerShutdownException",
        "Database reset is in progress. Please retry the query after the cluster is available.",
    ),
}


class ResetToken:
    """The token that a reset needs; there is at most one, which can be used once."""

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
            raise refusal("missing")
        if self._token is None:
            raise refusal("none")
        if token != self._token or time.time() - self._issued_at > TOKEN_LIFETIME:
            raise refusal("wrong", token=token)
        self._token = None


def refusal(kind: str, **names: str) -> NeptuneError:
    """The error for one of :data:`REFUSALS`."""
    code, text = REFUSALS[kind]
    return NeptuneError(code, text.format(**names))
