"""Everything that the handle can do, over HTTP: ``/moto-api/neptunedata/…``.

Requests and answers are JSON objects. A mistake in a request answers 400 and ``{"Error": text}``,
and changes nothing. ``cluster`` (a name, an endpoint or its host), ``region`` and ``account``
narrow a request down to one cluster; without any of them it is about all clusters, or, where it can
be about one only, about the one in use, or the default one.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ..cluster import LANGUAGES, Cluster
from ..handle import Neptune
from ..neptunedata.http_requests import read_request
from ..settings import configuration
from ..suggestions import check_known
from ..testing import faults
from ..testing.expected_results import ExpectedResult
from ..testing.fault_injection import FaultInjection
from ..testing.faults import Delay, Fault
from ..testing.loader_outcomes import LoadOutcome
from .routes import ROOT, STATIC

Body = dict[str, Any]
Answer = tuple[int, dict[str, str], str]

#: What says which cluster is meant.
_WHICH: Final = ("cluster", "region", "account")


class BadRequest(Exception):
    """A request that cannot be understood."""


def respond(request: Any, full_url: str, headers: Any) -> Answer:
    """Answer a request of moto's API."""
    plain = read_request(request, full_url, headers)
    actions = ACTIONS[_path(plain.path)]
    action = actions.get(plain.method)
    if action is None:
        allowed = ", ".join(sorted(actions))
        return _json(405, {"Error": f"Use one of the methods {allowed}"}, {"Allow": allowed})
    try:
        body = _body(plain.body) if plain.method == "POST" else {}
        answer = action({**dict(parse_qsl(plain.query)), **body})
    except (BadRequest, ValueError, TypeError, LookupError) as error:
        text = error.args[0] if error.args else error
        return _json(400, {"Error": str(text)})
    return _json(201 if plain.method == "POST" else 200, answer)


def _path(path: str) -> str:
    """A path below the root."""
    path = urlsplit(path).path.rstrip("/")
    return "expected-results" if path == STATIC else path.removeprefix(f"{ROOT}/")


def _body(text: bytes) -> Body:
    try:
        body = json.loads(text or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object")
    return body


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body)


# ---------------------------------------------------------------------------- which cluster


def _neptune() -> Neptune:
    return Neptune()


def _target(body: Body) -> FaultInjection:
    """The cluster that a request is about, or the handle."""
    return _cluster(body) if any(body.get(name) for name in _WHICH) else _neptune()


def _cluster(body: Body) -> Cluster:
    which, region, account = (body.get(name) for name in _WHICH)
    return _neptune().cluster(which, region=region, account=account)


def _arguments_of(body: Body) -> Body:
    """A request without what says which cluster is meant."""
    return {name: value for name, value in body.items() if name not in _WHICH}


def _call(method: Callable[..., Any], given: Body) -> Any:
    """Call a method with what is given. Raises BadRequest for what it does not know or lacks."""
    parameters = inspect.signature(method).parameters
    unknown = sorted(given.keys() - parameters.keys())
    if unknown:
        raise BadRequest(
            f"Unknown: {', '.join(unknown)}. Known are: {', '.join([*_WHICH, *parameters])}."
        )
    missing = [
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty and name not in given
    ]
    if missing:
        raise BadRequest(f"Missing: {', '.join(missing)}")
    return method(**given)


# ---------------------------------------------------------------------------- actions


def _post_fault(body: Body) -> Body:
    given = _arguments_of(body)
    target = _target(body)
    always = given.pop("always", False)
    methods: dict[str, Callable[..., Any]] = {
        "nth": target.fail_every,
        "per_second": target.throttle,
    }
    named = (methods[name] for name in methods if name in given)
    method = target.fail_always if always else next(named, target.fail_next)
    given.setdefault("operation", None)
    return faults.to_dict(_call(method, given))


def _post_delay(body: Body) -> Body:
    given = {"operation": None, **_arguments_of(body)}
    return faults.to_dict(_call(_target(body).delay, given))


def _post_load_outcome(body: Body) -> Body:
    outcome: Body = _call(_target(body).next_load, _arguments_of(body)).to_dict()
    return outcome


def _post_expected_results(body: Body) -> Body:
    """``{"results": [...]}`` of several, or one alone."""
    target = _target(body)
    given = _arguments_of(body)
    several = given.pop("results", [given])
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise BadRequest("results must be a list of objects")
    made = []
    try:
        for each in several:
            made.append(_call(target.expect_result, _with_query(each)))
    except (BadRequest, ValueError, TypeError):
        for expected in made:  # all or none
            target.control_state.expected.remove(expected)
        raise
    return {"results": [each.to_dict() for each in made]}


def _with_query(given: Body) -> Body:
    """``pattern`` is a regular expression in place of a ``query``; neither is any query."""
    given = dict(given)
    pattern = given.pop("pattern", None)
    if pattern is None:
        return {"query": None, **given}
    if "query" in given:
        raise BadRequest("Give either a query or a pattern")
    try:
        return {**given, "query": re.compile(pattern)}
    except re.error as error:
        raise BadRequest(f"The pattern is no regular expression: {error}") from None


