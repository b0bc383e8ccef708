/* The page of a server: asks for its data again and again and shows what has changed. */
const { Drawing, count, el, number } = globalThis.neptuneLook;
const ROOT = "/moto-api/neptunedata/look/";
const PAUSE = 2000; // milliseconds between two looks
const MAX_EXPANDED = 20;
const at = (id) => document.getElementById(id);

const state = {
  cluster: null, // what names the chosen cluster: account, region, cluster
  kind: "graph", // what is drawn: the property graph or the RDF dataset
  around: [], expanded: [], text: "",
  drawn: "", // what the picture was made of
  overview: null, open: new Map(), // expanded loader jobs, by load id
  paused: false, timer: 0, turn: 0,
};

const drawing = new Drawing(at("picture"), { expand: (id) => {
  state.expanded = [...state.expanded.filter((each) => each !== id), id].slice(-MAX_EXPANDED);
  return tell(drawPicture(true).then(() => drawing.select("vertex", id)));
} });

/** Tell of an error of what somebody has asked for. */
function tell(work) {
  return work.catch((error) => {
    at("state").className = "bad";
    at("state").textContent = error.message;
  });
}

class Refused extends Error {}

async function ask(what, parameters = []) {
  const query = new URLSearchParams([...Object.entries(state.cluster ?? {}), ...parameters]);
  const answer = await fetch(`${ROOT}${what}?${query}`);
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.Error);
  return told;
}

// ---------------------------------------------------------------------------- refreshing

async function refresh() {
  clearTimeout(state.timer);
  const turn = ++state.turn;
  try {
    let overview;
    try {
      overview = await ask("overview");
    } catch (error) {
      if (!(error instanceof Refused) || !state.cluster) throw error;
      choose(null); // the cluster is gone: the mock was reset
      overview = await ask("overview");
    }
    if (turn !== state.turn) return;
    await show(overview);
    at("state").className = "";
    at("state").textContent = state.paused ? "Paused" : `Up to date at ${clock(overview.time)}`;
  } catch (error) {
    if (turn !== state.turn) return;
    at("state").className = "bad";
    at("state").textContent = error instanceof TypeError
      ? "The server does not answer; what is shown is old" : `Not up to date: ${error.message}`;
  }
  if (turn === state.turn && !state.paused && !document.hidden) {
    state.timer = setTimeout(refresh, PAUSE);
  }
}

async function show(overview) {
  state.overview = overview;
  at("version").textContent = overview.version;
  if (overview.chosen && !state.cluster) state.cluster = named(overview.chosen);
  const cluster = overview.clusters.find((each) => same(named(each), state.cluster));
  for (const id of ["cluster", "graph", "jobs", "queries"]) at(id).hidden = !cluster;
  draw("empty", !cluster, emptyServer);
  at("empty").hidden = Boolean(cluster);
  draw("clusters", [overview.clusters.map(named), overview.cluster_count, state.cluster], clusterButtons);
  at("clusters").hidden = overview.clusters.length < 2;
  if (cluster) {
    const { graph_state, rdf_state, ...facts } = cluster;
    draw("cluster", facts, clusterFacts);
    await showJobs(overview);
    draw("queries", overview.queries, queriesTable);
    await showGraph(cluster);
  }
  draw("calls", [overview.calls, overview.call_count, overview.cluster_count > 1], callsTable);
  draw("provoked", [overview.provoked, overview.provoked_count], provokedList);
}

const shown = new Map();

/** Fill an element anew if its data has changed; focus and opened details stay. */
function draw(id, data, make) {
  const text = JSON.stringify(data);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const place = at(id);
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.dataset.key));
  place.replaceChildren(...[make(data)].flat().filter((each) => each !== null));
  for (const each of place.querySelectorAll("details")) each.open = open.has(each.dataset.key);
  if (focused !== undefined) {
    [...place.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused)?.focus();
  }
}

const named = (each) => ({ account: each.account_id, region: each.region, cluster: each.name });
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const clock = (time) => new Date(time * 1000).toLocaleTimeString([], { hour12: false });

function table(columns, rows) {
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, columns.map((column) => el("th",
      { scope: "col", class: column.startsWith("#") ? "number" : null }, column.replace("#", ""))))),
    el("tbody", {}, rows)));
}

