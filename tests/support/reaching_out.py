"""Requests that try to have the mock read a file or open a connection.

A program of its own, because an audit hook cannot be taken away. Prints, as JSON, what was tried
and what came of it.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

import boto3
import requests

from moto_neptunedata import Neptune, mock_neptunedata
from tests.support.helpers import ROLE, finish, put, start

WATCHED: Final = frozenset(
    (
        *("open", "os.system", "os.exec", "os.posix_spawn", "os.listdir", "os.scandir"),
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"),
        *("subprocess.Popen", "urllib.Request", "http.client.connect", "ftplib.connect"),
    )
)
#: Where modules and their data come from, and how such files end.
_LIBRARIES: Final = tuple(
    str(Path(path).resolve())
    for path in (*sysconfig.get_paths().values(), Path(__file__).parents[2] / "moto_neptunedata")
)
_CODE: Final = (".py", ".pyc", ".so", ".pyd", ".json", ".json.gz", ".txt", ".pem")

RDF_XML: Final = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [{declarations}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">
<rdf:Description rdf:about="urn:a"><e:p>{text}</e:p></rdf:Description></rdf:RDF>"""


class Watch:
    """Notes what the process does while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on or event not in WATCHED:
            return
        if event in ("open", "os.listdir", "os.scandir") and _is_code(arguments[0]):
            return
        self.seen.append(f"{event} {arguments!r}"[:300])


def _is_code(path: Any) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    found = str(Path(os.fsdecode(path)).resolve())
    return found.startswith(_LIBRARIES) and (found.endswith(_CODE) or Path(found).is_dir())


def documents(file: str, url: str) -> dict[str, tuple[str, str]]:
    """Objects to load, by name: their format and their text."""
    bomb = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    one_quote = bomb.replace('"', "'")
    external = f'<!ENTITY x SYSTEM "{file}">'
    return {
        "entity.rdf": ("rdfxml", RDF_XML.format(declarations=external, text="&x;")),
        "public.rdf": (
            "rdfxml",
            RDF_XML.format(declarations=f'<!ENTITY x PUBLIC "-" "{url}">', text="&x;"),
        ),
        "parameter.rdf": (
            "rdfxml",
            RDF_XML.format(declarations=f'<!ENTITY % x SYSTEM "{url}"> %x;', text=""),
        ),
        "dtd.rdf": (
            "rdfxml",
            RDF_XML.format(declarations="", text="").replace(" [", f' SYSTEM "{file}" ['),
        ),
        "bomb.rdf": ("rdfxml", RDF_XML.format(declarations=bomb, text="&i;&i;")),
        "quotes.rdf": ("rdfxml", RDF_XML.format(declarations=one_quote, text="&i;&i;")),
        "include.rdf": (
            "rdfxml",
            RDF_XML.format(
                declarations="",
                text=f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{file}"/>',
            ),
        ),
        "base.ttl": ("turtle", f"@base <{file}> . @prefix : <{url}> . <> :is <../x> , <{url}> ."),
        "iris.nt": ("ntriples", f"<{file}> <{url}> <{file}> ."),
        "iris.nq": ("nquads", f"<{file}> <{url}> <{file}> <{url}> ."),
        "paths.csv": ("csv", f"~id,~label,p:String\n{file},{url},{file}\n"),
        "paths.ocsv": ("opencypher", f":ID,p:String,:LABEL\n{file},{url},x\n"),
    }


def texts(file: str, url: str, path: str) -> dict[str, list[str]]:
    """Queries by their language."""
    return {
        "opencypher": [
            f"LOAD CSV FROM '{file}' AS row RETURN row",
            f"LOAD CSV WITH HEADERS FROM '{url}' AS row CREATE (n) RETURN row",
            f"CALL apoc.load.json('{url}') YIELD value RETURN value",
            f"CALL dbms.listConfig() YIELD name RETURN name, '{file}'",
            f"CALL neptune.read({{source: '{file}', format: 'csv'}}) YIELD row RETURN row",
            f"CALL neptune.read({{source: 's3://bucket/{path}', format: 'parquet'}}) YIELD row "
            "RETURN row",
        ],
        "gremlin": [
            f"g.io('{path}').read()",
            f"g.io('{path}').write().iterate()",
            f"g.io('{url}').with(IO.reader, IO.graphml).read().iterate()",
            f"g.call('{url}')",
            f"new File('{path}').text",
            f"System.getenv('{path}')",
            f"g.V().map{{ '{path}'.execute() }}",
            f"Runtime.getRuntime().exec('cat {path}')",
        ],
        "query": [
            f"SELECT * FROM <{file}> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"DESCRIBE <{url}>",
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ VALUES ?x {{ <urn:\\u0061#b> }} SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ GRAPH <{file}> {{ ?s ?p ?o }} }}",
            f"BASE <{file}> ASK {{ <> ?p ?o }}",
        ],
        "update": [
            f"LOAD <{file}>",
            f"LOAD SILENT <{url}> INTO GRAPH <urn:g>",
            f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"INSERT {{ ?s ?p ?o }} USING <{file}> WHERE {{ ?s ?p ?o }}",
            f"ADD <{file}> TO <urn:g>",
            f"CREATE GRAPH <{url}>",
        ],
    }


def sources(file: str, url: str, path: str) -> list[str]:
    """What is no source of a load."""
    return [
        *(file, url, path, "s3://../..", f"s3://{path}", f"s3://bucket/../../{path}"),
        *(f"{file}?s3://bucket/", f"https://s3.amazonaws.com.{url[7:]}", "s3://bucket@evil/x"),
        *("http://169.254.169.254/latest/meta-data/", "ftp://localhost/x", "\\\\host\\share"),
        *("https://s3.amazonaws.com@169.254.169.254/bucket/x", "s3:///etc/passwd", "../x"),
    ]


def outcome(call: Any, *arguments: Any, **parameters: Any) -> str:
    """What a call answers, or how it is refused; all but boto3's own errors go through."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return json.dumps(call(*arguments, **parameters), default=_shown)
    except (ClientError, ParamValidationError) as error:
        return f"{type(error).__name__}: {error}"


