// The mock from JavaScript: Node 18 or newer, no package.
//   python with_server.py node --test people.test.mjs
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const endpoint = process.env.NEPTUNE_ENDPOINT;

async function call(path, options = {}) {
  const answer = await fetch(endpoint + path, options);
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const postJson = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const openCypher = (query, parameters = {}) =>
  call("/openCypher", {
    method: "POST",
    body: new URLSearchParams({ query, parameters: JSON.stringify(parameters) }),
  });

beforeEach(() => call("/moto-api/reset", { method: "POST" }));

test("a bulk load from S3 is followed to its end", async () => {
  await call("/people", { method: "PUT" });
  await call("/people/people.csv", { method: "PUT", body: "~id,~label,name\nann,person,Ann\n" });
  const started = await postJson("/loader", {
    source: "s3://people/",
    format: "csv",
    region: "us-east-1",
    iamRoleArn: "arn:aws:iam::123456789012:role/load",
  });
  const seen = [];
  while (seen.length < 10 && seen.at(-1) !== "LOAD_COMPLETED") {
    const { body } = await call(`/loader?loadId=${started.body.payload.loadId}`);
    seen.push(body.payload.overallStatus.status);
  }
  assert.deepEqual(seen, ["LOAD_IN_PROGRESS", "LOAD_COMPLETED"]);
  const { body } = await openCypher("MATCH (p:person) RETURN p.name AS name");
  assert.deepEqual(body.results, [{ name: "Ann" }]);
});

test("data without a load, and a query with parameters", async () => {
  await postJson("/moto-api/neptunedata/data", { source: "~id,~label,age:Int\nann,person,30\n" });
  const { body } = await openCypher("MATCH (p) WHERE p.age > $age RETURN id(p) AS id", { age: 20 });
  assert.deepEqual(body.results, [{ id: "ann" }]);
});

test("an error that is provoked", async () => {
  const fault = { operation: "GetEngineStatus", error: "ThrottlingException", times: 1 };
  await postJson("/moto-api/neptunedata/faults", fault);
  const failed = await call("/status");
  assert.notEqual(failed.status, 200);
  assert.equal(failed.body.code, "ThrottlingException");
  assert.equal((await call("/status")).body.status, "healthy");
});
