"""A server in this process, and a browser that looks at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from tests.support.helpers import moto_server

#: Set where a browser has to be there: the tests with one fail then instead of being skipped.
NEEDED = "NEPTUNEDATA_NEEDS_BROWSER"

# A driver that nobody has to download.
os.environ["SE_OFFLINE"] = "true"

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1200",
)


class Place:
    """A server, and clients of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.page = f"{url}/moto-api/neptunedata"
        self.client = self.clients()

    def clients(self, service: str = "neptunedata", **how: Any) -> Any:
        return boto3.client(service, endpoint_url=self.url, **how)  # type: ignore[call-overload]

    def put(self, **texts: str) -> None:
        """Put objects into the bucket ``graph``, named with ``__`` for a slash, ``_`` for a dot."""
        s3 = self.clients("s3")
        s3.create_bucket(Bucket="graph")
        for name, text in texts.items():
            key = name.replace("__", "/").replace("_", ".")
            s3.put_object(Bucket="graph", Key=key, Body=text.encode())

    def post(self, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.page}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    with moto_server() as url:
        yield url


@pytest.fixture
def place(server: str) -> Iterator[Place]:
    """A server without data."""
    requests.post(f"{server}/moto-api/reset")
    yield Place(server)
    requests.post(f"{server}/moto-api/reset")


@pytest.fixture(scope="package")
def _driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError as error:
        _without(str(error))
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        _without("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    profile = tmp_path_factory.mktemp("profile")
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    yield found
    found.quit()


def _without(reason: str) -> Any:
    if os.environ.get(NEEDED):
        pytest.fail(f"{reason}, though {NEEDED} is set")
    pytest.skip(reason)


class Browser:
    """What is done and seen in a browser."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str, *arguments: Any) -> Any:
        """The result of a piece of JavaScript; ``cy`` is the drawing."""
        found = "const cy = document.querySelector('.canvas')?._cyreg?.cy;"
        return self.driver.execute_script(found + script, *arguments)

    def find(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements("css selector", selector)
        return found

    def text(self, selector: str) -> str:
        """The text that is seen, with one blank for any space in it."""
        return " ".join(self.find(selector).text.split())

    def wait(self, script: str, expected: Any = True, *arguments: Any) -> None:
        """Wait until a piece of JavaScript gives what is expected, as the page refreshes itself."""
        from selenium.common.exceptions import TimeoutException
        from selenium.webdriver.support.ui import WebDriverWait

        last = None

        def is_so(_: Any) -> bool:
            nonlocal last
            last = self.run(script, *arguments)
            return bool(last == expected)

        try:
            WebDriverWait(self.driver, 15, poll_frequency=0.05).until(is_so)
        except TimeoutException:
            shown = self.text("body")
            raise AssertionError(f"{script} gives {last!r}, not {expected!r}:\n{shown}") from None

    def wait_for_text(self, selector: str, text: str) -> None:
        seen = "document.querySelector(arguments[0])?.innerText.replace(/\\s+/g, ' ')"
        script = f"return {seen}.includes(arguments[1])"
        self.wait(script, True, selector, text)

    def wait_for_drawing(self, vertices: int, edges: int) -> None:
        self.wait("return cy && [cy.nodes().length, cy.edges().length]", [vertices, edges])

    def click_at(self, key: str) -> None:
        """Click on the place in the picture where an element is drawn."""
        from selenium.webdriver.common.action_chains import ActionChains

        at = self.run(
            "const drawn = cy.getElementById(arguments[0]);"
            "const point = drawn.isNode() ? drawn.renderedPosition() : drawn.renderedMidpoint();"
            "const canvas = document.querySelector('.canvas');"
            "canvas.scrollIntoView({block: 'center'});"
            "return [point.x - canvas.clientWidth / 2, point.y - canvas.clientHeight / 2]",
            key,
        )
        canvas = self.find(".canvas")
        actions = ActionChains(self.driver)
        actions.move_to_element_with_offset(canvas, round(at[0]), round(at[1])).click().perform()

    def check(self) -> None:
        """Nothing came from another host, and the console tells of no error."""
        page = urlsplit(self.driver.current_url)
        names = self.run("return performance.getEntries().map((entry) => entry.name)")
        hosts = {urlsplit(name).netloc for name in names if "://" in name}
        assert hosts <= {page.netloc}
        assert [line for line in self.driver.get_log("browser") if line["level"] != "INFO"] == []


@pytest.fixture
def browser(_driver: Any) -> Iterator[Browser]:
    found = Browser(_driver)
    _driver.get_log("browser")
    yield found
    if _driver.current_url != "data:,":
        found.check()
    _driver.get("about:blank")
