// What a person can do with a run: cancel, resume, approve, reject.
import { html, nothing } from "/lib/lit-html.js";
import { filled, post } from "./api.js";
import { money, toMicros } from "./format.js";
import { announce, failure, field, sheet } from "./parts.js";

const RESUMABLE = ["failed", "cancelled", "budget", "interrupted"];

/** Buttons beside the title. */
export function actions(page) {
  const { run, app } = page;
  if (!app.mayRun) return nothing;
  return html`<div class="row">
    ${page.live() ? html`<button class="danger" @click=${() => ask(page, cancelSheet)}>Cancel run</button>` : nothing}
    ${RESUMABLE.includes(run.status) ? html`<button class="primary" @click=${() => ask(page, resumeSheet)}>Resume</button>` : nothing}
  </div>`;
}

/** The question to a person, with the candidates that may be approved. */
export function answerForm(page) {
  const { run, app } = page;
  const able = page.candidates.filter(c => !c.vetoes.length && c.commit);
  const form = (page.answer ??= {});
  // the events with the decision may come after the run itself
  if (run.waitsFor === "approval") form.candidate = page.state.decided?.winner;
  const choose = id => {
    form.candidate = id;
    page.update();
  };
  return html`<div class="answer stack" role="group" aria-label="Your decision">
    <h3>${run.waitsFor === "approval" ? "Deliver the winner?" : "The evidence contradicts itself: which one is right?"}</h3>
    ${run.waitsFor === "choice"
      ? html`<fieldset class="stack"><legend class="unseen">Candidate</legend>${able.map(
          c => html`<label class="check"><input type="radio" name="candidate" .checked=${form.candidate === c.id} @change=${() => choose(c.id)} />
            <span class="tag">${c.id}</span> ${page.agentOf(c.id)} <span class="muted small">${c.passed} of ${c.counted} tests of others</span></label>`,
        )}</fieldset>`
      : nothing}
    ${failure(form.error)}
    ${app.mayRun
      ? html`<div class="row"><button class="primary" ?disabled=${form.busy || (run.waitsFor === "choice" && !form.candidate)} @click=${() => approve(page)}>Approve${form.candidate ? ` ${form.candidate}` : ""}</button>
          <button class="danger" ?disabled=${form.busy} @click=${() => ask(page, rejectSheet)}>Reject…</button>
          ${form.candidate && run.waitsFor === "choice" ? html`<a class="button quiet" href="/runs/${page.id}/changes?b=${form.candidate}">See the change</a>` : nothing}</div>`
      : html`<p class="muted small">Your role may look, not decide.</p>`}
  </div>`;
}

async function approve(page) {
  const form = page.answer;
  form.busy = true;
  form.error = null;
  page.update();
  try {
    await post(`/tdd-runs/${page.id}/approve`, filled({ candidate: form.candidate }));
    announce("Approved");
    page.answer = undefined;
  } catch (failed) {
    form.error = failed;
    form.busy = false;
  }
  page.refresh();
  page.update();
}

function ask(page, kind) {
  const form = { dialog: () => kind(page, form) };
  page.show(form.dialog);
}

async function send(page, form, path, body, said) {
  form.busy = true;
  form.error = null;
  page.update();
  try {
    await post(`/tdd-runs/${page.id}/${path}`, body);
    announce(said);
    // events may have been faster than the answer, and something else may be asked by now
    if (page.dialog === form.dialog) document.querySelector("dialog.sheet")?.close();
  } catch (failed) {
    form.error = failed;
  }
  form.busy = false;
  page.refresh();
  page.update();
}

const close = page => () => page.show(null);

function cancelSheet(page, form) {
  return sheet(
    "Cancel this run?",
    close(page),
    html`${failure(form.error)}<p>Its agents stop at once. What was done so far stays, and it can be resumed.</p>`,
    html`<button class="primary" ?disabled=${form.busy}>Stop the run</button>`,
    () => send(page, form, "cancel", {}, "Cancelled"),
  );
}

function rejectSheet(page, form) {
  return sheet(
    "Reject",
    close(page),
    html`${failure(form.error)}${field("reason", "Why", (invalid, described) => html`<textarea id="reason" autofocus maxlength="500" @input=${e => (form.reason = e.target.value)} aria-invalid=${invalid} aria-describedby=${described || nothing}></textarea>`, {
      hint: "Kept with the run.",
    })}`,
    html`<button class="primary" ?disabled=${form.busy}>Reject</button>`,
    () => send(page, form, "reject", filled({ reason: form.reason }), "Rejected"),
  );
}

function resumeSheet(page, form) {
  const limit = page.run.budget?.costMicros;
  return sheet(
    "Resume",
    close(page),
    html`${failure(form.error)}<p>It goes on from its last step. Calls that were recorded are not paid again.</p>
      ${field("budget", "Budget in US dollars", (invalid, described) => html`<input id="budget" autofocus inputmode="decimal" placeholder=${limit ? money(limit).slice(1) : "as before"} @input=${e => (form.budget = e.target.value)} aria-invalid=${invalid} aria-describedby=${described || nothing} />`, {
        hint: limit ? `Now ${money(limit)}, of which ${money(page.run.costMicros)} is spent. Empty leaves it.` : "Empty leaves it as it is.",
        error: form.error,
      })}`,
    html`<button class="primary" ?disabled=${form.busy}>Go on</button>`,
    () => send(page, form, "resume", form.budget ? { budget: { costMicros: toMicros(form.budget) } } : {}, "Resumed"),
  );
}
