"""Id spaces of openCypher files: ``:ID(person)`` 1 and ``:ID(film)`` 1 are two nodes.

How Neptune names a node of an id space is not documented. Here the bare id is the node's id while
it is free; a second node with the same bare id is called ``<space>-<id>``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class SavedIds(NamedTuple):
    """What :meth:`IdSpaces.capture` keeps."""

    spaces: Mapping[str, Mapping[str, str]]
    owners: Mapping[str, str]


class IdSpaces:
    """Which node of the graph an id in a space means.

    Keep one beside a graph for as long as its data lives, and give it to every feed: then
    relationship files may come in a later load than the nodes they join. Without it (a fresh
    object) an id still finds the node of that bare id, whatever its space. Empty it
    (:meth:`clear`) together with the graph.

    Ids that were never entered under a space, those of other formats and of queries among them,
    count as every space's own. The space "" is that of headers without one.
    """

    def __init__(self) -> None:
        # space -> id in it -> id in the graph
        self._spaces: dict[str, dict[str, str]] = {}
        # id in the graph -> space that it was entered under
        self._owners: dict[str, str] = {}

    def clear(self) -> None:
        """Forget all ids."""
        self._spaces.clear()
        self._owners.clear()

    def capture(self) -> SavedIds:
        """A copy of all ids, for :meth:`restore`."""
        spaces = {space: dict(known) for space, known in self._spaces.items()}
        return SavedIds(spaces, dict(self._owners))

    def restore(self, saved: SavedIds, only_undone: bool) -> None:
        """Return to captured ids; ``only_undone``: these here have only grown since."""
        if not only_undone:
            self._spaces = {space: dict(known) for space, known in saved.spaces.items()}
            self._owners = dict(saved.owners)
            return
        for space, known in list(self._spaces.items()):
            _truncate(known, len(saved.spaces.get(space, ())))
            if not known:
                del self._spaces[space]
        _truncate(self._owners, len(saved.owners))

    def find(self, space: str, id: str) -> str | None:
        """The id in the graph that ``id`` in ``space`` means, whether it exists or not.

        None when it belongs to another space only.
        """
        known = self._spaces.get(space, {}).get(id)
        if known is not None:
            return known
        return id if self._owners.get(id, space) == space else None

    def find_all(self, space: str, ids: Sequence[str]) -> Sequence[str]:
        """As :meth:`find`, for many. Raises ``ValueError`` where that needs a closer look."""
        if not space:
            if not self._owners.keys().isdisjoint(ids):
                raise ValueError
            return ids
        known = self._spaces.get(space, {})
        try:
            return list(map(known.__getitem__, ids))
        except KeyError:
            raise ValueError from None

    def enter(self, space: str, id: str, taken: Collection[str]) -> str:
        """The id in the graph for a node ``id`` of ``space``; ``taken`` are the graph's ids."""
        known = self._spaces.get(space, {}).get(id)
        if known is not None:
            return known
        own = id
        if space:
            while own in taken or own in self._owners:
                own = f"{space}-{own}"
        else:
            while own in self._owners:
                own = f"-{own}"
            if own == id:
                return id
        self._spaces.setdefault(space, {})[id] = own
        self._owners[own] = space
        return own

    def check_new(self, space: str, ids: Sequence[str]) -> None:
        """Raises ``ValueError`` unless each of these new ids may be the graph's as it is."""
        if not self._owners.keys().isdisjoint(ids):
            raise ValueError
        if not self._spaces.get(space, {}).keys().isdisjoint(ids):
            raise ValueError

    def enter_new(self, space: str, ids: Sequence[str]) -> None:
        """Enter ids that :meth:`check_new` let through and that the graph has taken."""
        if space:
            self._spaces.setdefault(space, {}).update(zip(ids, ids))
            self._owners.update(dict.fromkeys(ids, space))


def _truncate(known: dict[str, str], size: int) -> None:
    """Ids are only ever added, so what came last stands at the end."""
    while len(known) > size:
        known.popitem()
