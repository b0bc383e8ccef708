"""Where the settings of a cluster come from, and which values they may have.

What is said last counts: the defaults, the environment (``MOTO_NEPTUNEDATA_…``), the mock's
``config={"neptunedata": {...}}``, what was configured for all clusters, for one cluster.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, get_origin

from ..suggestions import check_known
from .cluster_settings import ClusterSettings, check, kinds

#: What the names of environment variables begin with; a setting's name in capitals follows.
PREFIX: Final = "MOTO_NEPTUNEDATA_"

#: The key of ``config`` under which clusters are set one by one.
CLUSTERS: Final = "clusters"

_TRUE: Final = frozenset(("true", "1", "yes", "on"))
_FALSE: Final = frozenset(("false", "0", "no", "off"))


def apply(settings: ClusterSettings, given: Mapping[str, Any]) -> None:
    """Set all that is given, or, when something in it is wrong, nothing. Raises ValueError."""
    for name, value in given.items():
        check(name, value)
    for name, value in given.items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)


def check_settings(given: Any, where: str) -> dict[str, Any]:
    """Settings for all clusters and, under ``clusters``, for single ones by name.

    Raises ValueError that says where the mistake is.
    """
    if not isinstance(given, Mapping):
        raise ValueError(f"{where} must be a mapping of settings, not {given!r}")
    names = {*kinds(), CLUSTERS}
    for name, value in given.items():
        check_known(f"setting in {where}", name, names)
        if name == CLUSTERS:
            if not isinstance(value, Mapping):
                raise ValueError(f"{where}: clusters must map names to settings, not {value!r}")
            for cluster, own in value.items():
                if CLUSTERS in check_settings(own, f"{where}[{CLUSTERS!r}][{cluster!r}]"):
                    raise ValueError(f"{where}: clusters cannot hold clusters")
        else:
            check(name, value)
    return dict(given)


def read_environment(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings in environment variables.

    Yes and no are ``true``, ``1``, ``yes``, ``on`` and ``false``, ``0``, ``no``, ``off``; mappings
    are JSON, lists are JSON or texts between commas. Raises ValueError that names the variable,
    also for one of an unknown setting.
    """
    found = {}
    for variable, text in (os.environ if environ is None else environ).items():
        if variable.startswith(PREFIX):
            try:
                name = check_known("setting", variable.removeprefix(PREFIX).lower(), kinds())
                found[name] = _parse(kinds()[name], text)
                check(name, found[name])
            except ValueError as error:
                raise ValueError(f"Environment variable {variable}: {error}") from None
    return found


def _parse(kind: Any, text: str) -> Any:
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


def merge_settings(cluster: str, *sources: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a cluster out of several sources, of which the last counts."""
    found: dict[str, Any] = {}
    for source in sources:
        found.update({name: value for name, value in source.items() if name != CLUSTERS})
        found.update(source.get(CLUSTERS, {}).get(cluster, {}))
    return found


def get_values(settings: ClusterSettings) -> dict[str, Any]:
    """All settings by name."""
    return {each.name: getattr(settings, each.name) for each in fields(settings)}


def find_changes(settings: ClusterSettings) -> dict[str, Any]:
    """The settings that differ from their defaults."""
    found = {}
    for each in fields(settings):
        made = each.default_factory
        default = each.default if made is MISSING else made()
        if getattr(settings, each.name) != default:
            found[each.name] = getattr(settings, each.name)
    return found
