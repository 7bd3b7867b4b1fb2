// The list of runs.
import { html, nothing } from "/lib/lit-html.js";
import { repeat } from "/lib/directives/repeat.js";
import { get } from "./api.js";
import { agentName, ago, clock, count, day, duration, firstLine, isLive, money, status } from "./format.js";
import { badge, empty, failure, icon, loading } from "./parts.js";
import { poll } from "./poll.js";

const FILTERS = ["running", "queued", "waiting", "accepted", "none", "abstained", "budget", "cancelled", "failed"];

export function runsPage(app) {
  let first = null; // the newest page, which is asked for again
  let older = [];
  let next;
  let filter = "";
  let error = null;

  const asked = poll(load, 3000);
  const ticking = setInterval(app.update, 1000);

  async function load() {
    const wanted = filter;
    try {
      const page = await get(`/tdd-runs?limit=50${wanted ? `&status=${wanted}` : ""}`);
      if (wanted !== filter) return;
      if (first === null || !older.length) next = page.next;
      first = page.items;
      error = null;
    } catch (failed) {
      error = failed;
    }
    app.update();
  }

  async function more() {
    try {
      const page = await get(`/tdd-runs?limit=50&cursor=${next}${filter ? `&status=${filter}` : ""}`);
      older = [...older, ...page.items];
      next = page.next;
    } catch (failed) {
      error = failed;
    }
    app.update();
  }

  function choose(event) {
    filter = event.target.value;
    first = null;
    older = [];
    asked.now();
    app.update();
  }

  function row(run) {
    const end = run.finishedAt ? new Date(run.finishedAt) : Date.now();
    return html`<tr>
      <td>${badge(run.status)}</td>
      <td class="task"><a href="/runs/${run.id}">${firstLine(run.task)}</a>
        <span class="small muted">${run.kind === "answer" ? "Question" : run.repository.split("/").pop()}${run.parent ? " · fork" : ""}${app.me.role === "admin" && run.owner !== app.me.name ? ` · ${run.owner}` : ""}</span></td>
      <td class="agents small">${run.agents.map(agentName).join(", ")}
        ${run.winner ? html`<br /><span class="good-text">${icon("check")} ${agentName(run.winner.agent)}</span>` : nothing}</td>
      <td class="number money">${money(run.costMicros, run.costKnown)}<br /><span class="small muted">${count(run.tokens)} tokens</span></td>
      <td class="number time" title=${day(run.createdAt)}>${duration(end - new Date(run.createdAt))}<br />
        <span class="small muted">${isLive(run.status) ? clock(run.createdAt) : ago(run.createdAt)}</span></td>
    </tr>`;
  }

  function list() {
    if (first === null) return error ? nothing : loading();
    if (!first.length && filter) return empty("None", `No run is in the state “${status(filter)[0]}”.`);
    if (!first.length)
      return empty(
        "No runs yet",
        "A run lets several agents try the same change, and picks the one that passes the others' tests.",
        app.mayRun ? html`<a class="button primary" href="/new">Start the first run</a>` : nothing,
      );
    const known = new Set(first.map(run => run.id));
    const all = [...first, ...older.filter(run => !known.has(run.id))];
    return html`<div class="card flush"><div class="scroll"><table class="list runs">
        <thead><tr><th scope="col">State</th><th scope="col">Request</th><th scope="col">Agents</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Time</th></tr></thead>
        <tbody>${repeat(all, run => run.id, row)}</tbody></table></div></div>
      ${next ? html`<p class="row"><button @click=${more}>Show older runs</button></p>` : nothing}`;
  }

  return {
    title: "Runs",
    leave() {
      asked.stop();
      clearInterval(ticking);
    },
    view: () => html`<div class="head"><h1>Runs</h1>
        <div class="row"><div class="filter"><label class="unseen" for="filter">State</label>
          <select id="filter" @change=${choose}><option value="">All states</option>
            ${FILTERS.map(name => html`<option value=${name}>${status(name)[0]}</option>`)}</select></div>
          ${app.mayRun ? html`<a class="button primary" href="/new">${icon("plus")} New run</a>` : nothing}</div></div>
      <div class="stack">${failure(error)}${list()}</div>`,
  };
}
