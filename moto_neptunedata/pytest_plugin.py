"""pytest plug-in: makes plain ``moto.mock_aws`` mock neptunedata, with no import in the tests.

Nothing is imported of moto until a test does.
"""

from __future__ import annotations

from . import registration

registration.install()
