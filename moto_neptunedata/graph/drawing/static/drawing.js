/* Draws a part of a graph with Cytoscape.js, and shows beside it what is selected. Used by the page
   of the server and by the pages of one graph. All texts go in as text, never as HTML. */
"use strict";
globalThis.neptuneLook = (() => {
  /** An element with attributes (those named on… are listeners) and children: elements or texts. */
  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return made;
  }

  const number = (n) => n.toLocaleString("en");
  const count = (n, what, several) => `${number(n)} ${n === 1 ? what : several ?? what + "s"}`;

  // One colour a label, told apart also by those who see few colours; readable on light and dark.
  const COLOURS = ["#4e79c4", "#e08a2c", "#3f9e77", "#c35b9f", "#8a6fc9", "#c9a227", "#5aa7c7",
    "#b8604d", "#7b8794"];
  const LISTED_EDGES = 40;

  class Drawing {
    /** `expand`, if given, is called with the id of a vertex whose neighbours are wanted. */
    constructor(root, { expand } = {}) {
      this.expand = expand;
      this.colours = new Map();
      this.vertices = new Map();
      this.edges = new Map();
      this.selected = null;
      this.canvas = el("div", {
        class: "canvas", tabindex: "0", role: "application",
        "aria-label": "Picture of the graph. Arrow keys move it, plus and minus zoom, 0 shows " +
          "all of it. The list below has the same vertices as buttons.",
        onkeydown: (event) => this.key(event),
      });
      this.side = el("aside", { class: "side", "aria-live": "polite", "aria-label": "Selected" });
      this.legend = el("ul", { class: "legend" });
      this.status = el("span", { class: "showing" });
      this.list = el("div", { class: "chosen-list" });
      const tool = (text, label, act) =>
        el("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
      root.replaceChildren(
        el("div", { class: "stage" }, this.canvas, this.side),
        el("div", { class: "under" }, this.status, this.legend, el("span", { class: "tools" },
          tool("−", "Zoom out", () => this.zoom(1 / 1.3)),
          tool("+", "Zoom in", () => this.zoom(1.3)),
          tool("Fit", "Show all of it", () => this.fit()),
          tool("Arrange", "Arrange anew", () => this.arrange()))),
        el("details", {}, el("summary", { class: "soft" }, "The same as a list"), this.list));
      this.cy = cytoscape({ container: this.canvas, minZoom: 0.05, maxZoom: 4, boxSelectionEnabled: false });
      this.cy.on("tap", "node, edge", (event) => this.choose(event.target.id()));
      this.cy.on("tap", (event) => { if (event.target === this.cy) this.choose(null); });
      this.scheme = matchMedia("(prefers-color-scheme: dark)");
      this.scheme.addEventListener("change", () => this.paint());
      this.paint();
      this.details();
    }

    /** Show a picture: anew, or, with `keep`, as the next state of the one that is shown. */
    show(picture, { keep = false } = {}) {
      this.picture = picture;
      // "v:" and "e:" before the ids: a vertex and an edge may have the same one.
      this.vertices = new Map(picture.vertices.map((vertex) => ["v:" + vertex.id, vertex]));
      this.edges = new Map(picture.edges.map((edge) => ["e:" + edge.id, edge]));
      this.shownDegrees = new Map();
      for (const edge of picture.edges) {
        for (const end of [edge.from, edge.to]) {
          this.shownDegrees.set(end, (this.shownDegrees.get(end) ?? 0) + 1);
        }
      }
      const isNew = !keep || this.cy.nodes().empty();
      this.cy.resize(); // the place may have been hidden until now
      this.cy.batch(() => {
        if (isNew) this.cy.elements().remove();
        else this.cy.elements().filter((drawn) => !this.holds(drawn)).remove();
        const fresh = this.addVertices(isNew);
        this.addEdges();
        if (!isNew) this.placeNear(fresh);
      });
      if (isNew) this.arrange();
      if (this.selected && !this.vertices.has(this.selected) && !this.edges.has(this.selected)) {
        this.selected = null;
      }
      this.told();
      this.mark();
    }

    /** Select an element by kind ("vertex", "edge") and id, and bring it into the middle. */
    select(kind, id) {
      const key = (kind === "edge" ? "e:" : "v:") + id;
      const drawn = this.cy.getElementById(key);
      if (drawn.empty()) return false;
      this.visit(key);
      return true;
    }

    // ------------------------------------------------------------------ drawing

    holds(drawn) {
      const edge = this.edges.get(drawn.id());
      if (drawn.isNode()) return this.vertices.has(drawn.id());
      return edge !== undefined && drawn.data("source") === "v:" + edge.from &&
        drawn.data("target") === "v:" + edge.to;
    }

    addVertices(isNew) {
      const fresh = [];
      let at = 0;
      for (const [key, vertex] of this.vertices) {
        // Those with many edges are larger, and their captions are read from further away.
        const more = Math.min(14, 2 * Math.sqrt(this.shownDegrees.get(vertex.id) ?? 0));
        const data = { id: key, caption: vertex.caption, colour: this.colour(vertex.labels[0]),
          size: 20 + more, font: 11 + more / 2 };
        const drawn = this.cy.getElementById(key);
        if (drawn.nonempty()) { drawn.data(data); continue; }
        // A spiral to begin with, so that the same graph is arranged in the same way.
        const turn = at * 2.4, radius = 30 * Math.sqrt(at);
        at += 1;
        const position = { x: radius * Math.cos(turn), y: radius * Math.sin(turn) };
        const added = this.cy.add({ group: "nodes", data, position });
        if (!isNew) fresh.push(added);
      }
      return fresh;
    }

    addEdges() {
      for (const [key, edge] of this.edges) {
        const data = { id: key, source: "v:" + edge.from, target: "v:" + edge.to, label: edge.label };
        const drawn = this.cy.getElementById(key);
        if (drawn.nonempty()) drawn.data({ label: edge.label });
        else this.cy.add({ group: "edges", data });
      }
    }

    /** New vertices around the one that they came with; what was there stays where it was. */
    placeNear(fresh) {
      const isFresh = new Set(fresh.map((drawn) => drawn.id()));
      const groups = new Map();
      for (const drawn of fresh) {
        const anchor = drawn.neighborhood("node").filter((other) => !isFresh.has(other.id()))[0];
        const key = anchor ? anchor.id() : "";
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(drawn);
      }
      const box = this.cy.nodes().filter((drawn) => !isFresh.has(drawn.id())).boundingBox();
      for (const [key, group] of groups) {
        const centre = key ? this.cy.getElementById(key).position() : { x: box.x1, y: box.y2 + 100 };
        const radius = Math.max(80, group.length * 9);
        group.forEach((drawn, at) => {
          if (!key) return drawn.position({ x: centre.x + 70 * at, y: centre.y });
          const turn = (2 * Math.PI * at) / group.length + 0.4;
          return drawn.position({
            x: centre.x + radius * Math.cos(turn), y: centre.y + radius * Math.sin(turn),
          });
        });
      }
    }

    arrange() {
      const many = this.cy.nodes().length;
      if (many === 0) return;
      const hasEdges = this.cy.edges().nonempty();
      const isWide = many > 80; // then captions are left out until one zooms in
      this.cy.layout(hasEdges
        ? { name: "cose", animate: false, randomize: false, fit: false, idealEdgeLength: () => isWide ? 70 : 45,
            nodeRepulsion: () => isWide ? 9000 : 4000, componentSpacing: 40, gravity: isWide ? 0.6 : 1, numIter: many > 150 ? 400 : 1000 }
        : { name: "grid", animate: false, fit: false, avoidOverlapPadding: 40, condense: many < 40 }).run();
      this.fit();
    }

    fit() {
      this.cy.fit(undefined, 30);
      if (this.cy.zoom() > 1.3) {
        this.cy.zoom(1.3);
        this.cy.center();
      }
    }

    zoom(factor) {
      const middle = { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 };
      this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: middle });
    }

    key(event) {
      const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves[event.key]) this.cy.panBy({ x: moves[event.key][0], y: moves[event.key][1] });
      else if (event.key === "+" || event.key === "=") this.zoom(1.3);
      else if (event.key === "-") this.zoom(1 / 1.3);
      else if (event.key === "0") this.fit();
      else if (event.key === "Escape") this.choose(null);
      else return;
      event.preventDefault();
    }

    colour(label) {
      if (label === undefined) return COLOURS[COLOURS.length - 1];
      if (!this.colours.has(label)) {
        this.colours.set(label, COLOURS[this.colours.size % (COLOURS.length - 1)]);
      }
      return this.colours.get(label);
    }

    paint() {
      const now = getComputedStyle(document.documentElement);
      const of = (name) => now.getPropertyValue(name).trim();
      this.cy.style([
        { selector: "node", style: {
          "background-color": "data(colour)", label: "data(caption)", width: "data(size)",
          height: "data(size)", color: of("--ink"), "font-size": "data(font)", "text-valign": "bottom", "text-margin-y": 4,
          "text-outline-color": of("--halo"), "text-outline-width": 2, "text-wrap": "ellipsis",
          "text-max-width": 110, "min-zoomed-font-size": 7 } },
        { selector: "edge", style: {
          width: 1.5, "line-color": of("--edge"), "target-arrow-color": of("--edge"),
          "target-arrow-shape": "triangle", "arrow-scale": 0.9, "curve-style": "bezier",
          label: "data(label)", color: of("--soft"), "font-size": 9, "text-rotation": "autorotate",
          "text-outline-color": of("--halo"), "text-outline-width": 2, "min-zoomed-font-size": 7 } },
        { selector: "node.far", style: { opacity: 0.3 } },
        { selector: "edge.far", style: { opacity: 0.15 } },
        { selector: "node:selected", style: { "font-weight": "bold",
          "border-width": 5, "border-color": of("--ink"), "min-zoomed-font-size": 0, "z-index": 9 } },
        { selector: "edge:selected", style: { width: 3.5, "line-color": of("--ink"),
          "target-arrow-color": of("--ink"), "min-zoomed-font-size": 0, "z-index": 9 } },
      ]);
    }

    // ------------------------------------------------------------------ telling

    choose(key) {
      this.selected = key;
      this.mark();
    }

    /** Select an element and bring it into the middle, near enough to read what is around it. */
    visit(key) {
      this.choose(key);
      if (this.cy.zoom() < 0.8) this.cy.zoom(0.8);
      this.cy.center(this.cy.getElementById(key));
    }

    /** Mark what is selected, and let step back what has nothing to do with it. */
    mark() {
      this.cy.batch(() => {
        const all = this.cy.elements().unselect().removeClass("far");
        const chosen = this.selected ? this.cy.getElementById(this.selected) : this.cy.collection();
        if (chosen.empty()) return;
        chosen.select();
        all.difference(chosen.isNode() ? chosen.closedNeighborhood() : chosen.union(chosen.connectedNodes()))
          .addClass("far");
      });
      this.details();
    }

    told() {
      const { vertex_count: vertices, edge_count: edges } = this.picture;
      const part = (shown, all, what, several) =>
        all === undefined || shown === all ? count(shown, what, several)
          : `${number(shown)} of ${count(all, what, several)}`;
      const shown = part(this.vertices.size, vertices, "vertex", "vertices");
      this.status.textContent = `Showing ${shown}, ${part(this.edges.size, edges, "edge")}`;
      const labels = new Map();
      for (const vertex of this.vertices.values()) {
        const label = vertex.labels[0];
        labels.set(label, (labels.get(label) ?? 0) + 1);
      }
      this.legend.replaceChildren(...[...labels].slice(0, 12).map(([label, many]) => el("li", {},
        this.swatch(label), label ?? "no label", el("span", { class: "soft" }, ` ${number(many)}`))));
      this.list.replaceChildren(el("ul", { class: "lines" },
        [...this.vertices].map(([key, vertex]) => el("li", {}, this.button(key, vertex.caption, vertex.id)))));
    }

    swatch(label) {
      const made = el("span", { class: "swatch" });
      made.style.background = this.colour(label);
      return made;
    }

    button(key, text, title) {
      return el("button", { type: "button", class: "link", title, onclick: () => this.visit(key) }, text || "(no id)");
    }

    details() {
      const key = this.selected;
      const vertex = this.vertices.get(key), edge = this.edges.get(key);
      if (vertex) this.side.replaceChildren(...this.vertexDetails(key, vertex));
      else if (edge) this.side.replaceChildren(...this.edgeDetails(edge));
      else {
        this.side.replaceChildren(el("p", { class: "hint" },
          "Select a vertex or an edge to see what it holds. Drag to move, use the wheel to zoom."));
      }
    }

    vertexDetails(key, vertex) {
      const edges = this.picture.edges.filter((e) => e.from === vertex.id || e.to === vertex.id);
      const shown = this.shownDegrees.get(vertex.id) ?? 0;
      const hidden = (vertex.degree ?? shown) - shown;
      return [
        el("h3", {}, "Vertex"), el("code", { class: "id" }, vertex.id),
        el("p", {}, vertex.labels.length === 0 ? el("span", { class: "soft" }, "no label")
          : vertex.labels.map((label) => [el("span", { class: "badge label" }, label), " "])),
        this.properties(vertex.properties),
        el("h3", {}, hidden ? `Edges: ${number(edges.length)} shown, ${number(hidden)} more`
          : `Edges: ${number(edges.length)}`),
        hidden && this.expand ? el("button", { type: "button", class: "expand",
          onclick: () => this.expand(vertex.id) }, "Show neighbours") : null,
        el("ul", { class: "lines" }, edges.slice(0, LISTED_EDGES).map((each) => {
          const leaves = each.from === vertex.id;
          const other = "v:" + (leaves ? each.to : each.from);
          return el("li", {}, this.button("e:" + each.id, leaves ? `${each.label} →` : `← ${each.label}`, each.id),
            " ", this.button(other, this.vertices.get(other)?.caption, other.slice(2)));
        })),
        edges.length > LISTED_EDGES ? el("p", { class: "hint" }, `and ${number(edges.length - LISTED_EDGES)} more`) : null,
      ].filter((each) => each !== null);
    }

    edgeDetails(edge) {
      const end = (id) => this.button("v:" + id, this.vertices.get("v:" + id)?.caption, id);
      return [
        el("h3", {}, "Edge"), el("code", { class: "id" }, edge.id),
        el("p", {}, el("span", { class: "badge label" }, edge.label)),
        el("p", {}, "From ", end(edge.from), " to ", end(edge.to)),
        this.properties(edge.properties),
      ];
    }

    properties(properties) {
      if (properties.length === 0) return el("p", { class: "hint" }, "No properties.");
      return el("table", { class: "properties" }, el("tbody", {}, properties.map(([key, values]) =>
        el("tr", {}, el("th", { scope: "row" }, key), el("td", {}, values.map(([kind, text]) =>
          el("div", {}, text, " ", el("small", { class: "soft" }, kind))))))));
    }
  }

  return { Drawing, count, el, number };
})();
