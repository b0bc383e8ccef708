"""What testers need: provoke situations, prepare clusters, look at the calls.

The methods are on the handle (:class:`moto_neptunedata.Neptune`) and on its clusters; the modules
here do one thing each and, know nothing of HTTP
or moto.
"""

from __future__ import annotations
