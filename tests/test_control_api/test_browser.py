"""The page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from moto_neptunedata import Neptune
from moto_neptunedata.graph import PropertyGraph
from tests.support.helpers import finish, start
from tests.test_control_api.conftest import Browser, Place

pytestmark = pytest.mark.slow

HOSTILE = "<script>globalThis.hacked = 1</script>"
PEOPLE = (
    "~id,~label,name:String,age:Int(single)\n"
    "ann,person,Ann,30\nbob,person,Bob,40\nrome,city,Rome,\n"
)
EDGES = "~id,~from,~to,~label,since:Int\ne1,ann,bob,knows,2019\ne2,ann,rome,lives_in,\n"


@pytest.fixture
def loaded(place: Place, browser: Browser) -> Iterator[Place]:
    """A small graph, shown."""
    place.post("data", sources=[PEOPLE, EDGES])
    browser.open(place.page)
    browser.wait_for_drawing(3, 2)
    return place


def test_empty_server_and_its_first_call(place: Place, browser: Browser) -> None:
    browser.open(place.page)
    browser.wait_for_text("#empty", "No cluster in use yet")
    assert f'endpoint_url="{place.url}"' in browser.text("#empty")
    place.client.get_engine_status()
    browser.wait_for_text("#cluster", "default")  # without being opened anew
    browser.wait_for_text("#calls", "GetEngineStatus")
    assert not browser.find("#empty").is_displayed()
    assert "The cluster is empty" in browser.text("#nothing")
    requests.post(f"{place.url}/moto-api/reset")
    browser.wait_for_text("#empty", "No cluster in use yet")


def test_facts_of_a_cluster(loaded: Place, browser: Browser) -> None:
    names, values = browser.all("#cluster dt"), browser.all("#cluster dd")
    told = {name.text: value.text for name, value in zip(names, values)}
    assert (told["account"], told["region"]) == ("123456789012", "us-east-1")
    assert (told["engine"], told["role"]) == ("1.5.0.0", "writer")
    assert (told["vertices"], told["edges"], told["RDF quads"]) == ("3", "2", "0")
    assert told["settings that differ"] == "none"
    loaded.post("settings", cluster="default", engine_version="1.4.1.0", streams=False)
    browser.wait_for_text("#cluster", "streams = False")
    assert "1.4.1.0" in browser.text("#cluster")


def test_loader_jobs(place: Place, browser: Browser) -> None:
    place.put(good__v_csv=PEOPLE, bad__v_csv="~id,age:Int\nx,old\ny,7\n", bad__w_csv="~id\nz\n")
    good = start(place.client, source="s3://graph/good/")
    finish(place.client, good)
    bad = start(place.client, source="s3://graph/bad/", failOnError=False)
    finish(place.client, bad)
    running = start(place.client, source="s3://graph/good/", mode="NEW")
    waiting = start(place.client, source="s3://graph/good/", queueRequest=True)
    browser.open(place.page)
    browser.wait_for_text("#jobs", waiting)
    rows = {row.text.split()[1]: row.text for row in browser.all("#jobs tbody tr")}
    assert list(rows) == [waiting, running, bad, good]
    assert "LOAD_COMPLETED s3://graph/good/ csv AUTO 1 8 0 0" in rows[good]
    assert "LOAD_FAILED s3://graph/bad/ csv AUTO 2" in rows[bad]
    assert "LOAD_NOT_STARTED" in rows[running]
    assert "LOAD_IN_QUEUE" in rows[waiting]

    button = browser.find(f"#jobs [data-key='{bad}']")
    assert button.get_attribute("aria-expanded") == "false"
    button.send_keys("\n")  # by keyboard
    browser.wait_for_text("#jobs", "PARSING_ERROR")
    inside = browser.text("#jobs tr.inside")
    assert "s3://graph/bad/v.csv LOAD_FAILED" in inside
    assert "s3://graph/bad/w.csv LOAD_COMPLETED 1" in inside
    assert "Value 'old' of property 'age' is not of type Int" in inside
    assert browser.run("return document.activeElement.dataset.key") == bad, "focus stays"
    browser.find("#jobs tr.inside summary").click()
    assert "fail_on_error = False" in browser.text("#jobs tr.inside pre")

    # A change of another job leaves what is expanded as it is.
    place.client.cancel_loader_job(loadId=waiting)
    browser.wait_for_text("#jobs", "LOAD_CANCELLED_BY_USER")
    assert "fail_on_error = False" in browser.text("#jobs tr.inside pre")
    browser.find(f"#jobs [data-key='{bad}']").click()
    browser.wait("return document.querySelector('#jobs tr.inside')", None)


def test_calls_queries_and_what_is_provoked(loaded: Place, browser: Browser) -> None:
    with pytest.raises(loaded.client.exceptions.MalformedQueryException):
        loaded.client.execute_gremlin_query(gremlinQuery="g.V(")
    loaded.client.execute_open_cypher_query(openCypherQuery="RETURN '<b>' AS x" + " " * 200)
    loaded.post("faults", operation="GetEngineStatus", error="ThrottlingException", times=2)
    browser.wait_for_text("#provoked", "ThrottlingException")
    newest, before = browser.all("#calls tbody tr")
    assert newest.text.split()[1] == "ExecuteOpenCypherQuery"
    assert "RETURN '<b>' AS x" in newest.text
    assert " ok " in newest.text.replace("\n", " ")
    assert "gremlinQuery: g.V(" in before.text
    assert "MalformedQueryException" in before.text
    assert "None runs now" in browser.text("#queries")


def test_a_vertex_and_an_edge_are_clicked(loaded: Place, browser: Browser) -> None:
    browser.click_at("v:ann")
    browser.wait_for_text(".side", "Vertex")
    side = browser.text(".side")
    assert browser.text(".side .id") == "ann"
    assert browser.text(".side .label") == "person"
    assert "name Ann String" in side
    assert "age 30 Int" in side
    assert "Edges: 2" in side
    browser.click_at("e:e1")
    browser.wait_for_text(".side", "Edge")
    assert browser.text(".side .id") == "e1"
    assert "since 2019 Int" in browser.text(".side")
    assert "From Ann to Bob" in browser.text(".side")
    assert browser.text(".showing") == "Showing 3 vertices, 2 edges"
    assert "person 2" in browser.text(".legend")


def test_the_list_and_the_keys_do_the_same(loaded: Place, browser: Browser) -> None:
    browser.find("#picture summary").click()
    buttons = {button.text: button for button in browser.all(".chosen-list button")}
    assert list(buttons) == ["Ann", "Bob", "Rome"]
    buttons["Bob"].send_keys("\n")
    browser.wait_for_text(".side .id", "bob")
    before = browser.run("return [cy.pan().x, cy.zoom()]")
    browser.find(".canvas").send_keys("\ue014+")  # arrow right, plus
    after = browser.run("return [cy.pan().x, cy.zoom()]")
    assert after[0] < before[0]
    assert after[1] > before[1]
    browser.find(".canvas").send_keys("\ue00c")  # escape
    assert "Select a vertex or an edge" in browser.text(".side")


def test_changes_keep_the_view(loaded: Place, browser: Browser) -> None:
    browser.click_at("v:ann")
    browser.run("cy.zoom(0.77); cy.pan({x: 31, y: 47})")
    script = "return [cy.zoom(), cy.pan(), cy.getElementById('v:ann').position()]"
    before = browser.run(script)
    loaded.client.execute_open_cypher_query(
        openCypherQuery="MATCH (a {name: 'Ann'}) SET a.age = 31 "
        "CREATE (a)-[:likes]->(:dish {name: 'Soup'}) WITH a MATCH (:city)<-[e]-(a) DELETE e"
    )
    browser.wait_for_drawing(4, 2)
    browser.wait_for_text(".side", "age 31 Long")
    assert browser.run(script) == before
    assert browser.text(".side .id") == "ann"
    loaded.client.execute_gremlin_query(gremlinQuery="g.V('ann').drop()")
    browser.wait_for_drawing(3, 0)
    assert "Select a vertex or an edge" in browser.text(".side")


def search(browser: Browser, text: str) -> None:
    field = browser.find("#text")
    field.clear()
    field.send_keys(text + "\n")


def test_search(loaded: Place, browser: Browser) -> None:
    search(browser, "rom")  # a property value, in another case
    browser.wait_for_text("#found", "1 match")
    browser.wait_for_text(".side .id", "rome")
    search(browser, "KNOWS")  # an edge by its label
    browser.wait_for_text(".side .id", "e1")
    search(browser, "person")
    browser.wait_for_text("#found", "2 matches")
    browser.all("#found button")[1].click()
    browser.wait_for_text(".side .id", "bob")
    search(browser, "<i>nobody</i>")
    browser.wait_for_text("#found", "Nothing has “<i>nobody</i>” in its id")
    search(browser, "")
    browser.wait("return document.querySelector('#found').hidden")


def test_a_large_graph_is_bounded(place: Place, browser: Browser) -> None:
    leaves = "".join(f"n{number},leaf\n" for number in range(400))
    edges = "".join(f"e{number},hub,n{number},to\n" for number in range(400))
    place.post("data", sources=[f"~id,~label\n{leaves}hub,hub\n", f"~id,~from,~to,~label\n{edges}"])
    browser.open(place.page)
    browser.wait("return cy && cy.nodes().length", 300)
    assert browser.text(".showing").startswith("Showing 300 of 401 vertices, 299 of 400 edges")
    assert not browser.find("#again").is_displayed()
    search(browser, "n399")  # which is not drawn yet: the picture is made anew around it
    browser.wait_for_text(".side .id", "n399")
    browser.wait("return cy.nodes().length", 27)  # it, the hub, and 25 that the hub leads to
    search(browser, "hub")
    browser.wait_for_text(".side .id", "hub")
    assert "Edges: 26 shown, 374 more" in browser.text(".side")
    browser.find(".expand").click()
    browser.wait_for_drawing(77, 76)
    assert browser.text(".side .id") == "hub"
    browser.find("#again").click()
    browser.wait("return cy.nodes().length", 300)


def test_texts_are_shown_as_texts(place: Place, browser: Browser) -> None:
    image = "<img src=x onerror='globalThis.hacked = 2'>"
    place.client.execute_open_cypher_query(
        openCypherQuery=f"CREATE (:`{HOSTILE}` {{`~id`: $id, name: $image, `<b>key</b>`: $image}})",
        parameters=f'{{"id": "{HOSTILE}", "image": "{image}"}}',
    )
    browser.open(place.page)
    browser.wait_for_drawing(1, 0)
    browser.click_at(f"v:{HOSTILE}")
    browser.wait_for_text(".side .id", HOSTILE)
    assert browser.text(".side .label") == HOSTILE
    assert f"<b>key</b> {image}" in browser.text(".side")
    assert HOSTILE in browser.text(".legend")
    assert HOSTILE in browser.text("#calls")
    browser.find("#picture summary").click()
    assert browser.text(".chosen-list button") == image
    search(browser, HOSTILE)
    browser.wait_for_text("#found", f"vertex {HOSTILE}, by id")
    assert browser.run("return globalThis.hacked") is None
    assert browser.run("return document.querySelectorAll('#picture img, #found b').length") == 0


def test_rdf(loaded: Place, browser: Browser) -> None:
    triples = '<urn:ann> <urn:knows> <urn:bob> ; <urn:age> 30 ; a <urn:Person> ; <urn:n> "<u>A" .'
    loaded.post("data", source=triples, format="turtle")
    browser.wait_for_text("#kinds", "RDF")
    browser.all("#kinds button")[1].click()
    browser.wait_for_drawing(2, 1)
    browser.wait_for_text("#statements", "Statements: 4 of 4")
    assert "<http://aws.amazon.com/neptune/vocab/v01/DefaultNamedGraph> 4" in browser.text(
        "#statements"
    )
    browser.click_at("v:<urn:ann>")
    browser.wait_for_text(".side .id", "<urn:ann>")
    assert "<urn:age> 30 integer" in browser.text(".side")
    assert "<urn:n> <u>A string" in browser.text(".side")
    assert browser.text(".side .label") == "Person"
    search(browser, "knows")
    browser.wait_for_text("#statements", "Statements: 1 of 4")
    browser.all("#kinds button")[0].click()
    browser.wait_for_drawing(3, 2)
    assert not browser.find("#statements").is_displayed()


def test_several_clusters(loaded: Place, browser: Browser) -> None:
    assert not browser.find("#clusters").is_displayed()
    other = loaded.clients(region_name="eu-west-1")
    other.execute_gremlin_query(gremlinQuery="g.addV('far')")
    browser.wait("return document.querySelectorAll('#clusters button').length", 2)
    assert browser.all("#clusters button")[0].get_attribute("aria-pressed") == "true"
    browser.all("#clusters button")[1].click()
    browser.wait_for_drawing(1, 0)
    assert "eu-west-1" in browser.text("#cluster")
    assert browser.all("#clusters button")[1].get_attribute("aria-pressed") == "true"


def test_pause_and_a_server_that_errs(
    loaded: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.find("#pause").click()
    browser.wait_for_text("#state", "Paused")
    asked = "return performance.getEntriesByType('resource').length"
    before = browser.run(asked)
    browser.run("globalThis.since = performance.now()")
    browser.wait("return performance.now() - since > 2500")  # longer than between two looks
    assert browser.run(asked) == before
    browser.find("#pause").click()
    browser.wait_for_text("#state", "Up to date")
    browser.run("globalThis.fetch = () => Promise.reject(new TypeError('gone'))")
    browser.wait_for_text("#state", "The server does not answer")
    assert browser.run("return cy.nodes().length") == 3, "what was there stays"


def test_dark_and_light(loaded: Place, browser: Browser) -> None:
    script = (
        "return [getComputedStyle(document.body).backgroundColor,"
        " cy.nodes()[0].style('color').toString()]"
    )
    light = browser.run(script)
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        browser.wait(f"{script}[1] !== arguments[0]", True, light[1])
        assert browser.run(script)[0] != light[0]
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


# ---------------------------------------------------------------------------- pages of a graph


def graph_of(neptune: Neptune) -> PropertyGraph:
    neptune.load(PEOPLE, EDGES)
    with neptune.graph.transaction() as tx:
        vertex = tx.add_vertex(HOSTILE, ["</script>"])
        tx.set_property(vertex, "name", "<!-- <script>")
    return neptune.graph


def check_picture(browser: Browser) -> None:
    browser.wait_for_drawing(4, 2)
    assert browser.text(".showing") == "Showing 4 vertices, 2 edges"
    browser.click_at("v:ann")
    browser.wait_for_text(".side", "name Ann String")
    browser.click_at(f"v:{HOSTILE}")
    browser.wait_for_text(".side .id", HOSTILE)
    assert "name <!-- <script> String" in browser.text(".side")
    assert browser.run("return globalThis.hacked") is None


def test_page_of_a_graph(neptune: Neptune, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "graph.html"
    graph_of(neptune).to_html(path)
    browser.open(path.as_uri())
    check_picture(browser)
    loads: Any = browser.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [name for name in loads if not name.startswith("data:")] == []


def test_frame_in_a_notebook(neptune: Neptune, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><div>{graph_of(neptune)._repr_html_()}</div>", "utf-8")
    browser.open(path.as_uri())
    assert "4 vertices, 2 edges" in browser.text("body")
    browser.driver.switch_to.frame(browser.find("iframe"))
    try:
        check_picture(browser)
    finally:
        browser.driver.switch_to.default_content()