const cell = (...children) => el("td", {}, ...children);
const wide = (...children) => el("td", { class: "wide" }, ...children);
const figure = (n) => el("td", { class: "number" }, typeof n === "number" ? number(n) : n);

function title(id, text, shownCount, all) {
  const more = shownCount < all ? ` – the newest ${number(shownCount)} of ${number(all)}` : "";
  return el("h2", { id: `${id}-title` }, text, el("small", { class: "soft" }, more));
}

// ---------------------------------------------------------------------------- clusters

function emptyServer() {
  const code = [
    "import boto3", "",
    "neptune = boto3.client(", '    "neptunedata",', `    endpoint_url="${location.origin}",`,
    '    region_name="us-east-1",', '    aws_access_key_id="testing",',
    '    aws_secret_access_key="testing",', ")", "neptune.get_engine_status()",
  ].join("\n");
  return [
    el("h2", {}, "No cluster in use yet"),
    el("p", {}, "Point boto3 at ", el("code", {}, location.origin),
      ": the first call makes a cluster, which then is shown here by itself."),
    el("pre", { class: "example" }, code),
  ];
}

function clusterButtons([clusters, all, chosen]) {
  return clusters.map((each) => el("button", {
    type: "button", "aria-pressed": String(same(each, chosen)), "data-key": JSON.stringify(each),
    onclick: () => { choose(each); refresh(); },
  }, each.cluster, el("small", {}, ` ${each.region} ${each.account}`))).concat(
    clusters.length < all ? [el("span", { class: "soft" }, `the first ${clusters.length} of ${number(all)}`)] : []);
}

function choose(cluster) {
  Object.assign(state, { cluster, around: [], expanded: [], text: "", drawn: "", kind: "graph" });
  state.open.clear();
  at("text").value = "";
  at("found").hidden = true;
}

function clusterFacts(cluster) {
  const fact = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
  const settings = Object.entries(cluster.settings).map(([name, value]) => `${name} = ${value}`);
  return el("dl", { class: "facts" },
    fact("cluster", cluster.name), fact("region", cluster.region), fact("account", cluster.account_id),
    fact("engine", cluster.engine_version), fact("role", cluster.role),
    fact("vertices", number(cluster.counts.vertices)), fact("edges", number(cluster.counts.edges)),
    fact("RDF quads", number(cluster.counts.quads)), fact("loader jobs", number(cluster.counts.jobs)),
    fact("settings that differ", settings.length ? settings.join(", ") : "none"));
}

// ---------------------------------------------------------------------------- the graph

async function showGraph(cluster) {
  const hasGraph = cluster.counts.vertices > 0, hasRdf = cluster.counts.quads > 0;
  if (!hasGraph && hasRdf) state.kind = "rdf";
  if (!hasRdf) state.kind = "graph";
  draw("kinds", [state.kind, hasGraph && hasRdf], kindButtons);
  at("nothing").hidden = hasGraph || hasRdf;
  if (!hasGraph && !hasRdf) {
    at("nothing").textContent = "The cluster is empty: load something (StartLoaderJob), run a query that " +
      "writes, or POST a file's text to /moto-api/neptunedata/data.";
  }
  for (const id of ["picture", "search"]) at(id).hidden = !hasGraph && !hasRdf;
  at("again").hidden = state.around.length + state.expanded.length === 0;
  at("statements").hidden = state.kind !== "rdf";
  const source = state.kind === "rdf" ? cluster.rdf_state : cluster.graph_state;
  const wanted = JSON.stringify([state.cluster, state.kind, state.around, state.text]);
  if (state.drawn === wanted + source || !(hasGraph || hasRdf)) return;
  const keep = state.drawn.startsWith(wanted);
  await drawPicture(keep);
  state.drawn = wanted + source;
}

async function drawPicture(keep) {
  if (state.kind === "rdf") {
    const told = await ask("statements", [["text", state.text]]);
    draw("statements", told, statementsTable);
    drawing.show(told.picture, { keep });
    return;
  }
  const wanted = () => [...state.around.map((id) => ["around", id]), ...state.expanded.map((id) => ["expanded", id])];
  let picture;
  try {
    picture = await ask("picture", wanted());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.around = []; // the vertex in the middle is gone
    picture = await ask("picture", wanted());
  }
  drawing.show(picture, { keep });
  at("again").hidden = state.around.length + state.expanded.length === 0;
}

