"""Bytecode of a real client gives the answers that the text gives."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import pytest

pytest.importorskip("gremlin_python")

from gremlin_python.process.graph_traversal import GraphTraversalSource, __
from gremlin_python.process.strategies import ReadOnlyStrategy, SubgraphStrategy
from gremlin_python.process.traversal import (
    Bindings,
    Bytecode,
    Cardinality,
    CardinalityValue,
    Direction,
    Merge,
    Order,
    P,
    Scope,
    T,
    TextP,
    TraversalStrategies,
)
from gremlin_python.statics import SingleByte, bigint, long, timestamp
from gremlin_python.structure.graph import Graph, Vertex

from moto_neptunedata.errors import NeptuneError
from moto_neptunedata.gremlin import NEPTUNE, Limits, run
from moto_neptunedata.gremlin.bytecode import script_of
from moto_neptunedata.gremlin.compiler import compile_script
from moto_neptunedata.gremlin.java_text import to_java_text

from .support import small_graph, told

g = GraphTraversalSource(Graph(), TraversalStrategies())


def answer(asked: Any) -> str:
    script = compile_script(script_of(asked.bytecode), NEPTUNE)
    return " | ".join(
        map(to_java_text, run(small_graph(), script, NEPTUNE, Limits(), lambda: "n1"))
    )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (g.V("ann").out().values("name"), "g.V('ann').out().values('name')"),
        (g.V().has("age", P.gt(30)).id_(), "g.V().has('age',gt(30)).id()"),
        (g.V().has("age", P.between(25, 42)).id_(), "g.V().has('age',between(25,42)).id()"),
        (g.V().has("age", P.not_(P.eq(25))).id_(), "g.V().has('age',P.not(eq(25))).id()"),
        (
            g.V().has("age", P.gt(25).and_(P.lt(42))).id_(),
            "g.V().has('age',gt(25).and(lt(42))).id()",
        ),
        (g.V().has("name", TextP.containing("o")).id_(), "g.V().has('name',containing('o')).id()"),
        (
            g.V().has("name", P.within("Ann", "Bob")).id_(),
            "g.V().has('name',within('Ann','Bob')).id()",
        ),
        (g.V().has(T.label, "city").count(), "g.V().has(label,'city').count()"),
        (g.V().order().by("name", Order.desc).id_(), "g.V().order().by('name',desc).id()"),
        (g.V().fold().count(Scope.local), "g.V().fold().count(local)"),
        (g.V().where(__.out("knows")).id_(), "g.V().where(out('knows')).id()"),
        (g.V("ann").as_("a").out().select("a").id_(), "g.V('ann').as('a').out().select('a').id()"),
        (g.V("bob").to_e(Direction.BOTH).id_(), "g.V('bob').toE(BOTH).id()"),
        (g.V(Vertex("ann")).id_(), "g.V('ann').id()"),
        (g.inject([1, {2}, {"a": 1.5}]), "g.inject([1,{2},[a:1.5]])"),
        (g.inject(long(1), 1 << 40, 1 << 70), "g.inject(1L,1099511627776,1180591620717411303424)"),
        (g.inject(SingleByte(5), bigint(7)), "g.inject(5b,7n)"),
        (g.inject(datetime(2020, 1, 1)), "g.inject(datetime('2020-01-01'))"),
        (g.inject(timestamp(0)), "g.inject(datetime('1970-01-01'))"),
        (
            g.merge_v({T.id: "ann"}).option(Merge.on_match, {"age": 1}).values("age"),
            "g.mergeV([(T.id):'ann']).option(onMatch,['age':1]).values('age')",
        ),
        (
            g.V("ann").property(Cardinality.single, "age", 1).values("age"),
            "g.V('ann').property(single,'age',1).values('age')",
        ),
        (
            g.V("ann").property({"age": CardinalityValue.single(1)}).values("age"),
            "g.V('ann').property(['age':single(1)]).values('age')",
        ),
        (g.V(Bindings.of("x", "ann")).id_(), "g.V('ann').id()"),
        (
            g.with_side_effect("x", 1).with_("evaluationTimeout", 500).V().count(),
            "g.withSideEffect('x',1).with('evaluationTimeout',500).V().count()",
        ),
        (
            g.with_strategies(SubgraphStrategy(vertices=__.has_label("person"))).V().out(),
            "g.withStrategies(new SubgraphStrategy(vertices:hasLabel('person'))).V().out()",
        ),
        (g.with_strategies(ReadOnlyStrategy()).V().count(), "g.V().count()"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bytecode_is_as_good_as_text(asked: Any, text: str) -> None:
    assert answer(asked) == told(text)


def test_a_date_with_an_offset() -> None:
    asked = g.inject(datetime.fromisoformat("2020-01-01T02:00:00+02:00"))
    assert answer(asked) == "2020-01-01T00:00:00Z"


class Strange(enum.Enum):
    thing = 1


def bytecode(*steps: list[Any]) -> Bytecode:
    made = Bytecode()
    made.step_instructions = list(steps)
    return made


@pytest.mark.parametrize(
    "made",
    [
        bytecode(),
        bytecode(["out"]),
        bytecode(["V"], ["nonsense"]),
        bytecode(["V"], ["has", "a", P("nonsense", 1)]),
        bytecode(["inject", Strange.thing]),
    ],
)
def test_what_is_no_traversal(made: Bytecode) -> None:
    with pytest.raises(NeptuneError) as caught:
        script_of(made)
    assert caught.value.code == "MalformedQueryException"
