"""The IAM actions of the operations (``neptune-db:…``), as the documentation in botocore's model
names them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from . import wire

# The text of a link; two of them have the prefix twice. The condition key QueryLanguage goes on
# with a colon.
_ACTION: Final = re.compile(r">(?:neptune-db:)+([A-Z][A-Za-z]+)</a>")

# The model says nothing of this one; its property graph twin and the user guide do.
_UNDOCUMENTED: Final = {"GetSparqlStatistics": ("GetStatisticsStatus",)}


@lru_cache(maxsize=1)
def iam_actions() -> dict[str, tuple[str, ...]]:
    """The actions of each operation by its name: one, or those of which a query needs one or more,
    depending on what it does. An operation of which nothing is known has its own name.
    """
    model = wire.service_model()
    return {
        name: tuple(_ACTION.findall(model.operation_model(name).documentation))
        or _UNDOCUMENTED.get(name, (name,))
        for name in wire.operations()
    }
