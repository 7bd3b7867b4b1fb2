// The agents: can they be used, what did they use, how often did they win.
import { html, nothing } from "/lib/lit-html.js";
import { get } from "./api.js";
import { capital, count, money, tail } from "./format.js";
import { bar, empty, failure, icon, loading } from "./parts.js";
import { poll } from "./poll.js";

export function agentsPage(app) {
  let items = null;
  let error = null;
  const asked = poll(async () => {
    try {
      items = (await get("/agents")).items;
      error = null;
    } catch (failed) {
      error = failed;
    }
    app.update();
  }, 15000);

  function row(agent) {
    const rate = agent.runs ? agent.wins / agent.runs : null;
    return html`<tr>
      <td class="agent"><strong>${agent.name}</strong><br /><span class="small muted" title=${agent.detail}>${agent.kind} · ${agent.kind === "scripted" ? tail(agent.detail) : agent.detail}</span></td>
      <td class="name state">${agent.usable ? html`<span class="badge good">${icon("check")} Ready</span>` : html`<span class="badge bad">${icon("cross")} ${capital(agent.state)}</span><br /><span class="small">${agent.problem}</span>`}</td>
      <td class="number" data-name="runs">${count(agent.runs)}</td>
      <td class="won">${rate === null ? html`<span class="muted">–</span>` : html`<div class="rate"><span class="right">${Math.round(rate * 100)} %</span>${bar(rate, 1, `Win rate of ${agent.name}`, 1)}</div>`}</td>
      <td class="number money">${money(agent.costMicros)}<br /><span class="small muted">${agent.runs ? `${money(agent.costMicros / agent.runs)} a run` : ""}</span></td>
      <td class="number" data-name="tokens">${count(agent.tokens)}</td>
      <td class="small muted source" title=${agent.source}>${tail(agent.source, 2) || nothing}</td></tr>`;
  }

  return {
    title: "Agents",
    leave: () => asked.stop(),
    view: () => html`<div class="head"><h1>Agents</h1></div><div class="stack">${failure(error)}
      ${items === null
        ? error ? nothing : loading()
        : items.length
          ? html`<div class="card flush"><div class="scroll" tabindex="0" role="region" aria-label="Agents"><table class="list crew">
              <thead><tr><th scope="col">Agent</th><th scope="col">State</th><th scope="col" class="number">Runs</th><th scope="col">Win rate</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Tokens</th><th scope="col">Declared in</th></tr></thead>
              <tbody>${items.map(row)}</tbody></table></div></div>`
          : empty("No agent is declared", "Name some in winnow.yaml of the directory in which the server was started, or in your own settings.",
              html`<pre class="output">${"agents:\n  openai: {kind: sdk, provider: openai, model: \"openai-responses:…\"}"}</pre>`)}</div>`,
  };
}
