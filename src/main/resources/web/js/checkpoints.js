// Checkpoints on a time line; a fork goes on from one of them.
import { html, nothing } from "/lib/lit-html.js";
import { filled, get, once, post } from "./api.js";
import { PHASES, agentName, capital, clock, firstLine, money, toMicros } from "./format.js";
import { empty, failure, field, icon, loading, sheet } from "./parts.js";

const PAUSE = 2000;

export function checkpointsTab(page) {
  let items = null;
  let error = null;
  let seen = -1;
  let asked = 0;
  let small = false;

  function load() {
    // a run at work has events all the time: a look every two seconds is enough
    if (seen === page.state.version || Date.now() - asked < PAUSE) return;
    seen = page.state.version;
    asked = Date.now();
    get(`/tdd-runs/${page.id}/checkpoints`)
      .then(answer => ([items, error] = [answer.items, null]))
      .catch(failed => (error = failed))
      .finally(page.update);
  }

  const isPhase = label => !label.includes("/");

  function row(c) {
    const [who, ...rest] = c.label.split("/");
    return html`<li class=${isPhase(c.label) ? "phase" : ""}><span class="spot"></span>
      <span class="label">${isPhase(c.label) ? PHASES[c.label] ?? capital(c.label) : html`<span class="tag">${who}</span> ${rest.join(" ").replaceAll("-", " ")}`}</span>
      <span class="muted at">${clock(c.at)}</span><span class="muted cost right">${money(c.costMicros)}</span>
      ${page.app.mayRun ? html`<button class="little" @click=${() => forkFrom(page, c)} aria-label="Fork from ${c.label}">${icon("fork")} Fork from here</button>` : html`<span></span>`}</li>`;
  }

  return {
    view() {
      load();
      if (error) return failure(error);
      if (!items) return loading();
      if (!items.length) return empty("No checkpoints yet", "The first one comes when the base was tested.");
      const shown = small ? items : items.filter(c => !/turn-\d+$/.test(c.label));
      return html`<div class="card"><div class="head"><p>A fork takes what was done up to a checkpoint, and goes on from there, with another request, other agents or another budget.</p>
          <label class="check"><input type="checkbox" .checked=${small} @change=${e => ((small = e.target.checked), page.update())} /> Every turn</label></div>
        <ol class="timeline" aria-label="Checkpoints">${shown.map(row)}</ol></div>`;
    },
  };
}


function forkFrom(page, checkpoint) {
  const form = { key: once() };
  page.show(() => forkSheet(page, checkpoint, form));
}

function forkSheet(page, checkpoint, form) {
  const { run } = page;
  const set = name => event => (form[name] = event.target.value);
  const input = (name, placeholder) => (invalid, described) =>
    html`<input id="fork-${name}" placeholder=${placeholder} @input=${set(name)} aria-invalid=${invalid} aria-describedby=${described || nothing} />`;

  async function submit() {
    form.busy = true;
    form.error = null;
    page.update();
    try {
      const fork = await post(
        `/checkpoints/${checkpoint.id}/fork`,
        filled({
          task: form.task?.trim(),
          agents: (form.agents ?? "").split(",").map(t => t.trim()).filter(Boolean),
          budget: form.budget ? { costMicros: toMicros(form.budget) } : undefined,
          reason: form.reason?.trim(),
        }),
        form.key,
      );
      page.show(null);
      page.app.go(`/runs/${fork.id}`);
    } catch (failed) {
      form.key = once();
      form.error = failed;
      form.busy = false;
      page.update();
    }
  }

  return sheet(
    `Fork from ${checkpoint.label}`,
    () => page.show(null),
    html`${failure(form.error)}<p class="muted">What is left empty stays as it was. What was spent until here, ${money(checkpoint.costMicros)}, counts.</p>
      ${field("fork-task", "Request", (invalid, described) => html`<textarea id="fork-task" autofocus placeholder=${firstLine(run.task)} @input=${set("task")} aria-invalid=${invalid} aria-describedby=${described || nothing}></textarea>`, { error: form.error, name: "task" })}
      <div class="fields">${field("fork-agents", "Agents", input("agents", run.agents.map(agentName).join(", ")), { hint: "The first goes on with c1, the second with c2.", error: form.error, name: "agents" })}
        ${field("fork-budget", "Budget in US dollars", input("budget", run.budget?.costMicros ? money(run.budget.costMicros).slice(1) : "no limit"), { error: form.error, name: "budget" })}</div>
      ${field("fork-reason", "Why", input("reason", ""), { error: form.error, name: "reason" })}`,
    html`<button class="primary" ?disabled=${form.busy}>${icon("fork")} Fork</button>`,
    submit,
  );
}
