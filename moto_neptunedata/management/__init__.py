"""What the Data API reports of a cluster beside loads and Gremlin and openCypher queries:
statistics, summaries, streams, maintenance and machine learning.

Each module is one thing. Nothing in this package knows HTTP or moto.
"""
