"""IAM: who may send what to which cluster, and as whom a load reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import moto
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from freezegun import freeze_time
from moto.core import set_initial_no_auth_action_count
from moto.core.utils import utcnow

from moto_neptunedata import Neptune, mock_neptunedata
from moto_neptunedata.neptunedata.iam import TEXTS
from moto_neptunedata.neptunedata.iam_actions import (
    of_engine,
    query_languages,
    required_actions,
    sparql_actions,
)
from moto_neptunedata.neptunedata.iam_conditions import OPERATORS, Unevaluated, holds
from moto_neptunedata.neptunedata.iam_policies import decide, decide_trust
from tests.support.helpers import VERTICES, finish, moto_server, put, start
from tests.support.places import ENDPOINT, READER, message, refused
from tests.support.signers import (
    ALLOW_ALL,
    Keys,
    allow,
    assumed,
    client_of,
    deny,
    document,
    role,
    send,
    signature,
    user,
)

SPARQL = "https://neptune-db.us-east-1.amazonaws.com/sparql"
GREMLIN_ONLY = {"StringEquals": {"neptune-db:QueryLanguage": "Gremlin"}}
READ, WRITE, DELETE = "ReadDataViaQuery", "WriteDataViaQuery", "DeleteDataViaQuery"


@pytest.fixture(params=["the cluster", "moto"])
def enforced(request: Any, neptune: Neptune) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Runs something while IAM is enforced: by the cluster, or by moto for everything."""
    if request.param == "moto":
        yield lambda call: set_initial_no_auth_action_count(0)(call)()
    else:
        neptune.configure(iam_auth=True)
        yield lambda call: call()


# ---------------------------------------------------------------------------- what a query needs

CYPHER = "ExecuteOpenCypherQuery", "openCypherQuery"
GREMLIN = "ExecuteGremlinQuery", "gremlinQuery"

QUERY_ACTIONS = [
    (CYPHER, "MATCH (n) RETURN n", {READ}),
    (CYPHER, "RETURN 1", {READ}),
    (CYPHER, "MATCH (n:P) SET n.dept = 'x'", {READ, WRITE, DELETE}),
    (CYPHER, "MATCH (n:P) SET n:Q", {READ, WRITE, DELETE}),
    (CYPHER, "MATCH (n:P) SET n += {a: 1}", {READ, WRITE, DELETE}),
    (CYPHER, "MATCH (n:P) DETACH DELETE n", {READ, DELETE}),
    (CYPHER, "MATCH (n:P) REMOVE n.a", {READ, DELETE}),
    (CYPHER, "MATCH (n:P) REMOVE n:P", {READ, DELETE}),
    (CYPHER, "MERGE (n:P {a: 1})-[:knows]->(:P {a: 2}) RETURN n", {READ, WRITE}),
    (CYPHER, "MERGE (n:P) ON MATCH SET n.a = 1", {READ, WRITE, DELETE}),
    (CYPHER, "CREATE (:P)", {READ, WRITE}),
    (CYPHER, "MATCH (n:P) DELETE n CREATE (:Q)", {READ, WRITE, DELETE}),
    (CYPHER, "MATCH (", {READ}),
    (GREMLIN, "g.V().count()", {READ}),
    (GREMLIN, "g.inject(1)", {READ}),
    (GREMLIN, "g.addV()", {READ, WRITE}),
    (GREMLIN, "g.V('1').as('a').out('b').addE('c').to('a')", {READ, WRITE}),
    (GREMLIN, "g.V().drop()", {READ, DELETE}),
    (GREMLIN, "g.V('1').property(single, 'k', 'v')", {READ, WRITE, DELETE}),
    (GREMLIN, "g.addV().property('k', 'v')", {READ, WRITE, DELETE}),
    (GREMLIN, "g.mergeV([(T.id): '1'])", {READ, WRITE}),
    (GREMLIN, "g.mergeV([(T.id): '1']).option(onCreate, [a: 1])", {READ, WRITE}),
    (GREMLIN, "g.mergeV([(T.id): '1']).option(onMatch, [a: 1])", {READ, WRITE, DELETE}),
    (GREMLIN, "g.V().choose(out(), addV(), drop())", {READ, WRITE, DELETE}),
    (GREMLIN, "g.V(", {READ}),
]


@pytest.mark.parametrize(("what", "text", "needed"), QUERY_ACTIONS)
def test_what_a_query_needs(what: tuple[str, str], text: str, needed: set[str]) -> None:
    operation, member = what
    assert set(required_actions(operation, {member: text})) == needed


@pytest.mark.parametrize(
    ("update", "needed"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 }", {WRITE}),
        ("DELETE DATA { <urn:a> <urn:b> 1 }", {DELETE}),
        ("DELETE WHERE { ?s ?p ?o }", {READ, DELETE}),
        ("INSERT { ?s <urn:b> 1 } WHERE { ?s ?p ?o }", {READ, WRITE}),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {READ, DELETE}),
        (
            "PREFIX : <urn:> WITH :g DELETE { ?s ?p ?o } INSERT { ?s :b 1 } WHERE { ?s ?p ?o }",
            {READ, WRITE, DELETE},
        ),
        ("CREATE GRAPH <urn:g>", {WRITE}),
        ("CLEAR ALL", {DELETE}),
        ("DROP GRAPH <urn:g>", {DELETE}),
        ("LOAD <urn:x>", {WRITE}),
        ("ADD <urn:a> TO <urn:b>", {READ, WRITE}),
        ("COPY <urn:a> TO <urn:b>", {READ, WRITE, DELETE}),
        ("MOVE <urn:a> TO <urn:b>", {READ, WRITE, DELETE}),
        ("INSERT DATA { <urn:a> <urn:b> 1 } ; CLEAR DEFAULT", {WRITE, DELETE}),
        ("", {WRITE}),
        ("INSERT", {WRITE}),
        ("DELETE WHERE", {WRITE}),
        ("nonsense", {WRITE}),
    ],
)
def test_what_an_update_needs(update: str, needed: set[str]) -> None:
    assert set(sparql_actions(WRITE, update)) == needed


