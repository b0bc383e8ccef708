"""Transactions, limits, the cache, dialects, and starts from indexes."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.graph import Byte, Float, Int, PropertyGraph, Short, values_of
from moto_neptunedata.gremlin import (
    STANDARD,
    CompiledScript,
    GremlinError,
    Limits,
    compile_text,
    execute,
    mutations,
    predicates,
    run,
)
from moto_neptunedata.gremlin.dialect import NEPTUNE
from moto_neptunedata.gremlin.java_text import to_java_text
from moto_neptunedata.gremlin.steps.sources import GraphCountStep, GraphStep
from moto_neptunedata.gremlin.values import BigInteger, BulkSet, GMap

from .support import ask, small_graph, told


def state(graph: PropertyGraph) -> list[Any]:
    """All that is in a graph; what is undone comes back, but not in its old place."""
    found: list[Any] = []
    for vertex in graph.vertices():
        held = {key: frozenset(values_of(each)) for key, each in vertex.properties.items()}
        found.append((vertex.id, sorted(vertex.labels), sorted(held.items())))
    for edge in graph.edges():
        found.append((edge.id, edge.label, edge.out_v.id, edge.in_v.id, sorted(edge.properties)))
    return sorted(found, key=str)


# ------------------------------------------------------------------ transactions


@pytest.mark.parametrize(
    "text",
    [
        "g.addV('x').next(); g.V().fail()",
        "g.V().property('k',1).values('k').math('_ / x')",
        "g.V('ann').drop().iterate(); g.addV().property(id,'bob')",
        "g.inject('new','bob').addV('x').property(id,identity())",
        "g.V().properties().drop().iterate(); g.V().out().drop().iterate(); g.inject(1).out()",
        "g.mergeE([(OUT):'ann',(IN):'cyd']).property('w',1).values('zz').fold().sum()"
        ".math('_').fail()",
        "g.V().addV('x').addE('y').to(V('nobody'))",
    ],
)
def test_a_failure_leaves_no_trace(text: str) -> None:
    graph = small_graph()
    before, commits = state(graph), graph.log.last_num
    with pytest.raises(NeptuneError):
        ask(text, graph)
    assert state(graph) == before
    assert graph.log.last_num == commits


def test_all_statements_are_one_commit() -> None:
    graph = small_graph()
    commits = graph.log.last_num
    ask(
        "g.addV('x').property(id,'x').next()\ng.addV('y').property(id,'y').addE('z').to(V('x'))",
        graph,
    )
    assert graph.log.last_num == commits + 1


def test_reading_makes_no_commit() -> None:
    graph = small_graph()
    commits = graph.log.last_num
    ask("g.V().out().count()", graph)
    ask("g.mergeV([(T.id):'ann'])", graph)
    assert graph.log.last_num == commits


def test_the_lock_is_held() -> None:
    graph = small_graph()
    seen: list[bool] = []

    def new_id() -> str:
        thread = threading.Thread(target=lambda: seen.append(graph.lock.acquire(blocking=False)))
        thread.start()
        thread.join()
        return "x"

    execute(graph, "g.addV()", new_id=new_id)
    assert seen == [False]


def test_ids_are_uuids_by_default() -> None:
    (vertex,) = execute(PropertyGraph(), "g.addV()")
    assert len(vertex.id) == 36
    assert vertex.labels == ("vertex",)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("g.V().out()", set()),
        ("g.addV()", {"write"}),
        ("g.V().property('a',1)", {"write", "delete"}),
        ("g.mergeV([:]).option(onCreate,['a':1])", {"write"}),
        ("g.mergeV([:]).option(onMatch,['a':1])", {"write", "delete"}),
        ("g.V().coalesce(out(),addE('x').to('y'))", {"write"}),
        ("g.V().drop()", {"delete"}),
        ("g.V().sideEffect(properties().drop()).iterate();g.mergeE([:])", {"write", "delete"}),
        ("g.inject([1]).mergeV(['a':1]).option(onMatch,sideEffect(drop()))", {"write", "delete"}),
    ],
)
def test_what_a_text_would_change(text: str, due: set[str]) -> None:
    assert mutations(text) == due


# ------------------------------------------------------------------ limits


def refused(text: str, **more: Any) -> str:
    with pytest.raises(NeptuneError) as caught:
        ask(text, **more)
    return caught.value.code


ENDLESS = "g.V('bob').repeat(both()).until(has('never'))"


def test_a_timeout() -> None:
    started = time.monotonic()
    assert refused(ENDLESS, limits=Limits(timeout=0.05)) == "TimeLimitExceededException"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ["evaluationTimeout", "scriptEvaluationTimeout"])
def test_a_timeout_of_the_text(name: str) -> None:
    assert refused(f"g.with('{name}',20).{ENDLESS[2:]}") == "TimeLimitExceededException"


def test_a_regular_expression_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicates, "REGEX_TIMEOUT", 0.02)
    endless = "g.inject('" + "a" * 38 + "b').is(TextP.regex('(a|aa)+$'))"
    with pytest.raises(GremlinError) as caught:
        execute(PropertyGraph(), endless)
    assert caught.value.code == "TimeLimitExceededException"


def test_many_steps_and_many_openings() -> None:
    graph = small_graph()
    assert execute(graph, "g.V()" + ".out()" * 20_000) == []
    text = "%{" * 20_000
    assert execute(graph, f"g.inject(1).format('{text}')") == [text]


def test_the_smallest_timeout_counts() -> None:
    script = compile_text(
        "g.with('evaluationTimeout',9).with('evaluationTimeout',7L).V().next();"
        "g.with('evaluationTimeout',8).V()"
    )
    assert script.timeout == 7
    assert compile_text("g.V()").timeout is None


def test_a_query_id() -> None:
    text = "g.with('Neptune#queryId','q-1').V()"
    assert compile_text(text).query_id == "q-1"
    assert compile_text("g.V()").query_id is None


@pytest.mark.parametrize(
    "text",
    [
        "g.V('bob').repeat(both()).times(12).path()",
        "g.inject(1..1000).unfold().fold()",
        "g.inject(1..1000).unfold()",
        "g.inject(1..1000).unfold().order()",
        "g.inject(1..1000).unfold().dedup().count()",
        "g.inject(1..1000).unfold().group().by(count())",
        "g.inject(1..1000).unfold().groupCount()",
        "g.V().repeat(both()).times(12).fold()",
        "g.V().repeat(both()).times(12)",
    ],
)
def test_a_bound_on_what_is_held(text: str) -> None:
    limits = Limits(max_traversers=500)
    assert refused(text, limits=limits) == "MemoryLimitExceededException"


def test_bulk_keeps_large_counts_small() -> None:
    (count,) = ask("g.V().repeat(both()).times(30).count()", limits=Limits(max_traversers=100))
    assert count > 10**9


def test_cancelling() -> None:
    calls = iter([False, False, True])
    code = refused(ENDLESS, cancelled=lambda: next(calls, True))
    assert code == "CancelledByUserException"


def test_deep_nesting_is_refused() -> None:
    for text in (
        "g.V()" + ".where(out()" * 100 + ")" * 100,
        "g.V().map(" + "__.map(" * 5000 + "out()" + ")" * 5001,
        "g.inject(" + "[" * 5000 + "]" * 5000 + ")",
        "g.inject(" + "[1," * 5000 + "1" + "]" * 5000 + ")",
        "g.inject(" + "{1," * 5000 + "1" + "}" * 5000 + ")",
        "g.V().has('a'," + "not(" * 5000 + "gt(1)" + ")" * 5001,
    ):
        with pytest.raises(GremlinError) as caught:
            ask(text)
        assert caught.value.code == "MalformedQueryException"


def test_long_texts_are_fine() -> None:
    assert told("g.V('ann')" + ".has('age')" * 3000 + ".id()") == "ann"
    assert told("g.V('rome','ann')" + ".out().in()" * 4 + ".count()") == "81"
    assert len(ask("g.addV('x').property('k',1)" * 1 + ".addV('x').property('k',1)" * 2000)) == 1
    graph = PropertyGraph()
    ask(";".join(f"g.addV('x').property(id,'{at}').next()" for at in range(800)), graph)
    assert graph.vertex_count == 800


def test_values_nested_by_steps() -> None:
    with pytest.raises(NeptuneError) as caught:
        ask("g.inject(1)" + ".fold()" * 3000 + ".dedup()")
    assert caught.value.code == "FailureByQueryException"


# ------------------------------------------------------------------ cache


def test_texts_are_compiled_once() -> None:
    text = "g.V().has('name','cached')"
    assert compile_text(text) is compile_text(text)
    assert compile_text(text) is not compile_text(text, STANDARD)
    long = f"g.inject('{'x' * 30_000}')"
    assert compile_text(long) is not compile_text(long)


def test_a_compiled_text_runs_again_and_again() -> None:
    script = compile_text("g.V().dedup().by(label).aggregate('x').limit(2).cap('x')")
    assert isinstance(script, CompiledScript)
    graph = small_graph()
    first = run(graph, script, NEPTUNE, Limits())
    assert first == run(graph, script, NEPTUNE, Limits())
    assert len(first[0]) == 3


def test_collections_of_the_text_stay_as_they_are() -> None:
    text = "g.withSideEffect('l',[1]).withSideEffect('s',{1}).withSideEffect('m',[a:1])"
    text += ".V().id().aggregate('l').store('s').cap('l','s','m')"
    assert told(text) == told(text)


# ------------------------------------------------------------------ starts


def start_of(text: str) -> GraphStep:
    step = compile_text(text).statements[0].pipeline.steps[0]
    if isinstance(step, GraphCountStep):
        step = step.graph
    assert isinstance(step, GraphStep)
    return step


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("g.V()", []),
        ("g.V().hasLabel('person')", [("label", "person")]),
        ("g.V().hasLabel('a').has('k','v')", [("label", "a"), ("property", "k", "v")]),
        ("g.V().has('person','k',1)", [("label", "person"), ("property", "k", 1)]),
        ("g.V().has('k',eq('v')).count()", [("property", "k", "v")]),
        ("g.V().has('k',gt('v'))", []),
        ("g.V().has('k',NaN)", []),
        ("g.V().has('k',[1])", []),
        ("g.V().hasId('a','b')", [("id", ("a", "b"))]),
        ("g.E().hasLabel('knows').has('k',1)", [("label", "knows")]),
        ("g.E().has('k',1).hasLabel('knows')", [("label", "knows")]),
    ],
)
def test_a_start_uses_indexes(text: str, hints: list[Any]) -> None:
    assert start_of(text).hints == hints


def test_a_start_looks_at_few() -> None:
    graph = small_graph()
    for text, size in (
        ("g.V().hasLabel('city')", 2),
        ("g.V().hasLabel('person').has('name','Ann')", 1),
        ("g.V().hasId('ann','bob')", 2),
        ("g.E().hasLabel('knows')", 2),
        ("g.E().hasId('e1')", 1),
        ("g.V()", 5),
        ("g.E()", 5),
    ):

        class Looking:
            pass

        context = Looking()
        context.graph = graph  # type: ignore[attr-defined]
        assert len(start_of(text).candidates(context)) == size  # type: ignore[arg-type]


def test_numbers_of_all_types_are_found() -> None:
    graph = PropertyGraph()
    with graph.transaction() as change:
        for at, value in enumerate((1, Int(1), Short(1), Byte(1), 1.0, Float(1), True, "1")):
            change.add_value(change.add_vertex(str(at)), "k", value)
    assert told("g.V().has('k',1).id().fold()", graph) == "[0, 1, 2, 3, 4, 5]"
    assert told("g.V().has('k',true).id()", graph) == "6"
    assert told("g.V().groupCount().by('k').count(local)", graph) == "8"
    assert told("g.V().values('k').dedup().count()", graph) == "8"


def test_merge_starts_from_the_index() -> None:
    graph = PropertyGraph()
    graph.add_vertices(
        [str(at) for at in range(1000)], [("n",)] * 1000, ("k",), [list(range(1000))]
    )
    assert told("g.mergeV([(T.label):'n','k':7L]).id()", graph) == "7"


# ------------------------------------------------------------------ dialects and bindings


def test_the_standard_dialect() -> None:
    graph = PropertyGraph()
    numbers = iter(range(100, 200))

    def told_standard(text: str, **bindings: Any) -> list[Any]:
        return execute(
            graph,
            text,
            dialect=STANDARD,
            new_id=lambda: str(next(numbers)),
            bindings=bindings,
        )

    told_standard("g.addV('a::b').property(id,1).property('k',1).property('k',2)")
    assert told_standard("g.V(1).label()") == ["a::b"]
    assert told_standard("g.V(x).values('k')", x=Int(1)) == [1, 2]
    assert told_standard("g.V().hasId(1).property('k',3).values('k')") == [3]
    assert told_standard("g.V(1).property('k',null).valueMap()")[0].items() is not None
    assert told_standard("g.V(1).values('k')") == []
    assert told_standard("g.V(1).as('v').addE('e').property('w',null).valueMap().count(local)") == [
        0
    ]
    (vertex,) = told_standard("g.V(1)")
    assert told_standard("g.V(v).out('e')", v=vertex) == [vertex]
    assert told_standard("g.E(v)", v=vertex) == []
    assert told_standard("g.V().hasId(v)", v=vertex) == [vertex]
    with pytest.raises(NeptuneError):
        told_standard("g.V(unknown)", x=1)


def test_sorting_huge_integers() -> None:
    assert told("g.inject(5n,-3n).order()") == "-3 | 5"
    assert isinstance(ask("g.inject(5n)")[0], BigInteger)


# ------------------------------------------------------------------ any text


def words(text: str) -> st.SearchStrategy[str]:
    """One of the words of a text."""
    return st.sampled_from(text.split())


PIECES = words(r"""
g . ( ) , V E out in 'ann' has values by order repeat times emit until path select as 1 2L
1.5 -1 [ ] : { } ; not and or where match union choose option P gt lt within T id label
group count fold unfold limit local dedup addV property drop mergeV mergeE null true NaN ..
datetime " ' \ # __ sack aggregate cap 'x' project math '_+1' sum tree
""")


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=30))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(NeptuneError):
        ask(text, limits=Limits(timeout=2, max_traversers=10_000))


STEPS = words(r"""
out() in() both() outE() inV() otherV() values('name') values('age') values() id() label()
as('a') select('a') select('a','b') as('b') path() simplePath() dedup() dedup().by(label)
order() order().by('age') order(local) limit(2) limit(local,1) range(1,2) tail(1)
tail(local) fold() unfold() count() count(local) sum() sum(local) max() mean() min(local)
group() group().by(label).by(count()) groupCount() groupCount('x') aggregate('x') store('x')
cap('x') where(neq('a')) where(out()) is(gt(30)) is('Ann') not(out())
union(out(),identity()) choose(out(),values('name'),id()) optional(out())
coalesce(out(),in()) local(out().limit(1)) repeat(both()).times(2) repeat(out()).emit()
repeat(out()).until(hasLabel('city')) project('p','q').by(label).by(count()) valueMap()
elementMap() propertyMap() properties() key() value() element() barrier() sack()
sack(sum).by(constant(1)) math('_+1') constant(1) index() tree() reverse() asString()
toUpper() length() split('n') substring(1) concat('z') combine([1]) merge([1]) conjoin('-')
product([1]) addV('n') property('p',1) drop() addE('e').to(V('ann')) sample(1) coin(0.5)
inject(1) map(out()) flatMap(in()) sideEffect(out()) match(__.as('a').out().as('b'))
subgraph('s') format('%{name}') loops() identity() none() mergeV(['name':'Ann'])
hasId('ann') has('age',31) hasNot('age') asDate() all(gt(1)) any(gt(1))
""")


@settings(max_examples=250, deadline=None)
@given(st.lists(STEPS, max_size=7), st.sampled_from(["g.V()", "g.E()", "g.withSack(1).V('ann')"]))
def test_no_traversal_raises_anything_else(steps: list[str], start: str) -> None:
    graph = small_graph()
    before, commits = state(graph), graph.log.last_num
    try:
        ask(".".join([start, *steps]), graph, limits=Limits(timeout=2, max_traversers=20_000))
    except NeptuneError:
        assert state(graph) == before
        assert graph.log.last_num == commits


READING = words("""
out() in() both() outE() inV() bothE() values('name') id() label() as('a') as('b') select('a')
select('a','b') where(neq('a')) dedup() dedup().by(label) dedup('a') order().by(id) count() fold()
unfold() group().by(label).by(count()) groupCount().by(label) aggregate('x') cap('x')
where(out('knows')) is(neq('Ann')) not(out('lives')) union(out(),identity()) union(count(),id())
choose(out(),values('name'),id()) optional(out()) coalesce(out(),in()) repeat(both()).times(2)
repeat(out()).emit() repeat(out()).until(hasLabel('city')) project('p').by(out().count()) barrier()
local(out().count()) local(fold()) map(out()) flatMap(both()) has('age') hasLabel('person')
match(__.as('a').out().as('b')) where(__.as('a').out().as('b')) select(all,'a') hasId('ann','bob')
where(both().count().is(gt(1))) filter(__.in().dedup().count().is(1))
""")


@settings(max_examples=300, deadline=None)
@given(st.lists(READING, max_size=6))
def test_how_it_runs_does_not_change_the_answer(steps: list[str]) -> None:
    rest = ".".join(["V()", *steps])

    def answer(text: str) -> list[str]:
        try:
            return sorted(map(shown_in_any_order, ask(text, limits=LIMITS)))
        except NeptuneError as problem:
            return [problem.code]

    due = answer(f"g.{rest}")
    # With whole paths nothing is merged; with a side effect traversers go one by one.
    assert answer(f"g.withPath().{rest}") == due
    assert answer(f"g.{rest}.store('end')") == due


LIMITS = Limits(timeout=5, max_traversers=20_000)


def shown_in_any_order(value: Any) -> str:
    """A text for a value that does not depend on the order in its collections."""
    if isinstance(value, GMap):
        return str(sorted((to_java_text(k), shown_in_any_order(v)) for k, v in value.items()))
    if isinstance(value, (list, BulkSet)):
        return str(sorted(map(shown_in_any_order, value)))
    return to_java_text(value)
