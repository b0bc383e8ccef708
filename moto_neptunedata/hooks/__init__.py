"""How this package gets into moto and botocore. Only here is patched what is not ours."""

from __future__ import annotations