def test_languages() -> None:
    assert query_languages("CancelGremlinQuery") == ("Gremlin",)
    assert query_languages("ListOpenCypherQueries") == ("OpenCypher",)
    assert query_languages("GetPropertygraphStream") == ("Gremlin", "OpenCypher")
    assert query_languages("StartLoaderJob") == ()


def test_what_old_engines_need() -> None:
    assert of_engine("1.1.1.0.R7", (READ, WRITE)) == ("connect",)
    assert of_engine("1.2.0.0", (READ, WRITE)) == (READ, WRITE)


# ---------------------------------------------------------------------------- policies

RESOURCE = "arn:aws:neptune-db:us-east-1:123456789012:cluster-AB/*"
FACTS = {
    "neptune-db:querylanguage": ("Gremlin",),
    "aws:currenttime": ("2026-11-24T12:00:00+00:00",),
    "aws:epochtime": ("1795521600",),
    "aws:principalarn": ("arn:aws:iam::123456789012:user/team/ann",),
    "aws:username": ("ann",),
    "aws:securetransport": ("true",),
    "aws:principaltag/team": ("red",),
    "aws:several": ("a", "b"),
    "aws:tagkeys": (),
}

DECISIONS: list[tuple[list[dict[str, Any]], str]] = [
    ([], "none"),
    ([allow(READ)], "allow"),
    ([allow("neptune-db:Read*")], "allow"),
    ([allow("NEPTUNE-DB:readdataviaquery")], "allow"),
    ([allow("neptune-db:ReadDataViaQuer?")], "allow"),
    ([allow("*:*"), deny("neptune-db:Read*")], "deny"),
    ([deny(READ), allow(READ)], "deny"),
    ([deny(WRITE), allow(READ)], "allow"),
    ([allow(WRITE)], "none"),
    ([{"Effect": "Allow", "NotAction": "neptune-db:Write*", "Resource": "*"}], "allow"),
    ([{"Effect": "Allow", "NotAction": ["neptune-db:Read*"], "Resource": "*"}], "none"),
    ([allow(READ, Resource=RESOURCE)], "allow"),
    ([allow(READ, Resource=RESOURCE.lower())], "none"),
    ([allow(READ, Resource=["arn:aws:s3:::x", "arn:aws:neptune-db:*:*:cluster-A?/*"])], "allow"),
    ([allow(READ, Resource="arn:aws:neptune-db:us-east-1:123456789012:cluster-XY/*")], "none"),
    ([allow(READ, Resource="arn:aws:neptune-db:us.east.1:123456789012:cluster-AB/*")], "none"),
    ([allow(READ, Resource="arn:aws:neptune-db:us-east-1:123456789012:cluster-[A]B/*")], "none"),
    ([{"Effect": "Allow", "Action": "*", "NotResource": "*:cluster-XY/*"}], "allow"),
    ([{"Effect": "Deny", "Action": "*", "NotResource": RESOURCE}, allow(READ)], "allow"),
    ([allow(READ, Condition=GREMLIN_ONLY)], "allow"),
    ([allow(READ, Condition={"StringEquals": {"neptune-db:QueryLanguage": "Sparql"}})], "none"),
    ([deny(READ, Condition=GREMLIN_ONLY), allow(READ)], "deny"),
]


@pytest.mark.parametrize(("statements", "effect"), DECISIONS)
def test_decisions(statements: list[dict[str, Any]], effect: str) -> None:
    decided = decide([json.loads(document(*statements))], f"neptune-db:{READ}", RESOURCE, FACTS)
    assert decided == (effect, "")
    apart = [{"Statement": each} for each in statements]
    assert decide(apart, f"neptune-db:{READ}", RESOURCE, FACTS) == (effect, "")


LANGUAGE = "neptune-db:QueryLanguage"
CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({"StringEquals": {LANGUAGE: ["Sparql", "Gremlin"]}}, True),
    ({"StringEquals": {LANGUAGE.lower(): "gremlin"}}, False),
    ({"StringNotEquals": {LANGUAGE: "Gremlin"}}, False),
    ({"StringNotEquals": {LANGUAGE: ["Sparql", "OpenCypher"]}}, True),
    ({"StringEqualsIgnoreCase": {LANGUAGE: "gremlin"}}, True),
    ({"StringNotEqualsIgnoreCase": {LANGUAGE: "gremlin"}}, False),
    ({"StringLike": {LANGUAGE: "G*n"}}, True),
    ({"StringNotLike": {LANGUAGE: "G*n"}}, False),
    ({"ForAnyValue:StringEquals": {LANGUAGE: ["Gremlin"]}}, True),
    ({"ForAllValues:StringEquals": {LANGUAGE: ["Gremlin", "Sparql"]}}, True),
    ({"ForAnyValue:StringEquals": {"aws:several": ["b"]}}, True),
    ({"ForAllValues:StringEquals": {"aws:several": ["b"]}}, False),
    ({"ForAnyValue:StringNotEquals": {"aws:several": ["b"]}}, True),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b"]}}, False),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["b"]}}, True),
    ({"StringEquals": {"aws:TagKeys": "b"}}, False),
    ({"StringNotEquals": {"aws:TagKeys": "b"}}, True),
    ({"StringEqualsIfExists": {"aws:TagKeys": "b"}}, True),
    ({"StringEqualsIfExists": {LANGUAGE: "Sparql"}}, False),
    ({"Null": {"aws:TagKeys": "true"}}, True),
    ({"Null": {"aws:TagKeys": False, LANGUAGE: False}}, False),
    ({"Null": {LANGUAGE: False}}, True),
    ({"StringEquals": {"aws:PrincipalTag/Team": "red"}}, True),
    ({"StringEquals": {"aws:PrincipalTag/other": "red"}}, False),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}}, True),
    ({"ArnEquals": {"aws:PrincipalArn": "arn:*:user/team/*"}}, False),
    ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
    ({"Bool": {"aws:SecureTransport": True}}, True),
    ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"NumericLessThan": {"aws:EpochTime": "1795521601"}}, True),
    ({"NumericGreaterThanEquals": {"aws:EpochTime": 1795521601}}, False),
    ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-24T11:59:59Z"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2026-11-24"}}, False),
    ({"DateLessThanEquals": {"aws:EpochTime": "2026-11-24T12:00:00+00:00"}}, True),
    ({"DateNotEquals": {"aws:CurrentTime": "1795521600"}}, False),
    ({"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}"}}, True),
    ({"StringEquals": {LANGUAGE: "Gremlin", "aws:username": "bob"}}, False),
    ({"StringEquals": {"aws:SourceIp": "x", LANGUAGE: "Sparql"}}, False),
]


