// The page's script: stepping through the states of a finding with the arrow keys, deep links, copying the
// command. The page says all of it without, too. It asks nothing of the network and makes no markup of text.

/** Null where no finding is told; the listing where the source is not at hand. */
const panel = document.getElementById("panel");
const where = panel?.querySelector("output");
const said = panel?.querySelector(".said");
const stateList = panel?.querySelector(".state-list");
const listing = panel?.querySelector(".listing") ?? null;
const articles = [...document.querySelectorAll("article.finding")].filter((article) =>
  document.getElementById(`${article.id}-states`),
);
const known = new Map();
/** Which finding, and which of its steps: -1 is before the first. */
let current = null;

function make(name, text = "", className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className !== "") element.className = className;
  return element;
}

function statesOf(article) {
  let states = known.get(article.id);
  if (states === undefined) {
    states = JSON.parse(document.getElementById(`${article.id}-states`).textContent);
    known.set(article.id, states);
  }
  return states;
}

// ---------------------------------------------------------------- states

/** Rows of the table of states, made once for each finding: by object and field. */
function buildTables(states) {
  const active = states.objects.map((object) => object.fields.map(() => false));
  for (const step of states.steps) {
    for (const [object, field] of [...step.b, ...step.w, ...step.r]) active[object][field] = true;
  }
  const cells = [];
  const parts = states.objects.map((object, o) => {
    const details = make("details", "", object.moves ? "" : "quiet");
    details.open = object.moves;
    const summary = make("summary", object.name);
    const status = make("span", "", "status");
    summary.append(" ", status);
    const table = make("table");
    const rows = object.fields.map((field, f) => {
      const row = make("tr", "", active[o][f] ? "" : "quiet");
      const head = make("th", field === "" ? "(value)" : field);
      head.scope = "row";
      const value = make("td");
      row.append(head, value);
      table.append(row);
      return { row, value };
    });
    details.append(summary, table);
    cells.push({ status, rows });
    return details;
  });
  stateList.replaceChildren(...parts);
  return cells;
}

function showStates(states, cells, at) {
  const values = states.objects.map((object) => object.initial.slice());
  const alive = states.objects.map((object) => (object.late ? "not allocated yet" : ""));
  let before = null;
  for (let i = 0; i <= at; i++) {
    const { b, w, a, d } = states.steps[i];
    for (const object of a) alive[object] = "";
    for (const [object, field, value] of b) values[object][field] = value;
    if (i === at) before = values.map((fields) => fields.slice());
    for (const [object, field, value] of w) values[object][field] = value;
    for (const object of d) alive[object] = "freed";
  }
  const step = states.steps[at];
  const key = (object, field) => `${object} ${field}`;
  const changed = new Set(step?.w.map(([object, field]) => key(object, field)));
  const read = new Set(step?.r.map(([object, field]) => key(object, field)));
  for (const [o, { status, rows }] of cells.entries()) {
    status.textContent = alive[o];
    status.classList.toggle("changed", step !== undefined && (step.a.includes(o) || step.d.includes(o)));
    for (const [f, { row, value }] of rows.entries()) {
      const isChanged = changed.has(key(o, f));
      row.classList.toggle("changed", isChanged);
      row.classList.toggle("read", read.has(key(o, f)));
      value.textContent = values[o][f];
      if (isChanged && before[o][f] !== values[o][f] && before[o][f] !== "") {
        value.prepend(make("del", before[o][f]), " ");
      }
    }
  }
}

// ---------------------------------------------------------------- source

function showSource(states, at) {
  if (listing === null) return;
  for (const line of listing.querySelectorAll(".line.now")) line.classList.remove("now");
  for (const mark of listing.querySelectorAll(".here")) mark.remove();
  const stands = at < 0 ? states.begin : states.steps[at].s;
  for (const [task, file, line, waits] of stands) {
    const mark = make("i", states.tasks[task].letter, `here c${task % 8}`);
    mark.title = `${states.tasks[task].label} stands here${waits === "" ? "" : `, waits for ${waits}`}`;
    document.getElementById(`source-${file}-${line}`)?.append(mark);
  }
  if (at < 0) return;
  const { k } = states.steps[at];
  const stood = at === 0 ? states.begin : states.steps[at - 1].s;
  const place = stood.find(([task]) => task === k) ?? stands.find(([task]) => task === k);
  if (place === undefined) return;
  const line = document.getElementById(`source-${place[1]}-${place[2]}`);
  if (line === null) return;
  line.classList.add("now");
  const box = listing.getBoundingClientRect();
  const own = line.getBoundingClientRect();
  if (listing.scrollHeight > listing.clientHeight) {
    listing.scrollTop += own.top - box.top - box.height / 3;
  }
}

// ---------------------------------------------------------------- stepping

function rowOf(article, states, at) {
  return at < 0 ? null : document.getElementById(`${article.id}-step-${states.steps[at].n}`);
}

