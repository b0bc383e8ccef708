"""Does an answer fit its output shape? botocore parses leniently, so it would not tell."""

from __future__ import annotations

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from moto_neptunedata.service_model import Operation

# Where the real service differs from its model.
INTEGERS_MODELED_AS_STRINGS = {
    "commitNum",
    "opNum",
    "statisticsId",
}
UNMODELED_MEMBERS = {
    ("GetPropertygraphSummary", "status"),
    ("GetRDFGraphSummary", "status"),
}

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (str, int, float),
    "float": (int, float),
    "double": (int, float),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}


def check_shape(operation: Operation, body: Any) -> None:
    """Raise AssertionError when a body does not fit its operation's output."""
    assert operation.output is not None
    _check(operation.output, body, operation.name, operation)


def _check(shape: Shape, value: Any, path: str, operation: Operation) -> None:
    if isinstance(shape, StructureShape) and shape.is_document_type:
        return
    if path.rpartition(".")[2] in INTEGERS_MODELED_AS_STRINGS:
        assert isinstance(value, int), f"{path} is {value!r}"
        return
    expected = _TYPES[shape.type_name]
    assert isinstance(value, expected), f"{path} is {value!r}, not a {shape.type_name}"
    assert not (isinstance(value, bool) and bool not in expected), f"{path} is {value!r}"
    if isinstance(shape, StructureShape):
        _check_members(shape, value, path, operation)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            _check(shape.member, item, f"{path}[{index}]", operation)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            _check(shape.value, item, f"{path}.{key}", operation)
    elif enum := getattr(shape, "enum", None):
        assert value in enum, f"{path} is {value!r}"


def _check_members(
    shape: StructureShape, value: dict[str, Any], path: str, operation: Operation
) -> None:
    wire_names = {
        member.serialization.get("name", name): (name, member)
        for name, member in shape.members.items()
        if member.serialization.get("location") != "statusCode"
    }
    for name, item in value.items():
        if (operation.name, name) in UNMODELED_MEMBERS:
            continue
        assert name in wire_names, f"{path}.{name} is not in the model"
        _check(wire_names[name][1], item, f"{path}.{name}", operation)
    given = {wire_names[name][0] for name in value if name in wire_names}
    missing = set(shape.required_members) - given
    assert not missing, f"{path} lacks {missing}"
