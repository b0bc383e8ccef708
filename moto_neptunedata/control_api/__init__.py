"""Look at what is in the mock: a page of the server, pages of one graph, tables in notebooks.

Nothing here changes what it looks at, and nothing here is imported before somebody looks.
"""

from __future__ import annotations