def _get_provoked(body: Body) -> Body:
    found: dict[str, list[Body]] = {name: [] for name in _LISTS.values()}
    for each in _target(body).provoked:
        found[_LISTS[type(each)]].append(
            faults.to_dict(each) if isinstance(each, Fault | Delay) else each.to_dict()
        )
    return found


#: What is provoked, and the name of the list in which it is told.
_LISTS: Final[dict[type, str]] = {
    Fault: "faults",
    Delay: "delays",
    LoadOutcome: "load-outcomes",
    ExpectedResult: "expected-results",
}


def _delete_provoked(body: Body) -> Body:
    _target(body).clear_provoked()
    return {}


def _make_clear(part: str) -> Callable[[Body], Body]:
    def clear(body: Body) -> Body:
        target = _target(body)
        getattr(target.control_state, part).clear(target.scope)
        return {}

    return clear


def _make_list(part: str) -> Callable[[Body], Body]:
    return lambda body: {part: _get_provoked(body)[part]}


def _get_calls(body: Body) -> Body:
    calls = _target(body).calls
    if body.get("operation"):
        calls = calls.of(body["operation"])
    return {"calls": [call.to_dict() for call in calls]}


def _delete_calls(body: Body) -> Body:
    _neptune().control_state.log.clear()
    return {}


def _get_settings(body: Body) -> Body:
    return configuration.get_values(_cluster(body).settings)


def _post_settings(body: Body) -> Body:
    """The settings of the cluster, or those that were given to all clusters so far."""
    target = _target(body)
    target.configure(**_arguments_of(body))
    return dict(target.control_state.settings) if target.scope is None else _get_settings(body)


def _post_data(body: Body) -> Body:
    """``source`` is the text of a file, ``sources`` those of several."""
    given = _arguments_of(body)
    sources = given.pop("sources", None) or [given.pop("source", None)]
    if not all(isinstance(text, str) for text in sources):
        raise BadRequest("source must be the text of a file, sources a list of them")
    cluster = _cluster(body)
    cluster.load(*sources, **given)
    return _counts(cluster)


def _counts(cluster: Cluster) -> Body:
    graph = cluster.graph
    return {"vertices": graph.vertex_count, "edges": graph.edge_count, "quads": len(cluster.rdf)}


def _post_held_queries(body: Body) -> Body:
    cluster, language = _cluster(body), _language(body)
    holds = cluster.control_state.holds
    if (cluster.key, language) not in holds:
        holds[cluster.key, language] = stack = ExitStack()
        stack.enter_context(cluster.hold_queries(language))
    return {"language": language}


def _delete_held_queries(body: Body) -> Body:
    cluster, language = _cluster(body), _language(body)
    hold = cluster.control_state.holds.pop((cluster.key, language), None)
    if hold is not None:
        hold.close()
    return {"language": language}


def _language(body: Body) -> str:
    return check_known("query language", body.get("language", ""), LANGUAGES)


def _get_snapshots(body: Body) -> Body:
    return {"snapshots": sorted(_neptune().control_state.snapshots)}


def _post_snapshot(body: Body) -> Body:
    cluster = _cluster(body)
    cluster.control_state.snapshots[_name(body)] = cluster.snapshot()
    return {"name": _name(body), **_counts(cluster)}


def _post_restore(body: Body) -> Body:
    snapshots = _neptune().control_state.snapshots
    snapshot = snapshots[check_known("snapshot", _name(body), snapshots)]
    cluster = _cluster(body)
    cluster.restore(snapshot)
    return {"name": _name(body), **_counts(cluster)}


def _name(body: Body) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise BadRequest("name must be the name of a snapshot")
    return name


#: What each method does, by the path below the root.
ACTIONS: Final[dict[str, dict[str, Callable[[Body], Body]]]] = {
    "provoked": {"GET": _get_provoked, "DELETE": _delete_provoked},
    "faults": {"GET": _make_list("faults"), "POST": _post_fault, "DELETE": _make_clear("faults")},
    "delays": {"GET": _make_list("delays"), "POST": _post_delay, "DELETE": _make_clear("delays")},
    "load-outcomes": {
        "GET": _make_list("load-outcomes"),
        "POST": _post_load_outcome,
        "DELETE": _make_clear("load_outcomes"),
    },
    "expected-results": {
        "GET": _make_list("expected-results"),
        "POST": _post_expected_results,
        "DELETE": _make_clear("expected"),
    },
    "calls": {"GET": _get_calls, "DELETE": _delete_calls},
    "settings": {"GET": _get_settings, "POST": _post_settings},
    "data": {"POST": _post_data},
    "held-queries": {"POST": _post_held_queries, "DELETE": _delete_held_queries},
    "snapshots": {"GET": _get_snapshots, "POST": _post_snapshot},
    "snapshots/restore": {"POST": _post_restore},
}