def _shown(value: Any) -> str:
    return value.read().decode("utf-8", "replace") if hasattr(value, "read") else str(value)


def attempts(neptune: Neptune, client: Any, file: str, url: str, path: str) -> dict[str, str]:
    """Try everything; gives what each attempt came to."""
    told: dict[str, str] = {}
    for source in sources(file, url, path):
        told[f"load {source}"] = outcome(start, client, source)
    for name, (format, text) in documents(file, url).items():
        put(bucket="documents")
        boto3.client("s3").put_object(Bucket="documents", Key=name, Body=text.encode())
        options = {"parserConfiguration": {"baseUri": url, "namedGraphUri": file}}
        load_id = start(client, f"s3://documents/{name}", format=format, **options)
        told[f"load {name}"] = json.dumps(finish(client, load_id, details=True, errors=True))
    queries = texts(file, url, path)
    for text in queries["opencypher"]:
        told[text] = outcome(client.execute_open_cypher_query, openCypherQuery=text)
        explain = client.execute_open_cypher_explain_query
        told[f"explain {text}"] = outcome(explain, openCypherQuery=text, explainMode="details")
    for text in queries["gremlin"]:
        for call in (
            client.execute_gremlin_query,
            client.execute_gremlin_profile_query,
            client.execute_gremlin_explain_query,
        ):
            told[f"{call.__name__} {text}"] = outcome(call, gremlinQuery=text)
    sparql = "https://neptune-db.us-east-1.amazonaws.com/sparql"
    for kind in ("query", "update"):
        for text in queries[kind]:
            told[text] = requests.post(sparql, {kind: text}).text
    graph = {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": file, "named-graph-uri": url}
    told["graph parameters"] = requests.get(sparql, graph).text
    for location in (file, url, path, f"s3://documents/{path}"):
        told[f"ml {location}"] = outcome(
            client.start_ml_data_processing_job,
            inputDataS3Location=location,
            processedDataS3Location=location,
            configFileName=path,
            neptuneIamRoleArn=ROLE,
            s3OutputEncryptionKMSKey=url,
        )
    api = "http://motoapi.amazonaws.com/moto-api/neptunedata"
    for source in (path, file, url):
        for format in ("csv", "turtle", "rdfxml"):
            body = {"source": source, "format": format, "base_uri": url}
            told[f"data {source} {format}"] = requests.post(f"{api}/data", json=body).text
    told["snapshot"] = requests.post(f"{api}/snapshots", json={"name": path}).text
    told["restore"] = requests.post(f"{api}/snapshots/restore", json={"name": file}).text
    told["everything"] = requests.get(sparql, {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }"}).text
    told["graph"] = json.dumps(
        [vertex.properties for vertex in neptune.graph.vertices()], default=str
    )
    return told


def main(path: str, url: str) -> None:
    """Try to have the file at ``path`` and what is at ``url`` read."""
    watch = Watch()
    file = Path(path).as_uri()
    with mock_neptunedata() as neptune:
        client: Any = boto3.client("neptunedata")
        boto3.client("s3").create_bucket(Bucket="bucket")
        watch.is_on = True
        told = attempts(neptune, client, file, url, path)
        watch.is_on = False
        Path(path).read_bytes()
        unwatched = len(watch.seen)
        watch.is_on = True  # does it hear at all?
        Path(path).read_bytes()
        watch.is_on = False
    heard = watch.seen[unwatched:]
    print(json.dumps({"told": told, "seen": watch.seen[:unwatched], "heard": heard}))


if __name__ == "__main__":
    main(*sys.argv[1:])
