r"""A property graph as files in format ``csv``, which the loader reads back to the same graph.

Not everything that a graph can hold can be said in that format (user guide, "Gremlin load data
format"): what cannot raises ValueError, so that no export is other than the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

from . import Edge, Int, PropertyGraph, Vertex, type_name, utc_text
from .gc_control import pause_gc

_SPECIAL: Final = re.compile(r'["\r\n,]|\A\s|\s\Z|\A\Z').search
_FORBIDDEN_IN_KEY: Final = re.compile(r"[\s,\\]|\A~|\A\Z").search

#: Type names of headers that differ from those of values.
_HEADER_TYPES: Final = {"DateTime": "Date"}

Element: TypeAlias = Vertex | Edge
#: The values of one element that go into one file, by key.
Held: TypeAlias = dict[str, tuple[Any, ...]]


def export(graph: PropertyGraph, directory: str | PathLike[str]) -> list[Path]:
    """Write a graph into a directory, which is made if need be; the files, in loading order.

    ``vertices.csv`` and ``edges.csv`` have all elements; further files (``vertices-2.csv``) have
    the values of properties that come in more than one type. Files are not written where there is
    nothing to write. Raises ValueError for what format ``csv`` cannot say, before anything is
    written: a vertex without a label, sub-second times, lists in edge properties, and ids, labels
    and keys that its syntax cannot hold.
    """
    with graph.lock, pause_gc():
        files = [
            *_tables("vertices", graph.vertices(), _vertex_cells, ("~id", "~label")),
            *_tables("edges", graph.edges(), _edge_cells, ("~id", "~from", "~to", "~label")),
        ]
        texts = {name: "".join(lines).encode() for name, lines in files}
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts.items():
        paths.append(folder / name)
        paths[-1].write_bytes(text)
    return paths


def _tables(
    name: str,
    elements: Iterable[Element],
    system_cells: Callable[[Any], list[str]],
    system: tuple[str, ...],
) -> Iterator[tuple[str, list[str]]]:
    """The files of vertices or of edges: their names and lines."""
    # The n-th type of a key's values has its column in the n-th file.
    places: dict[tuple[str, str], int] = {}
    columns: list[dict[str, str]] = [{}]
    files: list[list[tuple[Element, Held]]] = [[]]
    for element in elements:
        parts: dict[int, Held] = {0: {}}  # the element itself, even if it has no property
        for key, stored in element.properties.items():
            for value in stored if type(stored) is tuple else (stored,):
                kind = _kind(value, element, key)
                at = places.get((key, kind))
                if at is None:
                    at = places[key, kind] = _enter(columns, files, key, kind)
                held = parts.setdefault(at, {})
                held[key] = (*held[key], value) if key in held else (value,)
        for number, held in parts.items():
            files[number].append((element, held))
    for number, rows in enumerate(files):
        suffix = "" if number == 0 else f"-{number + 1}"
        if rows:
            lines = _lines(rows, columns[number], system_cells, system, is_main=number == 0)
            yield f"{name}{suffix}.csv", lines


def _enter(columns: list[dict[str, str]], files: list[list[Any]], key: str, kind: str) -> int:
    """The first file in which a key has no column yet, where this type gets one."""
    at = next((number for number, known in enumerate(columns) if key not in known), len(columns))
    if at == len(columns):
        columns.append({})
        files.append([])
    columns[at][key] = kind
    return at


def _lines(
    rows: list[tuple[Element, Held]],
    columns: Mapping[str, str],
    system_cells: Callable[[Any], list[str]],
    system: tuple[str, ...],
    is_main: bool,
) -> list[str]:
    is_edge = "~from" in system
    arrays = {key for key in columns if _is_array([held.get(key, ()) for _, held in rows])}
    header = [*system, *(_column(key, kind, key in arrays) for key, kind in columns.items())]
    lines = [_line(header)]
    for element, held in rows:
        cells = system_cells(element)
        if not is_main and not is_edge:
            cells[1] = ""  # its labels are in the main file
        depth = max((1 if key in arrays else len(own) for key, own in held.items()), default=1)
        for at in range(depth):
            texts = [_cell(held.get(key, ()), key in arrays, at) for key in columns]
            lines.append(_line([*cells, *texts]))
            if not is_edge:
                cells = [cells[0], ""]
    return lines


def _is_array(cells: list[tuple[Any, ...]]) -> bool:
    """Whether a column needs several values a cell, and can have them."""
    return any(len(own) > 1 for own in cells) and all(
        _fits_array(value) for own in cells for value in own
    )


def _fits_array(value: Any) -> bool:
    return not isinstance(value, str) or (
        value != "" and value == value.strip() and "\\" not in value
    )


def _cell(values: tuple[Any, ...], is_array: bool, at: int) -> str:
    """The cell of a property in the row that has the values at this place; "" is a blank one."""
    if is_array:
        texts = [_text(value).replace(";", "\\;") for value in values] if at == 0 else []
        return _quote(";".join(texts)) if texts else ""
    return _quote(_text(values[at])) if at < len(values) else ""


def _column(key: str, kind: str, is_array: bool) -> str:
    if _FORBIDDEN_IN_KEY(key):
        raise ValueError(f"Format csv has no way to write the property key {key!r}")
    escaped = key.replace(":", "\\:")
    return _quote(f"{escaped}:{_HEADER_TYPES.get(kind, kind)}{'[]' if is_array else ''}")


def _vertex_cells(vertex: Vertex) -> list[str]:
    return [_id(vertex), _quote(_labels(vertex))]


def _edge_cells(edge: Edge) -> list[str]:
    if not edge.label:
        raise ValueError(f"Format csv has no way to write the label of {edge!r}")
    return [_id(edge), _quote(edge.out_v.id), _quote(edge.in_v.id), _quote(edge.label)]


def _id(element: Element) -> str:
    if not element.id:
        raise ValueError(f"Format csv has no way to write an empty id: {element!r}")
    return _quote(element.id)


def _labels(vertex: Vertex) -> str:
    labels = [label.replace(";", "\\;") for label in vertex.labels]
    if not labels or not all(map(_fits_array, vertex.labels)):
        raise ValueError(f"Format csv has no way to write the labels of {vertex!r}")
    return ";".join(labels)


# ---------------------------------------------------------------------------- values


def _kind(value: Any, element: Element, key: str) -> str:
    kind = _KINDS.get(type(value)) or type_name(value)
    is_fraction = isinstance(value, datetime) and value.microsecond
    if kind == "List" or is_fraction:
        raise ValueError(
            f"Format csv has no way to write {value!r}, a value of property {key!r} of {element!r}"
        )
    return kind


def _text(value: Any) -> str:
    for kind in type(value).__mro__:
        write = _WRITERS.get(kind)
        if write is not None:
            return write(value)
    return str(value)


def _float_text(value: float) -> str:
    text = repr(float(value))
    return _NOT_FINITE.get(text, text)


# What most values are.
_KINDS: Final[dict[type, str]] = {str: "String", int: "Long", Int: "Int", float: "Double"}
_NOT_FINITE: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: int.__repr__,
    float: _float_text,
    datetime: utc_text,
}


def _line(cells: Iterable[str]) -> str:
    """A record out of cells that are quoted where need be."""
    return ",".join(cells) + "\n"


def _quote(text: str) -> str:
    if not _SPECIAL(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
