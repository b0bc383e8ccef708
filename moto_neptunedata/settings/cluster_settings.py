"""What a tester can set about a cluster; the defaults are those of a new Neptune cluster unless
said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from ..suggestions import check_known

#: The engine of a cluster that says nothing else: the first with every operation of the Data API.
DEFAULT_ENGINE_VERSION: Final = "1.5.0.0"

# vCPUs of an instance size; Nxlarge has four times N (AWS instance types).
_VCPUS: Final = {"medium": 2, "large": 2, "xlarge": 4}
_MANY_XLARGE: Final = re.compile(r"(\d+)xlarge")


@dataclass(slots=True)
class ClusterSettings:
    """Settings of one cluster; change them at any time, the next request follows.

    Units and defaults are documented by each field. Where a cluster of the same name was made in
    moto's own ``neptune`` service, that one's engine version and IAM flag count as long as
    ``engine_version`` is None and ``iam_auth`` is False.
    """

    #: ``"1.4.1.0"`` and the like; None for that of moto's ``neptune``, else the default above.
    engine_version: str | None = None
    #: ``"reader"`` makes every endpoint of the cluster one of a read replica.
    role: Literal["writer", "reader"] = "writer"
    #: Cluster parameter ``neptune_streams``; off in a new Neptune cluster, on here.
    streams: bool = True
    #: Cluster parameter ``neptune_streams_expiry_days``, 1 to 90.
    streams_expiry_days: int = 7
    #: ``"live"``: statistics and summaries always show the data as it is, which is our choice;
    #: ``"frozen"``: as it was at the last refresh.
    statistics: Literal["live", "frozen"] = "live"
    #: False answers as an instance where the statistics are switched off.
    statistics_enabled: bool = True
    #: IAM database authentication: requests must be signed with keys that moto's IAM or STS knows,
    #: and be allowed by the policies of whoever they belong to.
    iam_auth: bool = False
    #: True: the roles of a load's ``iamRoleArn`` must exist in moto's IAM and may read the source.
    check_loader_role: bool = False
    #: Cluster parameter ``neptune_query_timeout``, milliseconds.
    query_timeout_ms: int = 120_000
    #: A serverless writer cannot rebuild its indexes.
    serverless: bool = False
    #: Decides over vCPUs, over statistics (none on T3 and T4g) and the lookup cache (R5d).
    instance_class: str = "db.r6g.4xlarge"
    #: Cluster parameter ``neptune_lab_mode``.
    lab_mode: dict[str, str] = field(
        default_factory=lambda: {
            "ObjectIndex": "disabled",
            "ReadWriteConflictDetection": "enabled",
        }
    )
    #: False answers as a cluster without Neptune ML.
    ml_enabled: bool = True
    #: The roles of cluster parameter ``neptune_ml_iam_role``; empty accepts every role.
    ml_iam_roles: tuple[str, ...] = ()
    #: True: only endpoints of clusters that were made in moto's ``neptune`` service can be reached.
    strict: bool = False

    def __setattr__(self, name: str, value: Any) -> None:
        """Raises ValueError for a setting that does not exist or may not have this value."""
        check(name, value)
        object.__setattr__(self, name, value)

    def capture(self) -> Mapping[str, object]:
        """All settings as they are now, by name; what is set later does not change it."""
        return {each.name: deepcopy(getattr(self, each.name)) for each in fields(self)}

    def restore(self, saved: Mapping[str, object]) -> None:
        """Go back to settings that were captured."""
        for name, value in saved.items():
            setattr(self, name, deepcopy(value))

    @property
    def vcpus(self) -> int:
        """The vCPUs of the instance class."""
        size = self.instance_class.rpartition(".")[2]
        many = _MANY_XLARGE.fullmatch(size)
        return 4 * int(many[1]) if many else _VCPUS.get(size, 2)

    @property
    def has_statistics(self) -> bool:
        """Whether the engine computes statistics at all (user guide, neptune-dfe-statistics)."""
        family = self.instance_class.removeprefix("db.").partition(".")[0]
        return self.statistics_enabled and family not in ("t3", "t4g")

    @property
    def has_lookup_cache(self) -> bool:
        """Whether the instance class has one (user guide, feature-overview-lookup-cache)."""
        return self.instance_class.removeprefix("db.").startswith("r5d.")


def version_tuple(version: str) -> tuple[int, ...]:
    """``"1.4.1.0.R1"`` -> ``(1, 4, 1, 0)``, to compare engine versions by."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


# ---------------------------------------------------------------------------- checks

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


def check(name: str, value: Any) -> None:
    """Raises ValueError for a setting that does not exist or may not have this value."""
    kind = kinds()[check_known("setting", name, kinds())]
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if choices:
        if value not in choices:
            raise _make_error(name, value, f"one of {', '.join(map(repr, choices))}")
        return
    if value is None and type(None) in get_args(kind):
        return
    plain = next((part for part in (*get_args(kind), kind) if part in _CHECKS), str)
    if get_origin(kind) in (dict, tuple):
        plain = get_origin(kind)
    is_right, words = _CHECKS[plain]
    if not is_right(value):
        raise _make_error(name, value, words)
    least, most = BOUNDS.get(name, (None, None))
    if least is not None and most is not None and not least <= value <= most:
        raise _make_error(name, value, f"between {least} and {most}")
    if name in _SHAPES and not _SHAPES[name][0](value):
        raise _make_error(name, value, _SHAPES[name][1])


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


@lru_cache(maxsize=1)
def kinds() -> dict[str, Any]:
    """The type of each setting."""
    hints = get_type_hints(ClusterSettings)
    return {each.name: hints[each.name] for each in fields(ClusterSettings)}


def _make_error(name: str, value: Any, words: str) -> ValueError:
    return ValueError(f"Setting {name} must be {words}, not {value!r}")
