// The form that starts a run.
import { html, nothing } from "/lib/lit-html.js";
import { filled, get, once, post } from "./api.js";
import { firstLine, tail, toMicros } from "./format.js";
import { failure, field, loading } from "./parts.js";

export function newRunPage(app) {
  const key = once();
  const asked = new URLSearchParams(location.search);
  const form = {
    kind: "change",
    task: "",
    repository: asked.get("repository") ?? recent(),
    spec: asked.get("spec") ?? "",
    tester: "",
    judge: "",
    budget: "",
    minutes: "",
    testCommand: "",
    base: "",
    approve: false,
    apply: "branch",
  };
  const chosen = new Map(); // agent to how many
  let agents = null;
  let specs = [];
  let error = null;
  let busy = false;

  load();

  async function load() {
    try {
      agents = (await get("/agents")).items;
      for (const agent of agents.filter(a => a.usable).slice(0, 2)) chosen.set(agent.name, 1);
    } catch (failed) {
      agents = [];
      error = failed;
    }
    specs = (await get("/specs?limit=50").catch(() => ({ items: [] }))).items;
    app.update();
  }

  const set = name => event => {
    form[name] = event.target.type === "checkbox" ? event.target.checked : event.target.value;
    app.update();
  };

  async function submit(event) {
    event.preventDefault();
    const extra = String(form.scripts ?? "").split(",").map(t => t.trim()).filter(Boolean);
    const spec = form.kind === "change" ? form.spec : "";
    const body = filled({
      kind: form.kind,
      task: spec ? undefined : form.task,
      spec,
      repository: form.kind === "change" ? form.repository.trim() : undefined,
      base: form.kind === "change" ? form.base.trim() : undefined,
      agents: [...[...chosen].map(([name, n]) => (n > 1 ? `${name}:${n}` : name)), ...extra],
      tester: form.kind === "change" ? form.tester : undefined,
      judge: form.judge,
      testCommand: form.kind === "change" ? form.testCommand.trim() : undefined,
      maxTimeSeconds: form.minutes ? Math.round(Number(form.minutes) * 60) : undefined,
      apply: form.kind === "change" ? form.apply : undefined,
      approve: form.kind === "change" && form.approve ? true : undefined,
      budget: form.budget ? { costMicros: toMicros(form.budget) } : undefined,
    });
    busy = true;
    error = null;
    app.update();
    try {
      const run = await post("/tdd-runs", body, key);
      remember(form.repository);
      app.go(`/runs/${run.id}`);
      return;
    } catch (failed) {
      Object.assign(key, once()); // what was refused may be corrected and sent again
      error = failed;
    }
    busy = false;
    app.update();
    requestAnimationFrame(() => {
      document.querySelector("[aria-invalid=true], [role=alert]")?.scrollIntoView({ block: "center" });
      document.querySelector("[aria-invalid=true]")?.focus({ preventScroll: true });
    });
  }

  const input = (name, more = {}) => (invalid, described) =>
    html`<input id=${name} type=${more.type ?? "text"} inputmode=${more.mode ?? nothing} placeholder=${more.placeholder ?? nothing}
      .value=${form[name] ?? ""} @input=${set(name)} aria-invalid=${invalid} aria-describedby=${described || nothing} ?required=${more.required} />`;

  const agentSelect = (name, none) => (invalid, described) =>
    html`<select id=${name} @change=${set(name)} aria-invalid=${invalid} aria-describedby=${described || nothing}>
      <option value="">${none}</option>${agents.filter(a => a.usable).map(a => html`<option value=${a.name} ?selected=${form[name] === a.name}>${a.name}</option>`)}</select>`;

  function pick(agent) {
    const many = chosen.get(agent.name) ?? 0;
    const flip = event => {
      event.target.checked ? chosen.set(agent.name, 1) : chosen.delete(agent.name);
      app.update();
    };
    const amount = event => {
      chosen.set(agent.name, Number(event.target.value));
      app.update();
    };
    return html`<div class="pick"><input type="checkbox" id="agent-${agent.name}" .checked=${many > 0} ?disabled=${!agent.usable} @change=${flip} />
      <label for="agent-${agent.name}">${agent.name}<small title=${agent.detail}>${!agent.usable ? agent.problem : agent.kind === "scripted" ? `scripted · ${tail(agent.detail)}` : agent.detail}</small></label>
      ${many ? html`<select aria-label="How many of ${agent.name}" @change=${amount}>${[1, 2, 3, 4].map(n => html`<option value=${n} ?selected=${n === many}>× ${n}</option>`)}</select>` : nothing}</div>`;
  }

  function request() {
    return html`<div class="card stack">
      <div class="segments" role="group" aria-label="Kind of run">${[["change", "A change"], ["answer", "A question"]].map(
        ([kind, name]) => html`<button type="button" aria-pressed=${form.kind === kind} @click=${() => ((form.kind = kind), app.update())}>${name}</button>`,
      )}</div>
      ${specs.length && form.kind === "change"
        ? field("spec", "From a spec", (invalid, described) => html`<select id="spec" @change=${set("spec")} aria-invalid=${invalid} aria-describedby=${described || nothing}>
            <option value="">No, from the request below</option>${specs.map(s => html`<option value=${s.id} ?selected=${form.spec === s.id}>${s.title}</option>`)}</select>`, { error })
        : nothing}
      ${form.spec && form.kind === "change"
        ? nothing
        : field("task", form.kind === "change" ? "Request" : "Question", (invalid, described) => html`<textarea id="task" rows="5" required .value=${form.task} @input=${set("task")}
            aria-invalid=${invalid} aria-describedby=${described || nothing}></textarea>`, { error, hint: form.kind === "change" ? "What should be different afterwards, and how somebody would notice." : "Each agent answers; the judge chooses, in both orders." })}
      ${form.kind === "change"
        ? html`<div class="fields">${field("repository", "Repository", input("repository", { placeholder: "/srv/git/shop", required: true }), { error, hint: "A path on the server." })}
            ${field("base", "Base", input("base", { placeholder: "HEAD" }), { error })}</div>`
        : nothing}</div>`;
  }

  function people() {
    return html`<div class="card stack"><fieldset class="stack"><legend><h2>Agents</h2></legend>
        ${agents.length ? html`<div class="agents-pick">${agents.map(pick)}</div>` : html`<p class="muted">No agent is declared in winnow.yaml. See <a href="/agents">Agents</a>.</p>`}
        ${error?.field === "agents" ? html`<p class="bad-text small">${error.message}</p>` : nothing}</fieldset>
      ${app.me.role === "admin"
        ? field("scripts", "Scripted agents", input("scripts", { placeholder: "scripted:/path/right.json, scripted:/path/subtle.json" }), { hint: "Rehearsals without a model; several with commas.", error, name: "scripts" })
        : nothing}
      <div class="fields">${form.kind !== "change" ? nothing : field("tester", "Independent tester", agentSelect("tester", "None"), { error, hint: "Sees the request, never a candidate." })}
        ${field("judge", form.kind === "change" ? "Judge of ties" : "Judge", agentSelect("judge", "None"), { error, hint: form.kind === "change" ? "Asked only where the evidence leaves a tie." : "Asked when there are several answers." })}</div></div>`;
  }

  function limits() {
    return html`<div class="card stack"><h2>Limits and delivery</h2><div class="fields">
        ${field("budget", "Budget in US dollars", input("budget", { mode: "decimal", placeholder: "no limit" }), { error })}
        ${field("minutes", "Longest time in minutes", input("minutes", { mode: "numeric", placeholder: "default" }), { error, name: "maxTimeSeconds" })}
        ${form.kind === "change" ? field("testCommand", "Test command", input("testCommand", { placeholder: "found by itself" }), { error }) : nothing}</div>
      ${form.kind === "change"
        ? html`<label class="check"><input type="checkbox" .checked=${form.approve} @change=${set("approve")} /> A person approves the winner before it is delivered</label>
          <label class="check"><input type="checkbox" .checked=${form.apply === "branch"} @change=${e => (form.apply = e.target.checked ? "branch" : "none")} /> Deliver the winner as a branch</label>`
        : nothing}</div>`;
  }

  return {
    title: "New run",
    view: () => html`<div class="head"><h1>New run</h1></div>
      ${agents === null
        ? loading()
        : html`<form class="form" novalidate @submit=${submit}>${failure(error)}${request()}${people()}${limits()}
            <div class="row"><button class="primary" ?disabled=${busy}>${busy ? "Starting…" : form.spec ? `Start from “${firstLine(specs.find(s => s.id === form.spec)?.title ?? "the spec")}”` : "Start the run"}</button>
              <a class="button quiet" href="/">Cancel</a></div></form>`}`,
  };
}

function recent() {
  try {
    return localStorage.getItem("winnow.repository") ?? "";
  } catch {
    return "";
  }
}

function remember(repository) {
  try {
    localStorage.setItem("winnow.repository", repository);
  } catch {
    // next time it is typed again
  }
}
