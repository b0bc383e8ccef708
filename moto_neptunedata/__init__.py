"""Mock the Amazon Neptune Data API (``boto3.client("neptunedata")``) on top of moto.

Importing this package is light: neither moto nor an engine is imported before it is needed.
"""

from __future__ import annotations

from ._version import __version__
from .decorator import MockNeptuneData, mock_neptunedata
from .errors import NeptuneError
from .handle import Neptune
from .hooks import registration
from .hooks.registration import UnsupportedMotoError

registration.install()

__all__ = (
    "MockNeptuneData",
    "Neptune",
    "NeptuneError",
    "UnsupportedMotoError",
    "__version__",
    "mock_neptunedata",
)