function select(article, at, { scroll = true, focus = false, link = true } = {}) {
  const states = statesOf(article);
  if (current?.article !== article) current = { article, at, cells: buildTables(states) };
  current.at = at;
  showStates(states, current.cells, at);
  showSource(states, at);
  const step = states.steps[at];
  const number = articles.length > 1 ? `Finding ${article.id.split("-")[1]}, ` : "";
  const total = states.steps.at(-1)?.n ?? 0;
  where.textContent =
    at < 0
      ? `${number}before the first step`
      : `${number}step ${step.n} of ${total}: ${states.tasks[step.k].label}`;
  const waiting = (at < 0 ? states.begin : step.s)
    .filter(([, , , waits]) => waits !== "")
    .map(([task, , , waits]) => `${states.tasks[task].label} waits for ${waits}`);
  said.replaceChildren(...[...(step?.t ?? []), ...waiting].map((text) => make("li", text)));
  for (const row of document.querySelectorAll(".steps > .now")) {
    row.classList.remove("now");
    row.querySelector(".number").removeAttribute("aria-current");
  }
  for (const arrow of document.querySelectorAll(".arrow.on")) arrow.classList.remove("on");
  const row = rowOf(article, states, at);
  if (row === null) return;
  row.classList.add("now");
  const anchor = row.querySelector(".number");
  anchor.setAttribute("aria-current", "step");
  const index = step.n - 1;
  const arrows = `.arrow[data-to="${index}"], .arrow[data-from="${index}"]`;
  for (const arrow of article.querySelectorAll(arrows)) arrow.classList.add("on");
  if (scroll) row.scrollIntoView({ block: "nearest" });
  if (focus) anchor.focus({ preventScroll: true });
  if (link) history.replaceState(null, "", `#${row.id}`);
}

function move(to, focus) {
  const article = current?.article ?? articles[0];
  const last = statesOf(article).steps.length - 1;
  document.documentElement.classList.add("stepping");
  select(article, Math.max(0, Math.min(last, to(current?.at ?? -1, last))), { focus });
}

const KEYS = new Map([
  ["ArrowRight", (at) => at + 1],
  ["ArrowDown", (at) => at + 1],
  ["ArrowLeft", (at) => at - 1],
  ["ArrowUp", (at) => at - 1],
  ["Home", () => 0],
  ["End", (_, last) => last],
]);

/** Up, down, Home and End step where a step has the focus; elsewhere they scroll, as ever. */
function onKey(event) {
  const to = KEYS.get(event.key);
  if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  const onStep = (target.closest?.(".steps") ?? null) !== null;
  const sideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
  if (!onStep && (!sideways || target.closest?.("input, pre, .wide"))) return;
  event.preventDefault();
  move(to, onStep);
}

/** "#finding-2-step-7", or the beginning of a finding. */
function followLink() {
  const match = /^#(finding-\d+)(?:-step-(\d+))?$/.exec(location.hash);
  const article = articles.find(({ id }) => id === match?.[1]);
  if (article === undefined) return false;
  const states = statesOf(article);
  const at =
    match[2] === undefined ? states.first : states.steps.findIndex(({ n }) => n === Number(match[2]));
  if (at < 0) return false;
  if (match[2] !== undefined) document.documentElement.classList.add("stepping");
  select(article, at, { scroll: match[2] !== undefined, link: false });
  return true;
}

// ---------------------------------------------------------------- the rest

async function copy(command, button) {
  try {
    await navigator.clipboard.writeText(command.textContent);
  } catch {
    // Not allowed here: what is selected can be copied by hand.
    getSelection().selectAllChildren(command);
    button.textContent = "Press Ctrl+C";
    return;
  }
  button.textContent = "Copied";
}

for (const command of document.querySelectorAll(".command")) {
  const button = make("button", "Copy");
  button.type = "button";
  button.addEventListener("click", () => copy(command, button));
  command.after(button);
}

// ---------------------------------------------------------------- of a campaign that runs

/** Null: the page was made before there was anything to draw. */
function redraw(chart, paths, labels) {
  const curves = [...(chart?.querySelectorAll(".curve") ?? [])];
  const texts = [...(chart?.querySelectorAll("text") ?? [])];
  for (const [i, curve] of curves.entries()) curve.setAttribute("d", paths[i] ?? "");
  for (const [i, text] of texts.entries()) text.textContent = labels[i] ?? "";
}

/** What the server says of it since: a line of numbers, the curves, and that there is more to see. */
function follow(live) {
  const line = live.querySelector("p");
  const more = live.querySelector("a");
  const source = new EventSource("events");
  source.addEventListener("stats", ({ data }) => {
    const { text, findings, charts } = JSON.parse(data);
    line.textContent = text;
    more.hidden = String(findings) === live.dataset.findings;
    for (const { key, paths, labels } of charts)
      redraw(document.querySelector(`.chart[data-chart="${key}"]`), paths, labels);
  });
  source.addEventListener("gone", ({ data }) => {
    line.textContent = JSON.parse(data).text;
  });
  source.addEventListener("error", () => {
    line.textContent = "The server does not answer; this is how it stood.";
  });
}

const live = document.getElementById("live");
if (live !== null) follow(live);

if (articles.length > 0) {
  document.documentElement.classList.add("js");
  for (const part of panel.querySelectorAll("[hidden]")) part.hidden = false;
  panel.querySelector("[data-go=back]").addEventListener("click", () => move((at) => at - 1, false));
  panel.querySelector("[data-go=on]").addEventListener("click", () => move((at) => at + 1, false));
  panel.querySelector("input").addEventListener("change", (event) => {
    stateList.classList.toggle("all", event.target.checked);
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".steps > .step");
    if (row === null || event.target.closest("a") || String(getSelection()) !== "") return;
    location.hash = row.id;
  });
  addEventListener("hashchange", followLink);
  if (!followLink()) select(articles[0], statesOf(articles[0]).first, { scroll: false, link: false });
}
