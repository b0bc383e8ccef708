// The mock from the AWS SDK for JavaScript: npm install @aws-sdk/client-neptunedata
//   python with_server.py node --test people_sdk.test.mjs
// The SDK reads AWS_ENDPOINT_URL, region and credentials from the environment.
import assert from "node:assert/strict";
import { test } from "node:test";

const sdk = await import("@aws-sdk/client-neptunedata").catch(() => null);

test("the SDK", { skip: sdk === null && "@aws-sdk/client-neptunedata is missing" }, async () => {
  const client = new sdk.NeptunedataClient();
  const openCypherQuery = "CREATE (p:person {name: $name}) RETURN p.name AS name";
  const parameters = JSON.stringify({ name: "Ann" });
  const query = new sdk.ExecuteOpenCypherQueryCommand({ openCypherQuery, parameters });
  assert.deepEqual((await client.send(query)).results, [{ name: "Ann" }]);

  const missing = new sdk.GetLoaderJobStatusCommand({ loadId: "unknown" });
  await assert.rejects(client.send(missing), sdk.BulkLoadIdNotFoundException);
});