function kindButtons([kind, both]) {
  if (!both) return [];
  const button = (own, text) => el("button", { type: "button", "aria-pressed": String(kind === own),
    "data-key": own, onclick: () => { state.kind = own; startAnew(); } }, text);
  return [button("graph", "Property graph"), button("rdf", "RDF")];
}

function startAnew() {
  Object.assign(state, { around: [], expanded: [], text: "", drawn: "" });
  at("found").hidden = true;
  at("text").value = "";
  return refresh();
}

async function search(event) {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) { await startAnew(); return; }
  if (state.kind === "rdf") {
    state.text = text;
    await refresh();
    return;
  }
  const told = await ask("search", [["text", text]]);
  at("found").hidden = false;
  at("found").replaceChildren(
    el("p", { class: "hint", role: "status" }, told.found.length === 0 ? `Nothing has “${text}” in its id, labels or properties.`
      : told.more ? `The first ${told.found.length}:` : `${count(told.found.length, "match", "matches")}:`),
    el("ul", { class: "lines" }, told.found.map((hit) => el("li", {},
      el("button", { type: "button", class: "link", onclick: () => tell(goTo(hit)) }, hit.caption || hit.id),
      el("span", { class: "soft" }, ` ${hit.kind} ${hit.id}, by ${hit.where}`)))));
  if (told.found.length) await goTo(told.found[0]);
}

async function goTo(hit) {
  if (!drawing.select(hit.kind, hit.id)) {
    Object.assign(state, { around: hit.around, expanded: [], drawn: "" });
    await refresh();
    drawing.select(hit.kind, hit.id);
  }
}

function statementsTable(told) {
  return [
    el("h3", {}, told.graph_count > told.graphs.length ? `The largest ${told.graphs.length} of ${number(told.graph_count)} graphs` : "Graphs"),
    table(["graph", "#statements"], told.graphs.map(([name, many]) => el("tr", {}, wide(el("code", {}, name)), figure(many)))),
    el("h3", {}, `Statements: ${number(told.statements.length)} of ${number(told.count)}`),
    table(["subject", "predicate", "object"], told.statements.map((terms) =>
      el("tr", { title: terms[3] }, terms.slice(0, 3).map((term) => wide(el("code", {}, term)))))),
  ];
}

// ---------------------------------------------------------------------------- loader jobs

const BUSY = new Set(["LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"]);
const badge = (text, kind) => el("span", { class: `badge ${kind}` }, text);
const statusBadge = (status) => badge(status,
  status === "LOAD_COMPLETED" ? "good" : BUSY.has(status) ? "busy" : "bad");
const errorCount = (told) => told.parsingErrors + told.datatypeMismatchErrors + told.insertErrors;

async function showJobs(overview) {
  for (const [id, known] of state.open) {
    const job = overview.jobs.find((each) => each.id === id);
    if (!job) state.open.delete(id);
    else if (!same(known?.job, job)) state.open.set(id, { job, told: await ask("job", [["loadId", id]]) });
  }
  draw("jobs", [overview.jobs, overview.job_count, [...state.open]], jobsTable);
}

function jobsTable([jobs, all, open]) {
  const told = new Map(open);
  if (jobs.length === 0) {
    return [title("jobs", "Loader jobs", 0, 0),
      el("p", { class: "hint" }, "No loader job yet: put files into a bucket and call StartLoaderJob.")];
  }
  const rows = jobs.flatMap((job) => {
    const isOpen = told.has(job.id);
    const row = el("tr", {},
      cell(el("button", { type: "button", class: "link mono", "aria-expanded": String(isOpen), "data-key": job.id,
        title: "Feeds and errors", onclick: () => tell(toggle(job.id)) }, `${isOpen ? "▾" : "▸"} ${job.id}`)),
      cell(statusBadge(job.status)), wide(job.fullUri), cell(job.format), cell(job.mode),
      figure(job.feed_count), figure(job.totalRecords), figure(job.totalDuplicates), figure(errorCount(job)),
      cell(job.startTime ? clock(job.startTime) : "–"), figure(job.totalTimeSpent));
    return isOpen ? [row, el("tr", { class: "inside" }, el("td", { colspan: 11 }, jobDetails(told.get(job.id).told)))] : [row];
  });
  return [title("jobs", "Loader jobs", jobs.length, all),
    table(["load", "status", "source", "format", "mode", "#feeds", "#records", "#duplicates", "#errors", "started", "#seconds"], rows)];
}

