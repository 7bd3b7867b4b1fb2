// The decision with what it rests on, and the question to a person where one must decide.
import { html, nothing } from "/lib/lit-html.js";
import { agentName, plural, status } from "./format.js";
import { markdown } from "./markdown.js";
import { icon, trace } from "./parts.js";
import { answerForm } from "./run-actions.js";

const RULES = {
  "only-survivor": "The only candidate that passed the gate",
  tests: "It passes more of the tests that others wrote",
  "tie-smaller-diff": "The evidence is equal; the smallest change was taken",
  contradiction: "The evidence contradicts itself",
  "nobody-passed-the-gate": "Nobody passed the gate",
  "model-judge": "The evidence is equal; the model judge named the same winner in both orders",
  "only-answer": "The only answer",
  "same-answer": "All answers say the same",
  "judge-undecided": "The judge does not agree with itself",
  "no-answer": "There is no answer",
};

export function decision(page) {
  const { state, run } = page;
  const decided = state.decided;
  const over = !page.live();
  if (!decided && !over) return nothing;
  const winner = decided?.winner;
  // the run's reason often repeats the decision's
  const more = decided && over ? (run.reason ?? "").replace(decided.rationale, "").replace(state.answered?.reason ?? "", "").trim() : "";
  const tone = run.status === "waiting" ? "open" : run.status === "failed" ? "lost" : winner ? "won" : "";
  return html`<section class="card decision ${tone}" aria-labelledby="decision-title">
    <div class="head"><h2 id="decision-title">${title(page, decided)}</h2>
      <div class="row">${trace(run.traces.decision, "the decision")}${decided ? html`<span class="badge ${decided.confidence === "high" ? "good" : decided.confidence === "none" ? "" : "warn"}">Confidence ${decided.confidence}</span>` : nothing}
        ${winner && run.kind === "change" ? html`<a class="button little" href="/runs/${page.id}/changes?b=${winner}">See the change</a>` : nothing}</div></div>
    <div class="stack">
      ${decided ? html`<p><strong>${RULES[decided.rule] ?? decided.rule}.</strong> <span class="pre">${decided.rationale}</span></p>` : html`<p>${run.reason ?? status(run.status)[0]}</p>`}
      ${state.answered ? html`<p>${icon(state.answered.answer === "approved" ? "check" : "cross")} ${state.answered.reason}</p>` : nothing}
      ${more ? html`<p class="muted">${more}</p>` : nothing}
      ${run.kind === "change" ? table(page) : answers(page)}
      ${run.status === "waiting" ? answerForm(page) : nothing}
    </div>
    ${verdicts(page)}
  </section>`;
}

function title(page, decided) {
  const { run } = page;
  if (!decided) return status(run.status)[0];
  if (decided.winner) return html`<span class="tag">${decided.winner}</span> ${page.agentOf(decided.winner)} ${run.status === "waiting" ? "would win" : "wins"}`;
  return run.status === "waiting" ? "A person must decide" : "No winner";
}

function table(page) {
  const rows = page.candidates.filter(c => c.id !== "tester");
  if (!rows.length) return nothing;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Candidates compared"><table class="list compare">
    <thead><tr><th scope="col">Candidate</th><th scope="col" class="number">Tests of others</th><th scope="col" class="number">Change</th><th scope="col">Gate</th></tr></thead>
    <tbody>${rows.map(
      c => html`<tr><td class="name"><span class="tag">${c.id}</span> ${agentName(c.agent)}</td>
        <td class="number tests">${c.counted ? html`${c.passed} of ${c.counted}` : "–"}</td>
        <td class="number">${c.diff && !c.diff.files ? html`<span class="muted small">no change</span>` : c.diff ? html`<span class="good-text">+${c.diff.added}</span> <span class="bad-text">−${c.diff.removed}</span> <span class="muted small">in ${plural(c.diff.files, "file")}</span>` : "–"}</td>
        <td class="wide">${c.vetoes.length ? c.vetoes.map(v => html`<div><span class="badge bad">${icon("cross")} ${v.class}</span> <span class="small">${v.reason}</span></div>`) : c.counted === undefined ? html`<span class="small muted">${c.reason ?? ""}</span>` : html`<span class="badge good">${icon("check")} passed</span>`}</td></tr>`,
    )}</tbody></table></div>`;
}

function answers(page) {
  return html`<div class="verdicts">${page.candidates.filter(c => c.answer).map(
    c => html`<article class="verdict"><h3><span class="tag">${c.id}</span> ${agentName(c.agent)}</h3>${markdown(c.answer)}</article>`,
  )}</div>`;
}

function verdicts(page) {
  const all = [...page.state.verdicts].sort((a, b) => a.order - b.order);
  if (!all.length) return nothing;
  return html`<div class="verdicts">${all.map(
    v => html`<article class="verdict stack"><h3>${agentName(v.judge)}, shown ${v.shown.join(" before ")}</h3>
      <p>${v.problem ? html`<span class="badge warn">Not usable</span> ${v.problem}` : v.winner ? html`<span class="badge good">Prefers ${v.winner}</span>` : html`<span class="badge">Undecided</span>`}
        ${Object.entries(v.scores ?? {}).map(([id, score]) => html` <span class="badge">${id}: ${score}</span>`)}</p>
      <p class="pre small">${v.rationale}</p></article>`,
  )}</div>`;
}
