"""What the Data API tells about a cluster beside loads and Gremlin and openCypher queries:
statistics, summaries, streams, maintenance, machine learning, and SPARQL.

Each module is one thing. Nothing in this package knows HTTP or moto.
"""
