"""Runs scenarios of the openCypher TCK against an adapter."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto_neptunedata.opencypher import CypherError

from . import opencypher_adapter as adapter
from .tck_cells import plain, read_cell, without_list_order

#: Where the suite's data is looked for: beside the project's root.
SUITE = Path(__file__).parents[3] / "shared" / "conformance" / "opencypher-tck.json"

_ERROR = re.compile(r"an? (\w+) should be raised at (compile time|runtime|any time): (\S+)")


@dataclass(frozen=True)
class Outcome:
    """``status``: passed, wrong rows, wrong side effects, wrong error, no error, or error

    (raised where rows were due).
    """

    status: str
    note: str = ""


def load() -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The scenarios in scope and the named graphs."""
    data = json.loads(SUITE.read_text(encoding="utf-8"))
    return [s for s in data["scenarios"] if _in_scope(s)], data["graphs"]


def _in_scope(scenario: dict[str, Any]) -> bool:
    """Neptune has no temporal families but DateTime, and no user procedures."""
    return "expressions/temporal/" not in scenario["feature"] and not any(
        step["text"].startswith("there exists a procedure") for step in scenario["steps"]
    )


def key_of(scenario: dict[str, Any]) -> tuple[str, str]:
    """What names a scenario; the rows of an outline are told apart by a number."""
    return scenario["feature"], scenario["name"]


def run_scenario(scenario: dict[str, Any], graphs: dict[str, str]) -> Outcome:
    """Run one scenario on an empty graph."""
    adapter.reset()
    params: dict[str, Any] = {}
    result: Any = None
    before = after = Counter[str]()
    try:
        for step in scenario["steps"]:
            text = step["text"]
            if text in ("any graph", "an empty graph"):
                continue
            if text.startswith("the ") and text.endswith(" graph"):
                adapter.run(graphs[text[4:-6]], {})
            elif text == "having executed:":
                adapter.run(step["doc"], params)
            elif text == "parameters are:":
                params = {name: plain(read_cell(value)) for name, value in step["table"]}
            elif text in ("executing query:", "executing control query:"):
                before = _inventory()
                try:
                    result = adapter.run(step["doc"], params)
                except CypherError as error:
                    result = error
                after = _inventory()
            else:
                outcome = _check(step, result, before, after)
                if outcome is not None:
                    return outcome
    except CypherError as error:
        return Outcome("error", f"{error.kind}: {error}")
    return Outcome("passed")


def _check(
    step: dict[str, Any], result: Any, before: Counter[str], after: Counter[str]
) -> Outcome | None:
    text = step["text"]
    expected = _ERROR.match(text)
    if expected is not None:
        return _check_error(expected, result)
    if text.startswith("the side effects") or text == "no side effects":
        return _check_side_effects(step.get("table") or [], before, after)
    if isinstance(result, CypherError):
        return Outcome("error", f"{result.kind} {result.detail}: {result}")
    return _check_rows(step, *result)


def _check_error(expected: re.Match[str], result: Any) -> Outcome | None:
    kind, phase, detail = expected.groups()
    if not isinstance(result, CypherError):
        return Outcome("no error", f"{kind} {detail}")
    if (
        kind == result.kind
        and phase in (result.phase, "any time")
        and detail in (result.detail, "*")
    ):
        return None
    found = f"{result.kind} {result.phase} {result.detail}"
    return Outcome("wrong error", f"{kind} {phase} {detail}, found {found}")


def _check_rows(
    step: dict[str, Any], columns: list[str], rows: list[tuple[Any, ...]]
) -> Outcome | None:
    text = step["text"]
    found = [tuple(map(adapter.canon, row)) for row in rows]
    if text == "the result should be empty":
        return None if not found else Outcome("wrong rows", f"{found} where there are none")
    header, *cells = step["table"]
    if sorted(columns) != sorted(header):
        return Outcome("wrong rows", f"columns {columns}, not {header}")
    places = [columns.index(name) for name in header]
    found = [tuple(row[place] for place in places) for row in found]
    expected = [tuple(map(read_cell, row)) for row in cells]
    if "ignoring element order" in text:
        found = [without_list_order(row) for row in found]
        expected = [without_list_order(row) for row in expected]
    same = found == expected if "in order" in text else Counter(found) == Counter(expected)
    return None if same else Outcome("wrong rows", f"{found}, not {expected}")


def _check_side_effects(
    table: list[list[str]], before: Counter[str], after: Counter[str]
) -> Outcome | None:
    expected = {name: int(number) for name, number in table}
    changes: Counter[str] = Counter()
    for sign, difference in (("+", after - before), ("-", before - after)):
        for thing, number in difference.items():
            changes[sign + thing.partition(" ")[0]] += number
    found = {name: number for name, number in changes.items() if number}
    return None if found == expected else Outcome("wrong side effects", f"{found}, not {expected}")


def _inventory() -> Counter[str]:
    """What the graph holds, in the units in which the TCK counts side effects."""
    graph = adapter.graph()
    things: set[str] = set()
    for kind, elements in (("nodes", graph.vertices()), ("relationships", graph.edges())):
        for element in elements:
            things.add(f"{kind} {element.id}")
            things.update(
                f"properties {kind} {element.id} {key} {value!r}"
                for key, value in element.properties.items()
            )
    for vertex in graph.vertices():
        things.update(f"labels {label}" for label in vertex.labels)
    return Counter(things)
