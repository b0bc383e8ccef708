"""Console scripts: moto's server and moto's proxy, with neptunedata in them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import registration

_NEEDS_SERVER = (
    "moto_neptunedata_server needs what moto's server needs: "
    'pip install "moto-neptunedata[server]"'
)


def main(argv: Sequence[str] | None = None) -> None:
    """``moto_neptunedata_server [-H host] [-p port] …``: the options are those of moto_server."""
    registration.register()
    try:
        import moto.server
    except ImportError as error:
        sys.exit(f"{_NEEDS_SERVER}\n({error})")
    registration.hook_server()
    moto.server.main(list(sys.argv[1:] if argv is None else argv))


def proxy_main(argv: Sequence[str] | None = None) -> None:
    """``moto_neptunedata_proxy [-H host] [-p port] …``: the options are those of moto_proxy."""
    registration.register()
    import moto.proxy

    moto.proxy.main(list(sys.argv[1:] if argv is None else argv))
