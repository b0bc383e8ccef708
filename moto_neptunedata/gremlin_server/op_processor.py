"""What a request does: finds its traversal, runs it on its cluster, and tells the results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

from ..errors import NeptuneError
from ..graph import Vertex
from ..gremlin import NEPTUNE, CompiledScript, compile_text
from ..gremlin.ast import Script, VertexReference
from ..gremlin.bytecode import Long, script_of
from ..gremlin.compiler import compile_script
from ..gremlin.errors import BadArgument, InvalidQuery, ParseError, QueryFailed, Unsupported
from ..gremlin.traverser import Traverser
from ..gremlin.values import GMap, GSet
from ..neptunedata.context import RequestContext
from ..neptunedata.gremlin_queries import GremlinRun
from ..neptunedata.http import RawBody
from .bytecode_text import bytecode_text
from .graphson import read_value
from .gremlin_call import GremlinCall
from .messages import (
    NO_CONTENT,
    PARTIAL_CONTENT,
    SUCCESS,
    Bytecode,
    Data,
    MessageSerializer,
    Request,
    error_status,
    error_text,
)
from .sessions import Session

#: Results in one message, unless the request says otherwise (TinkerPop: resultIterationBatchSize).
BATCH_SIZE: Final = 64

#: What is refused, in TinkerPop's words where it has some.
TEXTS: Final = {
    "op": "Message could not be parsed. Check the format of the request. [{op}] of [{processor}]",
    "alias": "The traversal source [{source}] for alias [{alias}] is not configured on the server.",
    "bindings": "bindings are not supported",
    "gremlin": "A message with an [{op}] op code requires a [gremlin] argument.",
    "number": "The argument [{name}] is no whole number above zero: {value}",
    "session": "A message with the processor [session] requires a [session] argument.",
    "depth": "the query is nested too deeply",
}


class Client(NamedTuple):
    """Who sends requests over one connection: where it goes, and the sessions it has begun."""

    context: RequestContext
    sessions: dict[str, Session]


class Asked(NamedTuple):
    """A traversal as it was sent, and how the status operations show it."""

    text: str
    #: Makes it ready to run.
    compile: Callable[[], CompiledScript]
    #: Whether results are told as traversers, with their bulk.
    as_traversers: bool


def process(
    request: Request,
    serializer: MessageSerializer,
    client: Client,
) -> list[Data]:
    """All messages that answer a request, the last one with its status."""
    try:
        handler = _HANDLERS.get((request.processor, request.op))
        if handler is None:
            raise InvalidQuery(
                TEXTS["op"].format(op=request.op[:60], processor=request.processor[:60])
            )
        return handler(request, serializer, client)
    except NeptuneError as error:
        return [failure(error, request.id, serializer)]


def failure(error: NeptuneError, request_id: str, serializer: MessageSerializer) -> Data:
    """The message that tells an error."""
    return serializer.write(request_id, error_status(error), error_text(error, request_id), None)


Handler = Callable[[Request, MessageSerializer, Client], list[Data]]


def _query(
    request: Request,
    serializer: MessageSerializer,
    client: Client,
) -> list[Data]:
    call = GremlinCall(client.context)
    session = _session(request, client.sessions) if request.processor == "session" else None
    _check_aliases(request)
    control = _transaction_control(request)
    if control is not None:
        if session is None:
            raise Unsupported(f"{control} is supported in sessions only")
        session.control(control, call.cluster.graph)
        return list(_batches(request, serializer, []))
    asked = _READERS[request.op](request)

    def serialize(found: list[Any]) -> list[Data]:
        results = list(_bulk(found)) if asked.as_traversers else found
        return list(_batches(request, serializer, results))

    def work() -> list[Data]:
        script = asked.compile()
        call.authorize(script)
        timeout = _number(request, "evaluationTimeout")
        return call.run_gremlin(
            GremlinRun(
                script,
                asked.text,
                script.query_id or request.id,
                serialize,
                timeout or _number(request, "scriptEvaluationTimeout"),
                None if session is None else session.within,
            )
        )

    def run() -> list[Data]:
        answer = call.run(asked.text, work)
        if isinstance(answer, RawBody):
            return serialize(_read_expected_result(answer))
        messages: list[Data] = answer
        return messages

    return run() if session is None else session.run(request.op == "eval", run)


def _read_expected_result(answer: RawBody) -> list[Any]:
    """The values of an expected result, which is written as an answer over HTTP."""
    data = json.loads(answer.body)["result"]["data"]
    try:
        found = read_value(data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise QueryFailed(f"the expected result is no GraphSON: {error}") from None
    return [_to_result(each) for each in (found if isinstance(found, list) else [found])]


def _to_result(value: Any) -> Any:
    """What was read as an argument, as a result."""
    if isinstance(value, GMap):
        return GMap((_to_result(key), _to_result(held)) for key, held in value.items())
    if isinstance(value, list | GSet):
        return type(value)(map(_to_result, value))
    if isinstance(value, VertexReference):
        return Vertex(str(value.id), (value.label,), {})
    return int(value) if isinstance(value, Long) else value


def _close(
    request: Request,
    serializer: MessageSerializer,
    client: Client,
) -> list[Data]:
    session = client.sessions.pop(str(request.args.get("session")), None)
    if session is not None:
        session.close(GremlinCall(client.context).cluster.graph)
    return list(_batches(request, serializer, []))


#: Processor and op -> what answers.
_HANDLERS: Final[dict[tuple[str, str], Handler]] = {
    ("", "eval"): _query,
    ("", "bytecode"): _query,
    ("traversal", "bytecode"): _query,
    ("session", "eval"): _query,
    ("session", "bytecode"): _query,
    ("session", "close"): _close,
}


# ---------------------------------------------------------------------------- reading


def _script(request: Request) -> Asked:
    text = request.args.get("gremlin")
    if not isinstance(text, str):
        raise BadArgument(TEXTS["gremlin"].format(op=request.op))

    def compile() -> CompiledScript:
        script = compile_text(text)
        if request.args.get("bindings"):
            raise ParseError(1, 0, TEXTS["bindings"])
        return script

    return Asked(text, compile, as_traversers=False)


def _bytecode(request: Request) -> Asked:
    sent = request.args.get("gremlin")
    if not isinstance(sent, Bytecode):
        raise BadArgument(TEXTS["gremlin"].format(op=request.op))

    def compile() -> CompiledScript:
        try:
            return compile_script(tree, NEPTUNE)
        except RecursionError:
            raise InvalidQuery(TEXTS["depth"]) from None

    try:
        tree: Script = script_of(sent)
        return Asked(bytecode_text(tree), compile, as_traversers=True)
    except RecursionError:
        raise InvalidQuery(TEXTS["depth"]) from None


_READERS: Final[dict[str, Callable[[Request], Asked]]] = {"eval": _script, "bytecode": _bytecode}


def _transaction_control(request: Request) -> str | None:
    """``commit`` or ``rollback``, which come as a call of the source alone."""
    sent = request.args.get("gremlin")
    if not isinstance(sent, Bytecode) or len(sent.source_instructions) != 1:
        return None
    name, *args = sent.source_instructions[0]
    return str(args[0]) if name == "tx" and len(args) == 1 else None


def _session(request: Request, sessions: dict[str, Session]) -> Session:
    id = request.args.get("session")
    if not isinstance(id, str) or not id:
        raise BadArgument(TEXTS["session"])
    return sessions.setdefault(id, Session())


def _check_aliases(request: Request) -> None:
    aliases = request.args.get("aliases")
    if not isinstance(aliases, GMap):
        return
    for alias, source in aliases.items():
        if source != "g":
            raise BadArgument(TEXTS["alias"].format(source=source, alias=alias))


def _number(request: Request, name: str) -> int | None:
    value = request.args.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise BadArgument(TEXTS["number"].format(name=name, value=value))
    return int(value)


# ---------------------------------------------------------------------------- telling


def _bulk(found: list[Any]) -> Iterator[Traverser]:
    """Results as traversers; the same one several times in a row is told once."""
    for _, same in groupby(found, key=id):
        alike = list(same)
        yield Traverser(alike[0], len(alike))


def _batches(request: Request, serializer: MessageSerializer, results: list[Any]) -> Iterator[Data]:
    if not results:
        yield serializer.write(request.id, NO_CONTENT, "", None)
        return
    size = _number(request, "batchSize") or BATCH_SIZE
    for start in range(0, len(results), size):
        is_last = start + size >= len(results)
        status = SUCCESS if is_last else PARTIAL_CONTENT
        try:
            yield serializer.write(request.id, status, "", results[start : start + size])
        except RecursionError:
            raise QueryFailed("the result is nested too deeply") from None