@pytest.mark.parametrize(("condition", "is_so"), CONDITIONS)
def test_conditions(condition: dict[str, Any], is_so: bool) -> None:
    assert holds(condition, FACTS) is is_so


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_and_their_opposites(name: str) -> None:
    key = "aws:epochtime" if name.startswith(("Numeric", "Date")) else "aws:principalarn"
    told = holds({name: {key: FACTS[key][0]}}, FACTS)
    assert told is not ("Not" in name or name.endswith("Than"))


UNEVALUATED: list[tuple[dict[str, Any], str]] = [
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "the condition key aws:SourceIp"),
    ({"StringEquals": {"aws:SourceIp": "10.0.0.0/8"}}, "the condition key aws:SourceIp"),
    ({"Null": {"aws:sourcevpce": "true"}}, "the condition key aws:sourcevpce"),
    ({"BinaryEquals": {LANGUAGE: "x"}}, "the condition operator BinaryEquals"),
    ({"ForSome:StringEquals": {LANGUAGE: "x"}}, "the condition operator ForSome:StringEquals"),
    ({"DateEquals": {"aws:CurrentTime": "soon"}}, "the date 'soon'"),
    ({"NumericEquals": {"aws:EpochTime": "many"}}, "the number 'many'"),
    ({"StringEquals": {LANGUAGE: "${aws:nobody}"}}, "the condition key aws:nobody"),
    ({"StringEquals": {LANGUAGE: "${aws:TagKeys}"}}, "the policy variable ${aws:TagKeys}"),
]


@pytest.mark.parametrize(("condition", "what"), UNEVALUATED)
def test_what_is_not_evaluated_is_no_and_named(condition: dict[str, Any], what: str) -> None:
    with pytest.raises(Unevaluated) as caught:
        holds(condition, FACTS)
    assert str(caught.value) == what

    def decided(*statements: dict[str, Any]) -> tuple[str, str]:
        return decide([{"Statement": list(statements)}], f"neptune-db:{READ}", RESOURCE, FACTS)

    unsure = {"Condition": condition}
    assert decided(allow(READ, **unsure)) == ("none", what)
    assert decided(allow(READ, **unsure), allow(READ)) == ("allow", "")
    assert decided(allow(READ), allow(READ, **unsure)) == ("allow", "")
    assert decided(allow(READ), deny(READ, **unsure)) == ("deny", what)
    assert decided(allow(READ), deny(WRITE, **unsure)) == ("allow", "")


@pytest.mark.parametrize(
    ("principal", "effect"),
    [
        ("*", "allow"),
        ({"AWS": "*"}, "allow"),
        ({"AWS": "123456789012"}, "allow"),
        ({"AWS": ["x", "arn:aws:iam::123456789012:root"]}, "allow"),
        ({"AWS": "arn:aws:iam::123456789012:role/r"}, "allow"),
        ({"AWS": "arn:aws:iam::123456789012:role/s"}, "none"),
        ({"AWS": "arn:aws:iam::111111111111:root"}, "none"),
        ({"Service": "*"}, "none"),
        (None, "none"),
    ],
)
def test_trust(principal: Any, effect: str) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    by = {"AWS": "arn:aws:iam::123456789012:role/r"}
    assert decide_trust({"Statement": statement}, "sts:AssumeRole", by, {}).effect == effect


# ---------------------------------------------------------------------------- through boto3

OPERATIONS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("list_loader_jobs", {}, ("ListLoaderJobs",)),
    ("list_loader_jobs", {"limit": 5}, ("ListLoaderJobs",)),
    ("get_engine_status", {}, ("GetEngineStatus",)),
    ("list_gremlin_queries", {}, ("GetQueryStatus",)),
    ("list_open_cypher_queries", {}, ("GetQueryStatus",)),
    ("get_propertygraph_statistics", {}, ("GetStatisticsStatus",)),
    ("get_sparql_statistics", {}, ("GetStatisticsStatus",)),
    ("list_ml_endpoints", {}, ("ListMLEndpoints",)),
    ("execute_open_cypher_query", {"openCypherQuery": "MATCH (n) RETURN n"}, (READ,)),
    ("execute_open_cypher_query", {"openCypherQuery": "CREATE (:a {b: 'ü &'})"}, (READ, WRITE)),
    (
        "execute_open_cypher_query",
        {"openCypherQuery": "MATCH (n) SET n.a = 1"},
        (READ, WRITE, DELETE),
    ),
    ("execute_open_cypher_query", {"openCypherQuery": "MATCH (n) DELETE n"}, (READ, DELETE)),
    ("execute_gremlin_query", {"gremlinQuery": "g.V()"}, (READ,)),
    ("execute_gremlin_query", {"gremlinQuery": "g.addV('a')"}, (READ, WRITE)),
    ("execute_gremlin_query", {"gremlinQuery": "g.V().drop()"}, (READ, DELETE)),
    ("execute_gremlin_profile_query", {"gremlinQuery": "g.addV('a')"}, (READ, WRITE)),
    ("execute_gremlin_explain_query", {"gremlinQuery": "g.addV('a')"}, (READ, WRITE)),
    (
        "execute_open_cypher_explain_query",
        {"openCypherQuery": "MATCH (n) RETURN n", "explainMode": "static"},
        (READ,),
    ),
]


