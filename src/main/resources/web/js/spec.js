// One spec: interview, acceptance criteria with their tests, spec and plan, what its validation found.
import { html, nothing } from "/lib/lit-html.js";
import { filled, get, post } from "./api.js";
import { ago, day, plural } from "./format.js";
import { interview } from "./interview.js";
import { markdown } from "./markdown.js";
import { announce, badge, failure, field, icon, loading, sheet, trace } from "./parts.js";
import { poll } from "./poll.js";

const SAID = { planning: "The interview goes on", validate: "Validated", approve: "Approved", reject: "Rejected" };

export function specPage(app, id) {
  let missing = false;
  let error = null;
  let busy = "";
  let coverage = null;
  let dialog = null;
  const page = {
    app,
    id,
    spec: null,
    refresh: () => load(),
    took(spec) {
      if (spec?.artifacts && (!page.spec || spec.version >= page.spec.version)) page.spec = spec;
    },
  };
  const form = interview(page);
  const asked = poll(load, 3000);

  async function load() {
    try {
      page.took(await get(`/specs/${id}`));
      if (page.spec.artifacts.planning?.criteria?.length) coverage = await get(`/specs/${id}/coverage`);
      if (error?.status === 0) error = null;
    } catch (failed) {
      missing = failed.status === 404;
      error = failed;
    }
    app.update();
  }

  async function act(name, path, body = {}) {
    busy = name;
    error = null;
    app.update();
    try {
      page.took(await post(`/specs/${id}${path}`, body));
      announce(SAID[name]);
    } catch (failed) {
      error = failed;
    }
    busy = "";
    await load();
  }

  function begin() {
    const wanted = { mode: "stub", agents: [], judge: "" };
    let agents = [];
    get("/agents").then(a => ((agents = a.items.filter(x => x.usable && x.kind !== "cli")), app.update())).catch(() => {});
    const needed = { stub: 0, single: 1, dual: 2 };
    dialog = () =>
      sheet(
        "Start the interview",
        () => ((dialog = null), app.update()),
        html`${field("mode", "Who asks", () => html`<select id="mode" @change=${e => ((wanted.mode = e.target.value), app.update())}>
            <option value="stub">Fixed questions, no model</option><option value="single" ?disabled=${agents.length < 1}>One agent</option><option value="dual" ?disabled=${agents.length < 2}>Two agents, and a judge between them</option></select>`)}
          ${Array.from({ length: needed[wanted.mode] }, (_, i) => choose(`asker-${i}`, `Agent ${i + 1}`, agents, v => (wanted.agents[i] = v)))}
          ${wanted.mode === "dual" ? choose("asker-judge", "Judge", agents, v => (wanted.judge = v)) : nothing}`,
        html`<button class="primary">Ask</button>`,
        () => {
          document.querySelector("dialog.sheet")?.close();
          act("planning", "/planning", filled({ mode: wanted.mode, agents: wanted.agents.filter(Boolean), judge: wanted.judge }));
        },
      );
    app.update();
  }

  const choose = (name, label, agents, taken) =>
    field(name, label, () => html`<select id=${name} @change=${e => taken(e.target.value)}><option value="">Choose</option>${agents.map(a => html`<option>${a.name}</option>`)}</select>`);

  function planningCard() {
    const planning = page.spec.artifacts.planning;
    // what was imported has criteria, and nobody was asked anything
    if (!planning || (!planning.questions.length && (!planning.metadata.rounds.length || planning.metadata.writer === "import")))
      return html`<section class="card stack"><h2>Interview</h2><p class="muted">What is unclear is better asked before than found out afterwards.</p>
        ${app.mayRun ? html`<div><button class="primary" ?disabled=${busy} @click=${begin}>${busy === "planning" ? "Asking…" : "Start the interview"}</button></div>` : nothing}</section>`;
    const open = planning.questions.filter(q => !planning.answers.some(a => a.question === q.id)).length;
    const written = planning.criteria.length;
    return html`<section class="card" aria-labelledby="interview-title"><div class="head"><h2 id="interview-title">Interview</h2>
        <span class="badge ${open ? "warn" : "good"}">${open ? `${plural(open, "question")} open` : "Answered"}</span></div>
      ${form.view()}
      ${!open && !written && app.mayRun ? html`<p class="row"><button class="primary" ?disabled=${busy} @click=${() => act("planning", "/planning", {})}>${busy === "planning" ? "Writing…" : "Go on: more questions, or criteria and plan"}</button></p>` : nothing}
      <p class="muted small foot">${who(planning.metadata)} ${traces(planning.metadata)}</p></section>`;
  }

  const who = meta => (meta.mode === "stub" ? "Fixed questions." : `Asked by ${meta.agents.map(a => a.agent).join(" and ")}${meta.judge ? `, judged by ${meta.judge.agent}` : ""}.`);

  const traces = meta => meta.rounds.flatMap(round => round.candidates.map(c => trace(c.traceLink, `round ${round.number} of ${c.agent}`)));

  function criteriaCard() {
    const { criteria } = page.spec.artifacts.planning ?? { criteria: [] };
    if (!criteria.length) return nothing;
    return html`<section class="card" aria-labelledby="criteria-title"><h2 id="criteria-title">Acceptance criteria</h2>
      <ul class="criteria">${criteria.map(c => {
        const tests = coverage?.criteria.find(x => x.id === c.id)?.tests ?? [];
        return html`<li><span class="tag">${c.id}</span><span>${c.text}</span>
          <span class="tests">${tests.length ? tests.map(test) : coverage?.run ? "No test names it." : ""}</span></li>`;
      })}</ul>
      <p class="muted small foot">${coverage?.run ? html`Tests of <a href="/runs/${coverage.run}">the newest run</a>, on its winner's code.` : "The tests that cover them can be seen after a run."}</p></section>`;
  }

  function test(t) {
    const colour = { passed: "good-text", failed: "bad-text", error: "bad-text" }[t.outcome] ?? "";
    return html`<div><span class=${colour}>${icon(t.outcome === "passed" ? "check" : colour ? "cross" : "minus")} ${t.outcome}</span> <span class="tag">${t.author}</span> <code>${t.test}</code></div>`;
  }

  function planCard() {
    const { planning } = page.spec.artifacts;
    if (!planning?.plan?.length) return nothing;
    const text = planning.plan.map((phase, i) => `### ${i + 1}. ${phase.name}\n${phase.tasks.map(t => `- ${t}`).join("\n")}`).join("\n\n");
    return html`<section class="card"><h2>Plan</h2>${markdown(text)}</section>`;
  }

  function checkCard() {
    const { validation, assessment } = page.spec.artifacts;
    return html`<section class="card stack"><div class="head"><h2>Checks</h2>
        ${app.mayRun ? html`<button class="little" ?disabled=${busy} @click=${() => act("validate", "/validate")}>Validate</button>` : nothing}</div>
      ${validation
        ? html`<p><span class="badge ${validation.valid ? "good" : "bad"}">${icon(validation.valid ? "check" : "cross")} ${validation.valid ? "Valid" : "Not valid"}</span> <span class="muted small">${ago(validation.at)}</span></p>
            ${validation.findings.length ? html`<ul>${validation.findings.map(f => html`<li><span class="badge ${f.severity === "error" ? "bad" : "warn"}">${f.severity}</span> ${f.message}</li>`)}</ul>` : nothing}`
        : html`<p class="muted">Not validated since its last change.</p>`}
      ${assessment ? html`<p class="small">Looks <strong>${assessment.complexity}</strong> <span class="muted">(${Math.round(assessment.confidence * 100)} % sure)${assessment.signals?.length ? `: ${assessment.signals.slice(0, 3).map(s => s.detail || s.name).join("; ")}` : ""}</span></p>` : nothing}</section>`;
  }

  function view() {
    const { spec } = page;
    if (!spec) {
      if (missing) return html`<div class="card empty"><h1>There is no such spec</h1><p>It is gone, or it is not yours.</p><a class="button" href="/specs">To the specs</a></div>`;
      return html`${failure(error)}${loading()}`;
    }
    const overview = spec.artifacts.planning?.overview;
    return html`<div class="head"><div class="stack"><div class="row">${badge(spec.status)}<span class="muted small">version ${spec.version} · ${spec.owner} · ${day(spec.createdAt)}</span></div><h1>${spec.title}</h1></div>
        ${app.mayRun && spec.status !== "rejected" ? html`<div class="row">
          ${spec.status === "validated" ? html`<button ?disabled=${busy} @click=${() => act("approve", "/approve")}>Approve</button>` : nothing}
          <button class="danger" ?disabled=${busy} @click=${() => act("reject", "/reject")}>Reject</button><a class="button primary" href="/new?spec=${id}${spec.repository ? `&repository=${encodeURIComponent(spec.repository)}` : ""}">Start a run</a></div>` : nothing}</div>
      ${failure(error)}
      <div class="spec"><div class="stack">${planningCard()}${planCard()}</div>
        <div class="stack"><section class="card"><h2>Request</h2>${markdown(spec.task)}${overview ? html`<h2>Overview</h2>${markdown(overview)}` : nothing}</section>${criteriaCard()}${checkCard()}</div></div>
      ${dialog ? dialog() : nothing}`;
  }

  return {
    get title() {
      return page.spec?.title ?? "Spec";
    },
    view,
    leave: () => asked.stop(),
  };
}
