"""SPARQL on an RDF dataset: queries, updates, and the formats of their results."""

from __future__ import annotations
