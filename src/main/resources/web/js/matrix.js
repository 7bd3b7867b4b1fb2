// Tests against candidates as a heat map. A cell opens to its reason and to what each test printed.
import { html, nothing } from "/lib/lit-html.js";
import { get } from "./api.js";
import { plural } from "./format.js";
import { failure, icon, sheet } from "./parts.js";

const OUTCOMES = {
  compile: "does not compile",
  timeout: "timeout",
  crash: "crash",
  flaky: "flaky",
  "not-applicable": "n/a",
  "could-not-run": "could not run",
};

export function matrix(page) {
  const { state } = page;
  const candidates = [...state.lanes.keys()].filter(id => id !== "tester");
  if (page.run.kind !== "change" || !candidates.length || (!state.cells.size && !state.phases.includes("evidence"))) return nothing;
  const sets = ["base", ...(state.sets.includes("tester") ? ["tester"] : []), ...candidates.filter(id => state.sets.includes(id))];
  return html`<section class="card" aria-labelledby="matrix-title"><h2 id="matrix-title">Everybody's tests against everybody's code</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Matrix"><table class="matrix">
      <thead><tr><td></td>${candidates.map(id => html`<th scope="col"><span class="tag">${id}</span> <span class="muted">${page.agentOf(id)}</span></th>`)}</tr></thead>
      <tbody>${sets.map(set => html`<tr><th scope="row">${setName(page, set)}</th>${candidates.map(id => html`<td>${cell(page, set, id)}</td>`)}</tr>`)}</tbody>
    </table></div>
    <p class="legend"><span>A row is somebody's tests, a column somebody's code.</span><span>Dashed: own tests, which never count for their author.</span></p></section>`;
}

function setName(page, set) {
  if (set === "base") return "The repository's tests";
  if (set === "tester") return "Independent tests";
  return html`Tests of <span class="tag">${set}</span>`;
}

function cell(page, set, id) {
  const found = page.state.cells.get(`${set}/${id}`);
  const own = set === id;
  if (!found) return html`<div class="button cell none ${own ? "own" : ""}">${page.live() ? "…" : own ? "own" : "–"}</div>`;
  const ran = found.passed + found.failed;
  const counted = found.outcome === "pass" || found.outcome === "assertion";
  const label = counted ? `${found.passed} of ${ran} pass` : OUTCOMES[found.outcome] ?? found.outcome;
  const who = set === "base" ? "the repository's tests" : set === "tester" ? "independent tests" : `tests of ${set}`;
  return html`<button class="cell ${heat(found, ran)} ${own ? "own" : ""}" aria-label="${who} on ${id}: ${label}" title=${found.reason} @click=${() => open(page, found, who)}>
    ${counted ? html`<span>${found.passed}/${ran}</span>` : html`<span>${label}</span>`}
    <small>${found.outcome === "pass" ? html`${icon("check")} pass` : counted ? html`${icon("cross")} ${found.failed} red` : own ? "own" : nothing}</small></button>`;
}

function heat(found, ran) {
  if (found.outcome === "pass") return "h4";
  if (found.outcome === "not-applicable" || found.outcome === "could-not-run") return "none";
  if (found.outcome === "flaky") return "h2";
  if (found.outcome !== "assertion" || !ran) return "h0";
  const share = found.passed / ran;
  return share > 0.9 ? "h2" : share > 0.5 ? "h1" : "h0";
}

function open(page, found, who) {
  const detail = { cell: null, error: null };
  page.show(() => dialog(page, found, who, detail));
  get(`/tdd-runs/${page.id}/matrix/${found.testSet}/${found.candidate}`)
    .then(cell => (detail.cell = cell))
    .catch(error => (detail.error = error.status === 404 ? new Error("Single results can be seen when all cells are there.") : error))
    .finally(page.update);
}

function dialog(page, found, who, detail) {
  const results = [...(detail.cell?.results ?? [])].sort((a, b) => (a.status === "passed") - (b.status === "passed"));
  const red = results.filter(r => r.status !== "passed");
  const green = results.filter(r => r.status === "passed");
  return sheet(
    html`${who[0].toUpperCase() + who.slice(1)} on ${found.candidate}`,
    () => page.show(null),
    html`<p>${found.reason}</p>
      ${failure(detail.error)}
      ${!detail.cell && !detail.error ? html`<div class="waiting"></div>` : nothing}
      ${red.length ? html`<ul class="results">${red.map(result)}</ul>` : nothing}
      ${detail.cell?.flaky?.length ? html`<div><h3>Flaky, counted for nobody</h3><ul class="small">${detail.cell.flaky.map(id => html`<li class="mono">${id}</li>`)}</ul></div>` : nothing}
      ${green.length ? html`<details ?open=${!red.length}><summary>${plural(green.length, "test")} passed</summary><ul class="results">${green.map(result)}</ul></details>` : nothing}`,
  );
}

function result(one) {
  const good = one.status === "passed";
  return html`<li><div class="id"><span class=${good ? "good-text" : "bad-text"}>${icon(good ? "check" : "cross")}</span><code>${one.id}</code>${good ? nothing : html`<span class="badge bad">${one.status}</span>`}</div>
    ${one.message ? html`<pre class="output" tabindex="0">${one.message}</pre>` : nothing}</li>`;
}