@pytest.mark.parametrize(("method", "params", "actions"), OPERATIONS)
def test_operations_need_all_of_their_actions(
    enforced: Any, method: str, params: dict[str, Any], actions: tuple[str, ...]
) -> None:
    others = deny("neptune-db:StartLoaderJob"), allow("neptune-db:StartLoaderJob", "s3:*")
    allowed = user(allow(*actions), *others)
    lacking = {
        action: user(allow("neptune-db:*"), deny(action), *others, name=action)
        for action in actions
    }
    nobody = user(*others, name="nobody")

    def calls() -> None:
        assert getattr(client_of(allowed), method)(**params)
        for action, keys in lacking.items():
            text = message(getattr(client_of(keys), method), "AccessDeniedException", **params)
            assert text == (
                f"User: arn:aws:iam::123456789012:user/{action} is not authorized to perform: "
                f"neptune-db:{action} on resource: "
                "arn:aws:neptune-db:us-east-1:123456789012:default/*"
            )
        told = refused(getattr(client_of(nobody), method), "AccessDeniedException", **params)
        assert told["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert actions[0] in told["Error"]["Message"]

    enforced(calls)


def test_a_load_needs_its_actions(enforced: Any, s3: Any) -> None:
    put(v_csv=VERTICES)
    keys = user(allow("neptune-db:StartLoaderJob", "neptune-db:GetLoaderJobStatus"))

    def load() -> None:
        client = client_of(keys, ENDPOINT)
        load_id = start(client)
        assert finish(client, load_id)["overallStatus"]["status"] == "LOAD_COMPLETED"
        refused(client.cancel_loader_job, "AccessDeniedException", loadId="a/b c")

    enforced(load)


def test_groups_managed_policies_and_denies(enforced: Any) -> None:
    keys = user()
    iam = boto3.client("iam")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    client = client_of(keys)

    def cannot(word: str) -> None:
        assert word in message(client.list_loader_jobs, "AccessDeniedException")

    enforced(lambda: cannot("neptune-db:ListLoaderJobs"))
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=document(ALLOW_ALL))
    enforced(client.list_loader_jobs)
    arn = iam.create_policy(PolicyName="no", PolicyDocument=document(deny("neptune-db:List*")))[
        "Policy"
    ]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    enforced(lambda: cannot("user/ann is not"))
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document(deny("s3:*")), SetAsDefault=True
    )
    enforced(client.list_loader_jobs)


def test_languages_are_conditions(enforced: Any) -> None:
    gremlin = client_of(user(allow("neptune-db:*", Condition=GREMLIN_ONLY)))
    no_sparql = user(
        ALLOW_ALL,
        deny("*", Condition={"StringLike": {"neptune-db:QueryLanguage": ["Sparql"]}}),
        name="bob",
    )

    def calls() -> None:
        gremlin.execute_gremlin_query(gremlinQuery="g.addV('a')")
        gremlin.list_gremlin_queries()
        with pytest.raises(gremlin.exceptions.InvalidParameterException):
            gremlin.cancel_gremlin_query(queryId="none")  # allowed, and there is none
        query = "MATCH (n) RETURN n"
        refused(gremlin.execute_open_cypher_query, "AccessDeniedException", openCypherQuery=query)
        refused(gremlin.list_open_cypher_queries, "AccessDeniedException")
        refused(gremlin.list_loader_jobs, "AccessDeniedException")
        client_of(no_sparql).execute_open_cypher_query(openCypherQuery=query)
        client_of(no_sparql).list_loader_jobs()
        asked = send(no_sparql, "GET", f"{SPARQL}?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D")
        assert asked.status_code == 403
        assert asked.json()["code"] == "AccessDeniedException"

    enforced(calls)


def test_what_is_not_evaluated_is_told(enforced: Any) -> None:
    office = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    client = client_of(user(allow("neptune-db:*", Condition=office)))

    def call() -> None:
        assert message(client.get_engine_status, "AccessDeniedException").endswith(
            "(the condition key aws:SourceIp in a policy is not evaluated by this mock)"
        )

    enforced(call)


