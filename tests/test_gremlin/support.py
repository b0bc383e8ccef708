"""A small graph, and short ways to ask it."""

from __future__ import annotations

from itertools import count
from typing import Any

from moto_neptunedata.graph import Int, PropertyGraph
from moto_neptunedata.gremlin import Dialect, Limits, execute
from moto_neptunedata.gremlin.dialect import NEPTUNE
from moto_neptunedata.gremlin.java_text import to_java_text

VERTICES = (
    ("ann", "person", {"name": "Ann", "age": Int(31), "tag": ("red", "blue")}),
    ("bob", "person", {"name": "Bob", "age": Int(25)}),
    ("cyd", "person", {"name": "Cyd", "age": Int(42), "nick": "C"}),
    ("rome", "city", {"name": "Rome", "size": 2.5}),
    ("oslo", "city::port", {"name": "Oslo"}),
)
EDGES = (
    ("e1", "knows", "ann", "bob", {"since": Int(2001), "weight": 0.5}),
    ("e2", "knows", "bob", "cyd", {"since": Int(2005), "weight": 1.5}),
    ("e3", "lives", "ann", "rome", {"since": Int(2010)}),
    ("e4", "lives", "bob", "rome", {}),
    ("e5", "lives", "cyd", "oslo", {"since": Int(1999)}),
)


def small_graph() -> PropertyGraph:
    """Three people and two cities."""
    graph = PropertyGraph()
    with graph.transaction() as change:
        for id, label, properties in VERTICES:
            vertex = change.add_vertex(id, label.split("::"))
            for key, held in properties.items():
                for value in held if isinstance(held, tuple) else (held,):
                    change.add_value(vertex, key, value)
        for id, label, out_id, in_id, properties in EDGES:
            out_v, in_v = graph.vertex(out_id), graph.vertex(in_id)
            assert out_v is not None
            assert in_v is not None
            edge = change.add_edge(id, label, out_v, in_v)
            for key, value in properties.items():
                change.set_property(edge, key, value)
    return graph


def ask(
    text: str,
    graph: PropertyGraph | None = None,
    dialect: Dialect = NEPTUNE,
    limits: Limits | None = None,
    **more: Any,
) -> list[Any]:
    """The results of a text; new elements are called n1, n2, …"""
    numbers = count(1)
    return execute(
        small_graph() if graph is None else graph,
        text,
        dialect=dialect,
        limits=limits,
        new_id=lambda: f"n{next(numbers)}",
        **more,
    )


def told(text: str, graph: PropertyGraph | None = None, dialect: Dialect = NEPTUNE) -> str:
    """The results of a text in one line, in order."""
    return " | ".join(map(to_java_text, ask(text, graph, dialect)))
