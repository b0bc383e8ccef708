"""The hosts that are this service's, as moto's ``url_bases``; light enough to import anywhere."""

from __future__ import annotations

from typing import Final

#: The service, as botocore and moto name it.
SERVICE: Final = "neptunedata"

#: Names the host that a request was sent to where moto has to see another (hooks.gateway).
HOST_HEADER: Final = "X-Moto-Neptunedata-Host"

# The region is told apart from the name of a service: a bucket may be called neptune-db.
_REGION: Final = r"[a-z]{2,4}(?:-[a-z]+)+-\d"
# The suffix and port are part of each: moto adds .cn only to a base that ends in amazonaws.com.
_TAIL: Final = r"amazonaws\.com(?:\.cn)?(?::\d+)?"

#: The service's own host, cluster and instance endpoints, and those that moto's ``neptune`` service
#: hands out (``….rds.amazonaws.com``), for which a port is required: without one they are nobody's.
URL_BASES: Final = (
    rf"https?://neptune-db(?:-fips)?\.{_REGION}\.{_TAIL}",
    rf"https?://[^/]+\.neptune\.{_TAIL}",
    rf"https?://[^/]+\.neptune\.{_REGION}\.{_TAIL}",
    r"https?://[^/]+\.rds\.amazonaws\.com(?:\.cn)?:\d+",
)
