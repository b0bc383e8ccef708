"""botocore's own model of the service, read once: operations, their members, their errors.

The source is ``botocore/data/neptunedata/2023-08-01/service-2.json`` of the installed botocore;
nothing about single operations is kept here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape


@dataclass(frozen=True, slots=True)
class Member:
    """One input or output member: where it travels, under which name, and what it may be."""

    name: str
    wire_name: str
    location: str  # "uri", "querystring", "header" or "body"
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service, with what parsing and serialising it needs."""

    name: str
    method: str
    path: str
    members: tuple[Member, ...]
    output: StructureShape | None
    #: Name of the output member that is the whole body (a streaming blob), if there is one.
    payload: str | None
    #: Output member that repeats the HTTP status, if there is one.
    status_member: str | None
    #: Whether any input member travels in the body.
    has_body: bool
    #: Whether any input member travels in a header.
    has_headers: bool
    #: Whether every output member is sent as it is: no other name, no members of its own.
    is_flat: bool

    @property
    def method_name(self) -> str:
        """``CancelLoaderJob`` -> ``cancel_loader_job``, ``StartMLModelTrainingJob`` ->
        ``start_ml_model_training_job``, as boto3 names it.
        """
        return snake_case(self.name)


@lru_cache(maxsize=1)
def botocore_model() -> ServiceModel:
    """botocore's model of the service."""
    return ServiceModel(Loader().load_service_model("neptunedata", "service-2"), "neptunedata")


@lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """Every operation by its name."""
    model = botocore_model()
    return {name: _operation(model.operation_model(name)) for name in model.operation_names}


@lru_cache(maxsize=1)
def error_statuses() -> dict[str, int]:
    """The HTTP status of every modeled exception."""
    model = botocore_model()
    shapes = map(model.shape_for, model.shape_names)
    return {
        shape.name: shape.metadata["error"]["httpStatusCode"]
        for shape in shapes
        if shape.metadata.get("exception")
    }


def _operation(model: OperationModel) -> Operation:
    shape = model.input_shape
    members: tuple[Member, ...] = ()
    if shape is not None:
        members = tuple(
            Member(
                name=name,
                wire_name=str(member.serialization.get("name", name)),
                location=str(member.serialization.get("location", "body")),
                shape=member,
                required=name in shape.required_members,
            )
            for name, member in shape.members.items()
        )
    output = model.output_shape
    statuses = [
        name
        for name, member in (output.members.items() if output else ())
        if member.serialization.get("location") == "statusCode"
    ]
    return Operation(
        name=model.name,
        method=model.http["method"],
        path=model.http["requestUri"],
        members=members,
        output=output,
        payload=output.serialization.get("payload") if output else None,
        status_member=statuses[0] if statuses else None,
        has_body=any(member.location == "body" for member in members),
        has_headers=any(member.location == "header" for member in members),
        is_flat=output is not None and all(map(_is_plain, output.members.values())),
    )


def _is_plain(member: Shape) -> bool:
    is_document = isinstance(member, StructureShape) and member.is_document_type
    is_value = not isinstance(member, StructureShape | ListShape)
    return "name" not in member.serialization and (is_document or is_value)


@lru_cache(maxsize=512)
def snake_case(name: str) -> str:
    """``loadId`` -> ``load_id``, ``StartMLModelTrainingJob`` -> ``start_ml_model_training_job``."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()
