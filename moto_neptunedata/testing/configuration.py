"""Where the settings of a cluster come from, and which values they may have.

What is said last counts: the defaults, the environment (``MOTO_NEPTUNEDATA_…``), the mock's
``config={"neptunedata": {...}}``, what was configured for all clusters, for one cluster.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from .names import known

if TYPE_CHECKING:
    from ..settings import ClusterSettings

#: What the names of environment variables begin with; a setting's name in capitals follows.
PREFIX: Final = "MOTO_NEPTUNEDATA_"

#: The key of ``config`` under which clusters are set one by one.
CLUSTERS: Final = "clusters"

#: The least and the most that a number may be: more than Neptune's own 1 to 90 days and 10 to
#: 2,147,483,647 ms, for tests that reach further.
BOUNDS: Final = {
    "streams_expiry_days": (1, 36_500),
    "query_timeout_ms": (1, 2**31 - 1),
}

_VERSION: Final = re.compile(r"\d+(\.\d+){1,3}(\.R\d+)?").fullmatch

#: What a text must look like.
_SHAPES: Final[dict[str, tuple[Callable[[str], Any], str]]] = {
    "engine_version": (_VERSION, 'a version like "1.4.1.0"'),
    "instance_class": (re.compile(r"db\.\w+\.\w+").fullmatch, 'a class like "db.r6g.4xlarge"'),
}

_TRUE: Final = frozenset(("true", "1", "yes", "on"))
_FALSE: Final = frozenset(("false", "0", "no", "off"))


def check(name: str, value: Any) -> None:
    """Raises ValueError for a setting that does not exist or may not have this value."""
    kind = _kinds()[known("setting", name, _kinds())]
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if choices:
        if value not in choices:
            raise _wrong(name, value, f"one of {', '.join(map(repr, choices))}")
        return
    if value is None and type(None) in get_args(kind):
        return
    plain = next((part for part in (*get_args(kind), kind) if part in _CHECKS), str)
    if get_origin(kind) in (dict, tuple):
        plain = get_origin(kind)
    is_right, words = _CHECKS[plain]
    if not is_right(value):
        raise _wrong(name, value, words)
    least, most = BOUNDS.get(name, (None, None))
    if least is not None and most is not None and not least <= value <= most:
        raise _wrong(name, value, f"between {least} and {most}")
    if name in _SHAPES and not _SHAPES[name][0](value):
        raise _wrong(name, value, _SHAPES[name][1])


_CHECKS: Final[dict[Any, tuple[Callable[[Any], bool], str]]] = {
    bool: (lambda value: isinstance(value, bool), "True or False"),
    int: (lambda value: type(value) is int, "a whole number"),
    str: (lambda value: isinstance(value, str), "a text"),
    dict: (
        lambda value: isinstance(value, dict) and all(isinstance(v, str) for v in value.values()),
        "a mapping of texts",
    ),
    tuple: (
        lambda value: isinstance(value, list | tuple) and all(isinstance(v, str) for v in value),
        "a list of texts",
    ),
}


def apply(settings: ClusterSettings, given: Mapping[str, Any]) -> None:
    """Set all that is given, or, when something in it is wrong, nothing. Raises ValueError."""
    for name, value in given.items():
        check(name, value)
    for name, value in given.items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)


def checked(given: Any, where: str) -> dict[str, Any]:
    """Settings for all clusters and, under ``clusters``, for single ones by name.

    Raises ValueError that says where the mistake is.
    """
    if not isinstance(given, Mapping):
        raise ValueError(f"{where} must be a mapping of settings, not {given!r}")
    names = {*_kinds(), CLUSTERS}
    for name, value in given.items():
        known(f"setting in {where}", name, names)
        if name == CLUSTERS:
            if not isinstance(value, Mapping):
                raise ValueError(f"{where}: clusters must map names to settings, not {value!r}")
            for cluster, own in value.items():
                if CLUSTERS in checked(own, f"{where}[{CLUSTERS!r}][{cluster!r}]"):
                    raise ValueError(f"{where}: clusters cannot hold clusters")
        else:
            check(name, value)
    return dict(given)


def from_environment(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings in environment variables.

    Yes and no are ``true``, ``1``, ``yes``, ``on`` and ``false``, ``0``, ``no``, ``off``; mappings
    are JSON, lists are JSON or texts between commas. Raises ValueError that names the variable,
    also for one of an unknown setting.
    """
    found = {}
    for variable, text in (os.environ if environ is None else environ).items():
        if variable.startswith(PREFIX):
            try:
                name = known("setting", variable.removeprefix(PREFIX).lower(), _kinds())
                found[name] = _parsed(_kinds()[name], text)
                check(name, found[name])
            except ValueError as error:
                raise ValueError(f"Environment variable {variable}: {error}") from None
    return found


def _parsed(kind: Any, text: str) -> Any:
    if kind is bool:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
    if kind is int:
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if get_origin(kind) is dict or text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def settings_of(cluster: str, *sources: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a cluster out of several sources, of which the last counts."""
    found: dict[str, Any] = {}
    for source in sources:
        found.update({name: value for name, value in source.items() if name != CLUSTERS})
        found.update(source.get(CLUSTERS, {}).get(cluster, {}))
    return found


def values(settings: ClusterSettings) -> dict[str, Any]:
    """All settings by name."""
    return {each.name: getattr(settings, each.name) for each in fields(settings)}


def changed(settings: ClusterSettings) -> dict[str, Any]:
    """The settings that differ from their defaults."""
    found = {}
    for each in fields(settings):
        made = each.default_factory
        default = each.default if made is MISSING else made()
        if getattr(settings, each.name) != default:
            found[each.name] = getattr(settings, each.name)
    return found


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Any]:
    from ..settings import ClusterSettings

    hints = get_type_hints(ClusterSettings)
    return {each.name: hints[each.name] for each in fields(ClusterSettings)}


def _wrong(name: str, value: Any, words: str) -> ValueError:
    return ValueError(f"Setting {name} must be {words}, not {value!r}")