async function toggle(id) {
  if (!state.open.delete(id)) state.open.set(id, null);
  await showJobs(state.overview);
}

function jobDetails(job) {
  const feeds = job.feeds.map((feed) => el("tr", {}, wide(feed.fullUri), cell(statusBadge(feed.status)),
    figure(feed.totalRecords), figure(feed.totalDuplicates), figure(feed.parsingErrors),
    figure(feed.datatypeMismatchErrors), figure(feed.insertErrors), figure(feed.totalTimeSpent)));
  const errors = job.errors.map((error) => el("tr", {}, cell(el("code", {}, error.errorCode)),
    wide(error.errorMessage), wide(error.fileName), figure(error.recordNum)));
  return [
    el("h3", {}, job.feeds.length < job.feed_count ? `Feeds: the first ${job.feeds.length} of ${number(job.feed_count)}` : "Feeds"),
    feeds.length ? table(["object", "status", "#records", "#duplicates", "#parsing errors", "#datatype errors", "#insert errors", "#seconds"], feeds)
      : el("p", { class: "hint" }, "None are known before the load starts."),
    el("h3", {}, job.errors.length < job.error_count ? `Errors: the newest ${job.errors.length} of ${number(job.error_count)}` : "Errors"),
    errors.length ? table(["code", "message", "object", "#record"], errors) : el("p", { class: "hint" }, "None."),
    el("details", { "data-key": `request ${job.id}` }, el("summary", {}, "Request"),
      el("pre", {}, Object.entries(job.request).map(([name, value]) => `${name} = ${value}`).join("\n"))),
  ];
}

// ---------------------------------------------------------------------------- calls and the rest

function queriesTable(queries) {
  return [el("h2", { id: "queries-title" }, "Running queries"),
    queries.length === 0 ? el("p", { class: "hint" }, "None runs now.")
      : table(["language", "query", "id", "#seconds"], queries.map((query) => el("tr", {}, cell(query.language),
        wide(el("code", {}, query.text)), cell(el("code", {}, query.id)), figure(query.elapsed.toFixed(1)))))];
}

function callsTable([calls, all, several]) {
  if (calls.length === 0) {
    return [title("calls", "Calls", 0, 0), el("p", { class: "hint" }, "No call yet: each one that a client makes is shown here.")];
  }
  const seen = new Map();
  const rows = calls.map((call) => {
    const text = Object.entries(call.parameters).map(([name, value]) => `${name}: ${value}`).join("\n");
    const key = `${call.time} ${call.operation}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    const slow = call.latency ? ` + ${call.latency}` : "";
    return el("tr", {}, cell(clock(call.time)), cell(call.operation), several ? cell(call.cluster.name) : null,
      wide(text.length <= 120 ? el("code", {}, text) : el("details", { "data-key": `${key} ${seen.get(key)}` },
        el("summary", {}, el("code", {}, `${text.slice(0, 120)}…`)), el("pre", {}, text))),
      wide(badge(call.outcome, call.outcome === "ok" ? "good" : "bad"), call.message ? ` ${call.message}` : ""),
      figure(call.attempts), figure(`${(call.duration * 1000).toFixed(1)}${slow ? `${slow} s` : ""}`));
  });
  const columns = ["time", "operation", "cluster", "parameters", "outcome", "#attempts", "#ms"];
  return [title("calls", "Calls", calls.length, all),
    table(columns.filter((column) => several || column !== "cluster"), rows)];
}

function provokedList([lines, all]) {
  return [el("h2", { id: "provoked-title" }, "Provoked"),
    lines.length === 0 ? el("p", { class: "hint" }, "Nothing is provoked: no faults, delays, load outcomes or expected results wait.")
      : el("ul", { class: "lines" }, lines.map((line) => el("li", {}, el("code", {}, line)))),
    lines.length < all ? el("p", { class: "hint" }, `and ${number(all - lines.length)} more`) : null];
}

// ---------------------------------------------------------------------------- starting

at("search").addEventListener("submit", (event) => tell(search(event)));
at("again").addEventListener("click", startAnew);
at("pause").addEventListener("click", () => {
  state.paused = !state.paused;
  at("pause").setAttribute("aria-pressed", String(state.paused));
  refresh();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();
