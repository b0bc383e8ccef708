"""The methods by which a tester provokes situations, on the handle and on a cluster alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import faults
from .expected_results import make_expected_result
from .faults import THROTTLED, Delay, Fault
from .loader_outcomes import LoadOutcome, as_failed_feeds
from .names import LOAD_MESSAGE

if TYPE_CHECKING:
    from .calls import Calls
    from .control_state import ControlState
    from .expected_results import ExpectedResult, Query, Result
    from .loader_outcomes import LoadOutcome
    from .rules import Where
    from .scope import ClusterKey

Operations = str | Iterable[str] | None
ErrorName = str | type[BaseException]


class FaultInjection:
    """Provoke errors, latency, outcomes of loads and results of queries.

    On a cluster all of it counts for that cluster, on the handle for all clusters. Operations are
    named as in botocore (``"CancelLoaderJob"``) or boto3 (``"cancel_loader_job"``); several may be
    given, and ``None`` or ``"*"`` means all. ``where`` narrows a rule down to calls with these
    parameters: a mapping of botocore's member names, or a predicate on one.

    By default a call counts once, however often botocore sends it: a call that is made to fail
    fails in all its attempts, as its caller would see it. With ``retries="attempt"`` each attempt
    counts, so that botocore's retry of a call may succeed.

    What a method gives back can be cleared (``.clear()``), used in a ``with`` statement that ends
    it, and tells how often it took effect (``.hits``).
    """

    @property
    def control_state(self) -> ControlState:
        """What testers have set up, and the calls that came."""
        raise NotImplementedError

    @property
    def scope(self) -> ClusterKey | None:
        """The cluster that it counts for, None for all clusters."""
        raise NotImplementedError

    def configure(self, **settings: Any) -> None:
        """Change settings; see :meth:`Cluster.configure` and :meth:`Neptune.configure`."""
        raise NotImplementedError

    # ------------------------------------------------------------------ errors

    def fail_next(
        self,
        operation: Operations,
        error: ErrorName,
        *,
        times: int = 1,
        message: str | None = None,
        where: Where | None = None,
        retries: str = "call",
    ) -> Fault:
        """Let the next ``times`` calls fail with a modeled error, before anything happens.

        ``error`` is the name of one of the 37 errors, or its class in ``client.exceptions``.
        Raises ValueError for names that do not exist.
        """
        return self._fail(operation, error, faults.first(times), message, where, retries)

    def fail_every(
        self,
        operation: Operations,
        error: ErrorName,
        *,
        nth: int,
        message: str | None = None,
        where: Where | None = None,
        retries: str = "call",
    ) -> Fault:
        """Let each ``nth`` call fail, until it is cleared; see :meth:`fail_next`."""
        return self._fail(operation, error, faults.every(nth), message, where, retries)

    def fail_always(
        self,
        operation: Operations,
        error: ErrorName,
        *,
        message: str | None = None,
        where: Where | None = None,
    ) -> Fault:
        """Let every call fail, until it is cleared; see :meth:`fail_next`."""
        return self._fail(operation, error, faults.always(), message, where, "call")

    def throttle(
        self,
        operation: Operations = None,
        *,
        per_second: int,
        error: ErrorName = THROTTLED,
        message: str | None = None,
        where: Where | None = None,
    ) -> Fault:
        """Let calls beyond ``per_second`` within a second fail, until it is cleared.

        Each attempt counts, so a retry that comes a second later gets through. Time is read by
        ``time.time``, which freezegun and time-machine move.
        """
        return self._fail(operation, error, faults.beyond(per_second), message, where, "attempt")

    def _fail(
        self,
        operation: Operations,
        error: ErrorName,
        schedule: Any,
        message: str | None,
        where: Where | None,
        retries: str,
    ) -> Fault:
        fault = faults.make_fault(operation, error, schedule, self.scope, message, where, retries)
        return self.control_state.faults.add(fault)

    # ------------------------------------------------------------------ time

    def delay(
        self,
        operation: Operations,
        seconds: float,
        *,
        times: int | None = None,
        where: Where | None = None,
        real: bool = False,
        happens: bool = True,
    ) -> Delay:
        """Let calls take ``seconds``, the next ``times`` ones or until it is cleared.

        Nobody waits for them: a client whose ``read_timeout`` is not longer gets botocore's
        ReadTimeoutError at once, in each of its attempts, and a query that takes longer than the
        cluster's ``query_timeout_ms`` a TimeLimitExceededException. Otherwise the answer comes as
        ever, and the call tells its ``latency``. With ``real`` the time is really slept, at most
        30 seconds, which is what clients of a server need.

        As in real life, what a client does not wait for happens all the same; with
        ``happens=False`` it does not. Raises ValueError for unknown names.
        """
        scope = self.scope
        made = faults.make_delay(operation, seconds, scope, times, where, real, happens)
        return self.control_state.delays.add(made)

    # ------------------------------------------------------------------ bulk loads

    def next_load(
        self,
        source: str | None = None,
        *,
        status: str | None = None,
        failed_feeds: Mapping[str, str] | Iterable[str] = (),
        parsing_errors: int = 0,
        datatype_mismatch_errors: int = 0,
        insert_errors: int = 0,
        records: int | None = None,
        duplicates: int = 0,
        message: str = LOAD_MESSAGE,
        times: int = 1,
    ) -> LoadOutcome:
        """Write beforehand how the next load of a source (any, or a pattern with ``*``) ends.

        ``status`` is one of the 15 statuses; a load that is told to end in one in which it is
        still active stays in it until it is cancelled. ``failed_feeds`` are objects, by URI, file
        name or pattern, that are not read; a mapping gives the status of each, LOAD_FAILED
        otherwise. Without them, a status of failure is that of every feed. The error counters are
        added to the first failed feed, or else the first feed, with an error log each that says
        ``message``; ``records`` is what ``totalRecords`` of that feed then is.

        Everything else is read as ever, so that a load that resumes reads what had failed. Raises
        ValueError for an unknown status and for impossible numbers; a load without a feed of such
        a name raises LookupError when it starts.
        """
        outcome = LoadOutcome(
            source=source,
            status=status,
            failed_feeds=as_failed_feeds(failed_feeds),
            parsing_errors=parsing_errors,
            datatype_mismatch_errors=datatype_mismatch_errors,
            insert_errors=insert_errors,
            records=records,
            duplicates=duplicates,
            message=message,
            times=times,
            scope=self.scope,
        )
        return self.control_state.load_outcomes.add(outcome)

    # ------------------------------------------------------------------ results

    def expect_result(
        self,
        query: Query,
        result: Result,
        *,
        language: str | None = None,
        operation: str | None = None,
        times: int | None = 1,
    ) -> ExpectedResult:
        """Answer a query with a result that is given here, without running it.

        ``query`` is a text (white space does not count), a compiled pattern that is searched for,
        or None for any. ``language`` is ``"opencypher"`` (the default; a list of rows),
        ``"gremlin"`` (a list of values) or ``"sparql"`` (SPARQL JSON as a dict, a bool, or a
        text); ``operation`` names one of the explain and profile operations instead, whose result
        is a text. A function gets the parameters of the call and gives the result.

        Results are used in the order in which they were given, each ``times`` times, with None for
        ever. Raises ValueError for unknown names and TypeError for a result of the wrong kind.
        """
        made = make_expected_result(query, result, language, operation, times, self.scope)
        return self.control_state.expected.add(made)

    # ------------------------------------------------------------------ looking

    @property
    def calls(self) -> Calls:
        """The calls that were made, oldest first, at most the newest 1,000."""
        calls, scope = self.control_state.log.calls(), self.scope
        return calls if scope is None else calls.to(scope)

    @property
    def provoked(self) -> list[Fault | Delay | LoadOutcome | ExpectedResult]:
        """What was set up by the methods above and may still take effect."""
        return self.control_state.waiting(self.scope)

    def clear_provoked(self) -> None:
        """End all of it; what was set up for all clusters only when the handle is asked."""
        self.control_state.clear(self.scope)

    def assert_all_used(self) -> None:
        """Raises AssertionError when something was set up for calls that did not come."""
        unused = self.control_state.unused(self.scope)
        if unused:
            lines = "\n".join(f"  {each!r}" for each in unused)
            calls = self.calls.report()
            raise AssertionError(f"Never used:\n{lines}\nThe calls were:\n{calls}")
