"""pytest plug-in: plain ``moto.mock_aws`` mocks neptunedata with no import in the tests, and there
are fixtures, a marker, and the calls of a test that fails.

Nothing is imported of moto until a test does, or asks for a fixture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from .hooks import registration
from .testing.control_state import CONTROL_STATE

if TYPE_CHECKING:
    from mypy_boto3_neptunedata import NeptuneDataClient

    from .handle import Neptune

registration.install()

MARKER: Final = "neptunedata"

# What the marker is given beside settings: data and how to read it.
_DATA: Final = frozenset(("load", "format"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARKER}(load=[...], format='csv', **settings): run the test in mock_neptunedata, with "
        "these settings of its clusters (engine_version, role, strict, ...) and with data: files "
        "(pathlib.Path, relative to the test's) or texts to load.",
    )


@pytest.fixture
def neptune(request: pytest.FixtureRequest) -> Iterator[Neptune]:
    """The handle on the mocked clusters, as ``with mock_neptunedata() as neptune`` gives it, with
    the settings and the data of the marker ``neptunedata``.
    """
    from .decorator import mock_neptunedata  # noqa: PLC0415 - only for tests that ask for it

    settings, loads = _read_markers(request.node)
    config = {"neptunedata": settings} if settings else None
    with mock_neptunedata(config=config) as handle:
        for sources, format in loads:
            handle.load(
                *[_find_source(source, request.path.parent) for source in sources], format=format
            )
        yield handle


@pytest.fixture
def neptunedata_client(neptune: Neptune) -> NeptuneDataClient:
    """``boto3.client("neptunedata")`` in ``AWS_DEFAULT_REGION``, else ``us-east-1``."""
    import boto3  # noqa: PLC0415 - only for tests that ask for it

    return boto3.client(
        "neptunedata", region_name=os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
    )


@pytest.fixture(autouse=True)
def _neptunedata_marker(request: pytest.FixtureRequest) -> None:
    """A test with the marker need not ask for the fixture."""
    if request.node.get_closest_marker(MARKER) is not None:
        request.getfixturevalue("neptune")


def _read_markers(node: Any) -> tuple[dict[str, Any], list[tuple[list[Any], str]]]:
    """Settings and data of all markers of a test, those of its module first."""
    settings: dict[str, Any] = {}
    loads = []
    for marker in reversed(list(node.iter_markers(MARKER))):
        if marker.args:
            raise pytest.UsageError(
                f"@pytest.mark.{MARKER} takes settings by name and data as load=[...], "
                f"not {marker.args[0]!r}"
            )
        given: Mapping[str, Any] = marker.kwargs
        settings.update({name: value for name, value in given.items() if name not in _DATA})
        sources = given.get("load", [])
        if isinstance(sources, str | bytes | os.PathLike):
            sources = [sources]
        if sources:
            loads.append((list(sources), given.get("format", "csv")))
    return settings, loads


def _find_source(source: Any, folder: Path) -> Any:
    """A source to load: a path, relative to the folder of the test, or a text."""
    return folder / source if isinstance(source, os.PathLike) else source


# ---------------------------------------------------------------------------- the report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    CONTROL_STATE.forget_ended()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed:
        calls = CONTROL_STATE.log.calls() or CONTROL_STATE.ended_calls
        if calls:
            report.sections.append((f"neptunedata calls ({report.when})", calls.report()))