PRINCIPAL_CONDITIONS = [
    ({"StringEquals": {"aws:username": "ann"}}, True, False),
    ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, False, True),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/reader"}}, False, True),
    ({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}, True, True),
    ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, True, True),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False, False),
    ({"StringLike": {"aws:UserAgent": "*otocore*"}}, True, True),
    ({"StringLike": {"aws:userid": "*:me"}}, False, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2000-01-01T00:00:00Z"}}, True, True),
    ({"NumericLessThan": {"aws:EpochTime": "1000"}}, False, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, False, False),
    ({"Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}}, True, True),
]


@pytest.mark.parametrize(("condition", "for_user", "for_role"), PRINCIPAL_CONDITIONS)
def test_conditions_on_principals(
    neptune: Neptune, condition: dict[str, Any], for_user: bool, for_role: bool
) -> None:
    statement = allow("neptune-db:*", Condition=condition)
    tags = [{"Key": "team", "Value": "red"}]
    keys = user(statement)
    boto3.client("iam").tag_user(UserName="ann", Tags=tags)
    session = assumed(role(statement, Tags=tags))
    neptune.configure(iam_auth=True)
    for may, signer in ((for_user, keys), (for_role, session)):
        call = client_of(signer).get_engine_status
        if may:
            call()
        else:
            refused(call, "AccessDeniedException")


# ---------------------------------------------------------------------------- roles


def test_assumed_roles(enforced: Any) -> None:
    arn = role(allow("neptune-db:Get*", "neptune-db:List*"))
    client = client_of(assumed(arn))

    def calls() -> None:
        client.list_loader_jobs()
        text = message(client.cancel_loader_job, "AccessDeniedException", loadId="x")
        assert text.startswith(
            "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized"
        )

    enforced(calls)


def test_a_role_that_does_not_exist_may_nothing(enforced: Any) -> None:
    client = client_of(assumed("arn:aws:iam::111111111111:role/other"))

    def call() -> None:
        assert "assumed-role/other/me" in message(client.get_engine_status, "AccessDeniedException")

    enforced(call)


def test_the_policy_of_a_session_and_a_boundary_are_limits(enforced: Any) -> None:
    arn = role(ALLOW_ALL)
    narrow = client_of(assumed(arn, Policy=document(allow("neptune-db:List*"))))
    iam = boto3.client("iam")
    boundary = iam.create_policy(
        PolicyName="b", PolicyDocument=document(allow("neptune-db:GetEngineStatus"))
    )["Policy"]["Arn"]
    bounded = client_of(assumed(role(ALLOW_ALL, name="bound", PermissionsBoundary=boundary)))

    def calls() -> None:
        narrow.list_loader_jobs()
        refused(narrow.get_engine_status, "AccessDeniedException")
        bounded.get_engine_status()
        refused(bounded.list_loader_jobs, "AccessDeniedException")

    enforced(calls)


def test_sessions_end(neptune: Neptune) -> None:
    arn = role(ALLOW_ALL)
    neptune.configure(iam_auth=True)
    client = client_of(assumed(arn, DurationSeconds=900))
    client.get_engine_status()
    with freeze_time(utcnow() + timedelta(hours=1)):
        assert message(client.get_engine_status, "AccessDeniedException") == TEXTS["expired"]


def test_a_session_that_sts_has_forgotten(neptune: Neptune) -> None:
    from moto.sts.models import sts_backends

    client = client_of(assumed(role(ALLOW_ALL)))
    neptune.configure(iam_auth=True)
    sts_backends["123456789012"]["aws"].assumed_roles.clear()
    assert message(client.get_engine_status, "AccessDeniedException") == TEXTS["token"]


def test_a_boundary_that_is_gone_allows_nothing(neptune: Neptune) -> None:
    arn = "arn:aws:iam::123456789012:policy/gone"
    client = client_of(assumed(role(ALLOW_ALL, PermissionsBoundary=arn)))
    neptune.configure(iam_auth=True)
    refused(client.get_engine_status, "AccessDeniedException")


# ---------------------------------------------------------------------------- signatures


def test_wrong_keys(enforced: Any, neptune: Neptune) -> None:
    keys = user(ALLOW_ALL)
    session = assumed(role(ALLOW_ALL))
    iam = boto3.client("iam")
    gone = user(ALLOW_ALL, name="gone")
    iam.delete_access_key(UserName="gone", AccessKeyId=gone["aws_access_key_id"])
    idle = user(ALLOW_ALL, name="idle")
    iam.update_access_key(UserName="idle", AccessKeyId=idle["aws_access_key_id"], Status="Inactive")
    wrong: list[tuple[Keys, str]] = [
        ({**keys, "aws_secret_access_key": "wrong"}, "signature"),
        ({**session, "aws_secret_access_key": "wrong"}, "signature"),
        ({}, "token"),  # those of the environment, which no IAM has made
        ({**keys, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, "token"),
        ({**keys, "aws_session_token": "x"}, "token"),
        ({**session, "aws_session_token": "x"}, "token"),
        ({**session, "aws_session_token": ""}, "token"),
        (gone, "token"),
        (idle, "token"),
    ]

    def calls() -> None:
        for signer, text in wrong:
            found = message(client_of(signer).get_engine_status, "AccessDeniedException")
            assert found == TEXTS[text], signer

    enforced(calls)
    assert neptune.clusters() == [], "a refused request leaves no trace"
    assert neptune.calls.last.outcome == "AccessDeniedException"
    assert neptune.calls.last.operation == "GetEngineStatus"
    assert neptune.calls.last.status == 403


def test_without_a_signature(enforced: Any, neptune: Neptune) -> None:
    unsigned = boto3.client("neptunedata", config=Config(signature_version=UNSIGNED))

    def calls() -> None:
        assert message(unsigned.get_engine_status, "AccessDeniedException") == TEXTS["unsigned"]
        for path in ("loader", "status", "sparql/status", "gremlin?gremlin=g.V()"):
            answer = requests.get(f"https://neptune-db.us-east-1.amazonaws.com/{path}")
            assert answer.status_code == 403
            assert answer.json()["code"] == "AccessDeniedException"
            assert answer.json()["detailedMessage"] == "Missing Authentication Token"

    enforced(calls)
    assert neptune.clusters() == []


def test_wrong_signatures(neptune: Neptune) -> None:
    keys = user(ALLOW_ALL)
    neptune.configure(iam_auth=True)
    url = f"{ENDPOINT}/status"
    right = signature(keys, "GET", url)

    def told(url: str = url, **changed: str | None) -> str:
        headers = {**right, **{name.replace("_", "-"): text for name, text in changed.items()}}
        present = {name: text for name, text in headers.items() if text is not None}
        answer = requests.get(url, headers=present)
        assert answer.status_code == (200 if answer.json().get("status") else 403)
        return str(answer.json().get("detailedMessage", ""))

    authorization = right["Authorization"]
    assert told() == ""
    assert told(url + "?a=b") == TEXTS["signature"]
    assert told(f"{ENDPOINT}/loader") == TEXTS["signature"]
    assert told(Authorization=authorization[:-1]) == TEXTS["signature"]
    assert told(Authorization=None) == TEXTS["unsigned"]
    assert told(Authorization="Basic eDp5") == TEXTS["unsigned"]
    assert told(Authorization="AWS4-HMAC-SHA256 x") == TEXTS["malformed"]
    assert told(Authorization=authorization.replace("x-amz-date", "host")) == TEXTS["malformed"]
    assert told(X_Amz_Date=None) == TEXTS["header"].format(name="x-amz-date")
    for how, text in (
        ({"service": "s3"}, TEXTS["service"]),
        ({"region": "eu-west-1"}, TEXTS["region"].format(region="eu-west-1")),
    ):
        assert send(keys, "GET", url, **how).json()["detailedMessage"] == text


def test_header_names_in_lower_case_and_ports_are_signed_too(neptune: Neptune) -> None:
    keys = user(ALLOW_ALL)
    neptune.configure(iam_auth=True)
    headers = {name.lower(): text for name, text in signature(keys, "GET", SPARQL).items()}
    answer = requests.get(SPARQL, headers=headers)
    assert answer.json()["code"] == "MissingParameterException", "no query, but let in"
    for port in (443, 8182):
        client = client_of(keys, f"https://neptune-db.us-east-1.amazonaws.com:{port}")
        assert client.get_engine_status()["status"] == "healthy"


def test_sparql(enforced: Any) -> None:
    writer = user(allow(WRITE))
    reader = user(allow(READ, "GetQueryStatus"), name="bob")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    insert = "update=INSERT+DATA+%7B%3Curn:a%3E+%3Curn:b%3E+1%7D"
    delete = "update=DELETE+WHERE+%7B%3Fs+%3Fp+%3Fo%7D"
    select = "query=SELECT+%2A+%7B%3Fs+%3Fp+%3Fo%7D"

    def codes(keys: Keys) -> list[int]:
        posted = [send(keys, "POST", SPARQL, data, form) for data in (insert, delete, select)]
        got = [
            send(keys, "GET", f"{SPARQL}/status{query}")
            for query in ("", "?cancelQuery=&queryId=x")
        ]
        return [answer.status_code for answer in (*posted, *got)]

    def calls() -> None:
        assert codes(writer) == [200, 403, 403, 403, 403]
        assert codes(reader) == [403, 403, 200, 200, 403]
        update = "INSERT DATA { <urn:c> <urn:d> 'ü' }"
        kind = {"Content-Type": "application/sparql-update"}
        assert send(writer, "POST", SPARQL, update, kind).status_code == 200

    enforced(calls)


# ---------------------------------------------------------------------------- clusters


def test_each_cluster_for_itself(neptune: Neptune) -> None:
    keys = user(allow("neptune-db:*", Resource="arn:aws:neptune-db:us-east-1:*:graph/*"))
    neptune.cluster("graph").configure(iam_auth=True)
    neptune.cluster("other").configure(iam_auth=True)
    status = "healthy"
    assert client_of(keys, ENDPOINT).get_engine_status()["status"] == status
    assert client_of(keys, READER).get_engine_status()["role"] == "reader"
    assert "other/*" in message(
        client_of(keys, "https://other:8182").get_engine_status, "AccessDeniedException"
    )
    refused(client_of({}, ENDPOINT).get_engine_status, "AccessDeniedException")
    assert client_of({}).get_engine_status()["status"] == status, "the default one asks nobody"
    neptune.cluster("graph").configure(iam_auth=False)
    assert client_of({}, ENDPOINT).get_engine_status()["status"] == status


@pytest.mark.parametrize(
    ("environment", "config"),
    [
        ({"MOTO_NEPTUNEDATA_IAM_AUTH": "true"}, {}),
        ({}, {"neptunedata": {"iam_auth": True}}),
        ({}, {"neptunedata": {"clusters": {"graph": {"iam_auth": True}}}}),
    ],
)
def test_configured(
    environment: dict[str, str], config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    with mock_neptunedata(config=config) as neptune:
        refused(client_of({}, ENDPOINT).get_engine_status, "AccessDeniedException")
        assert neptune.clusters() == []
        told = client_of(user(ALLOW_ALL), ENDPOINT).get_engine_status()
        assert told["features"]["IAMAuthentication"] == "enabled"


def test_configured_over_http(neptune: Neptune) -> None:
    api = "http://motoapi.amazonaws.com/moto-api/neptunedata"
    answer = requests.post(f"{api}/settings", json={"iam_auth": True})
    assert answer.status_code < 300, answer.text
    refused(client_of({}).get_engine_status, "AccessDeniedException")


def managed_cluster(name: str = "mine") -> tuple[Any, Any]:
    """A cluster of moto's neptune service: as it is described, and as moto keeps it."""
    from moto.backends import get_backend

    made = boto3.client("neptune").create_db_cluster(DBClusterIdentifier=name, Engine="neptune")
    return made["DBCluster"], get_backend("neptune")["123456789012"]["us-east-1"].clusters[name]


def test_clusters_of_motos_neptune(neptune: Neptune) -> None:
    described, kept = managed_cluster()
    endpoint = f"https://{described['Endpoint']}:8182"
    own = f"arn:aws:neptune-db:us-east-1:123456789012:{described['DbClusterResourceId']}/*"
    right = user(allow("neptune-db:*", Resource=own))
    wrong = user(allow("neptune-db:*", Resource=own.replace("cluster-", "cluster-X")), name="bob")
    client_of({}, endpoint).get_engine_status()
    assert described["IAMDatabaseAuthenticationEnabled"] is False
    kept.iam_auth = True  # moto itself lets no neptune cluster have it
    assert client_of(right, endpoint).get_engine_status()["status"] == "healthy"
    assert own in message(client_of(wrong, endpoint).get_engine_status, "AccessDeniedException")
    refused(client_of({}, endpoint).get_engine_status, "AccessDeniedException")
    client_of({}).get_engine_status()


@pytest.mark.skipif(moto.__version__ < "5.0.17", reason="moto had no Neptune instances")
def test_instances_of_motos_neptune(neptune: Neptune) -> None:
    described, kept = managed_cluster()
    kept.iam_auth = True
    control = boto3.client("neptune")
    control.create_db_instance(
        DBInstanceIdentifier="i1",
        DBClusterIdentifier="mine",
        Engine="neptune",
        DBInstanceClass="db.r6g.large",
    )
    found = control.describe_db_instances(DBInstanceIdentifier="i1")["DBInstances"][0]
    endpoint = f"https://{found['Endpoint']['Address']}:8182"
    own = f"arn:aws:neptune-db:*:*:{described['DbClusterResourceId']}/*"
    client = client_of(user(allow("GetEngineStatus", Resource=own)), endpoint)
    assert client.get_engine_status()["status"] == "healthy"
    assert own.rpartition(":")[2] in message(client.list_loader_jobs, "AccessDeniedException")
    refused(client_of({}, endpoint).get_engine_status, "AccessDeniedException")


def test_old_engines_know_one_action(neptune: Neptune) -> None:
    keys = user(allow("neptune-db:connect"))
    neptune.configure(iam_auth=True, engine_version="1.1.1.0")
    client_of(keys).execute_open_cypher_query(openCypherQuery="CREATE (:a)")
    neptune.cluster().configure(engine_version="1.2.0.0")
    assert READ in message(
        client_of(keys).execute_open_cypher_query,
        "AccessDeniedException",
        openCypherQuery="CREATE (:a)",
    )


def test_a_refused_request_changes_nothing(neptune: Neptune, s3: Any) -> None:
    put(v_csv=VERTICES)
    load_id = start(client_of({}))
    neptune.configure(iam_auth=True)
    neptune.cluster().configure(iam_auth=True)
    poor = client_of(user(allow("s3:*")))
    for _ in range(5):
        refused(poor.get_loader_job_status, "AccessDeniedException", loadId=load_id)
    refused(poor.cancel_loader_job, "AccessDeniedException", loadId=load_id)
    query = "CREATE (:a)"
    refused(poor.execute_open_cypher_query, "AccessDeniedException", openCypherQuery=query)
    assert neptune.graph.vertex_count == 0
    assert [job.status for job in neptune.jobs] == ["LOAD_NOT_STARTED"]
    assert neptune.calls.of("GetLoaderJobStatus").failed
    assert len(neptune.calls.of("GetLoaderJobStatus")) == 5


def test_motos_count_of_requests_that_are_not_held_against_iam(neptune: Neptune) -> None:
    client = client_of({})

    @set_initial_no_auth_action_count(2)
    def calls() -> None:
        for _ in range(2):  # a request is one, however many actions it needs
            client.execute_open_cypher_query(openCypherQuery="MATCH (n) SET n.a = 1")
        refused(client.get_engine_status, "AccessDeniedException")

    calls()


# ---------------------------------------------------------------------------- the server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def on_server(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that holds nothing, where IAM and STS of these tests are its own."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    yield server
    BackendDict.reset()


def test_on_the_server(on_server: str) -> None:
    settings = f"{on_server}/moto-api/neptunedata/settings"
    assert requests.post(settings, json={"iam_auth": True}).status_code < 300
    keys = user(allow(READ, WRITE, "ListLoaderJobs"))
    client = client_of(keys, on_server)
    client.list_loader_jobs(limit=3)
    client.execute_open_cypher_query(openCypherQuery="CREATE (:a {b: 'ü &+='})")
    refused(client.get_engine_status, "AccessDeniedException")
    assert requests.get(f"{on_server}/status").status_code == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path, data in (
        ("openCypher", "query=MATCH+%28n%29+RETURN+n.b%20AS%20b"),
        ("gremlin", "gremlin=g.V%28%29.values('b')"),
        ("sparql", "update=INSERT+DATA+%7B%3Curn:a%3E+%3Curn:b%3E+%22%C3%BC%22%7D"),
        ("sparql", "query=SELECT+%2A+%7B%3Fs+%3Fp+%3Fo%7D"),
    ):
        answer = send(keys, "POST", f"{on_server}/{path}", data, form)
        assert answer.status_code == 200, (path, answer.text)
    json_body = {"Content-Type": "application/json"}
    asked = send(keys, "POST", f"{on_server}/gremlin", '{"gremlin":"g.V().count()"}', json_body)
    assert asked.status_code == 200
    assert send(keys, "GET", f"{on_server}/loader?limit=2&details=TRUE").status_code == 200


# ---------------------------------------------------------------------------- the role of a load

RDS_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": ["rds.amazonaws.com"]},
    "Action": "sts:AssumeRole",
}
READS = allow(
    "s3:GetObject", "s3:ListBucket", Resource=["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
)


def load_role(*statements: dict[str, Any], trust: dict[str, Any] = RDS_TRUST, **how: Any) -> str:
    return role(*statements, AssumeRolePolicyDocument=document(trust), **how)


@pytest.fixture
def checked(neptune: Neptune, s3: Any) -> Any:
    """A client of a cluster that checks the roles of loads, and something to load."""
    put(v_csv=VERTICES)
    neptune.configure(check_loader_role=True)
    return client_of({})


def test_a_load_reads_as_its_role(checked: Any, neptune: Neptune) -> None:
    arn = load_role(READS)
    done = finish(checked, start(checked, iamRoleArn=arn))
    assert done["overallStatus"]["status"] == "LOAD_COMPLETED"
    assert neptune.graph.vertex_count == 2


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:iam::123456789012:role/none", "role/none does not exist"),
        ("nonsense", "nonsense is no ARN of a role"),
        ("arn:aws:iam::123456789012:user/ann", "is no ARN of a role"),
    ],
)
def test_a_load_with_a_role_that_does_not_exist(checked: Any, arn: str, reason: str) -> None:
    with pytest.raises(checked.exceptions.BadRequestException) as caught:
        start(checked, iamRoleArn=arn)
    text = str(caught.value)
    assert "Couldn't find the AWS credential for iam_role_arn: " in text
    assert reason in text
    assert checked.list_loader_jobs()["payload"]["loadIds"] == []


SOURCE_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
SOURCE_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:rds:us-east-1:123456789012:cluster:default"}}
TRUSTS = [
    ({**RDS_TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}, False),
    ({**RDS_TRUST, "Principal": {"AWS": "*"}}, False),
    ({**RDS_TRUST, "Action": "sts:TagSession"}, False),
    ({**RDS_TRUST, "Effect": "Deny"}, False),
    ({**RDS_TRUST, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, False),
    ({**RDS_TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}, False),
    ({**RDS_TRUST, "Condition": {**SOURCE_ACCOUNT, **SOURCE_ARN}}, True),
    ({**RDS_TRUST, "Action": "sts:*"}, True),
]


@pytest.mark.parametrize(("trust", "is_right"), TRUSTS)
def test_the_cluster_must_be_trusted(checked: Any, trust: dict[str, Any], is_right: bool) -> None:
    arn = load_role(READS, trust=trust)
    if is_right:
        start(checked, iamRoleArn=arn)
        return
    with pytest.raises(checked.exceptions.BadRequestException, match=r"let rds\.amazonaws\.com"):
        start(checked, iamRoleArn=arn)


BUCKET = "arn:aws:s3:::data"
LISTS = [
    (allow("s3:Get*", "s3:List*"), True),
    (allow("s3:ListBucket", Resource=BUCKET, Condition={"StringLike": {"s3:prefix": "v*"}}), True),
    (allow("s3:ListBucket", Resource=BUCKET, Condition={"StringLike": {"s3:prefix": "w*"}}), False),
    (allow("s3:ListBucket", Resource="arn:aws:s3:::other"), False),
    (allow("s3:GetObject"), False),
]


@pytest.mark.parametrize(("statement", "is_right"), LISTS)
def test_the_role_must_be_able_to_list(
    checked: Any, statement: dict[str, Any], is_right: bool
) -> None:
    arn = load_role(statement)
    if is_right:
        start(checked, "s3://data/v", iamRoleArn=arn)
        return
    with pytest.raises(checked.exceptions.S3Exception, match="Unable to perform S3 list"):
        start(checked, "s3://data/v", iamRoleArn=arn)


def test_the_role_must_be_able_to_read(checked: Any, neptune: Neptune) -> None:
    arn = load_role(
        allow("s3:ListBucket"),
        allow("s3:GetObject", Resource="arn:aws:s3:::data/*"),
        deny("s3:GetObject", Resource="arn:aws:s3:::data/v*"),
    )
    done = finish(checked, start(checked, iamRoleArn=arn), details=True, errors=True)
    assert done["overallStatus"]["status"] == "LOAD_FAILED"
    assert done["failedFeeds"][0]["status"] == "LOAD_S3_ACCESS_DENIED_ERROR"
    assert neptune.graph.vertex_count == 0


def test_a_boundary_limits_a_load_too(checked: Any) -> None:
    policy = boto3.client("iam").create_policy(
        PolicyName="b", PolicyDocument=document(allow("neptune-db:*"))
    )
    arn = load_role(READS, PermissionsBoundary=policy["Policy"]["Arn"])
    with pytest.raises(checked.exceptions.S3Exception):
        start(checked, iamRoleArn=arn)


def test_a_role_that_goes_while_a_load_waits(checked: Any) -> None:
    arn = load_role(READS)
    other = load_role(READS, name="other")
    first = start(checked, iamRoleArn=arn)
    waiting = start(checked, iamRoleArn=other, queueRequest=True)
    iam = boto3.client("iam")
    for name in ("reader", "other"):
        iam.delete_role_policy(RoleName=name, PolicyName="p")
        iam.delete_role(RoleName=name)
    ends = [finish(checked, load_id)["overallStatus"]["status"] for load_id in (first, waiting)]
    assert ends == ["LOAD_FAILED", "LOAD_FAILED_INVALID_REQUEST"]


def test_a_load_of_an_earlier_mock_reads_as_a_role_of_this_one() -> None:
    with mock_neptunedata(config={"neptunedata": {"check_loader_role": True}}) as earlier:
        put(v_csv=VERTICES)
        load_id = start(client_of({}), iamRoleArn=load_role(READS))
        snapshot = earlier.snapshot()
    for roles, end in ((0, "LOAD_FAILED"), (1, "LOAD_COMPLETED")):
        with mock_neptunedata() as neptune:
            put(v_csv=VERTICES)
            neptune.restore(snapshot)
            for _ in range(roles):
                load_role(READS)
            assert finish(client_of({}), load_id)["overallStatus"]["status"] == end


FIRST = "arn:aws:iam::123456789012:role/first"


@pytest.mark.parametrize(
    ("may_assume", "trusted", "reason"),
    [
        (True, FIRST, ""),
        (True, "arn:aws:iam::123456789012:root", ""),
        (False, FIRST, "policies of arn:aws:iam::123456789012:role/first do not allow"),
        (True, "arn:aws:iam::123456789012:role/third", "trust policy of .*role/last does not"),
    ],
)
def test_chains_of_roles(checked: Any, may_assume: bool, trusted: str, reason: str) -> None:
    last = load_role(READS, name="last", trust={**RDS_TRUST, "Principal": {"AWS": trusted}})
    grants = [allow("sts:AssumeRole", Resource=last)] if may_assume else []
    chain = f"{load_role(*grants, name='first')},{last}"
    if not reason:
        done = finish(checked, start(checked, iamRoleArn=chain))
        assert done["overallStatus"]["status"] == "LOAD_COMPLETED"
        return
    with pytest.raises(checked.exceptions.BadRequestException, match=reason):
        start(checked, iamRoleArn=chain)


def test_the_role_is_associated_with_the_cluster(checked: Any) -> None:
    described, kept = managed_cluster()
    client = client_of({}, f"https://{described['Endpoint']}:8182")
    arn = load_role(READS)
    if not hasattr(kept, "associated_roles"):  # moto before it knew them
        start(client, iamRoleArn=arn)
        return
    with pytest.raises(client.exceptions.BadRequestException, match="not associated with the"):
        start(client, iamRoleArn=arn)
    boto3.client("neptune").add_role_to_db_cluster(DBClusterIdentifier="mine", RoleArn=arn)
    start(client, iamRoleArn=arn)


def test_no_role_is_looked_at_unless_asked(client: Any, s3: Any) -> None:
    put(v_csv=VERTICES)
    start(client, iamRoleArn="arn:aws:iam::123456789012:role/none")
