// One lane per candidate: what it does now, what it says, its tool calls, its red and green marks.
import { html, nothing } from "/lib/lit-html.js";
import { guard } from "/lib/directives/guard.js";
import { keyed } from "/lib/directives/keyed.js";
import { agentName, count, duration, money, plural, purpose } from "./format.js";
import { badge, bar, icon, trace } from "./parts.js";

const STEP = 120; // entries that are shown at once

/** The tester, then c1, c2, ...: whoever speaks first must not change places. */
export const inOrder = found =>
  [...found.keys()].sort((a, b) => (a === "tester" ? -1 : b === "tester" ? 1 : a.localeCompare(b, "en", { numeric: true })));

export function lanes(page) {
  const all = inOrder(page.state.lanes).map(id => page.state.lanes.get(id));
  if (!all.length) return nothing;
  return html`<section aria-label="Candidates"><div class="lanes">${all.map(one => keyed(one.id, lane(page, one)))}</div></section>`;
}

function spent(page, id) {
  let micros = 0;
  let tokens = 0;
  for (const entry of page.ledger?.entries ?? []) {
    if (entry.candidate !== id) continue;
    micros += entry.spent?.costMicros ?? 0;
    tokens += (entry.spent?.inputTokens ?? 0) + (entry.spent?.outputTokens ?? 0);
  }
  return { micros, tokens };
}

function lane(page, one) {
  const won = page.state.decided?.winner === one.id;
  const candidate = page.candidates.find(c => c.id === one.id);
  const working = page.live() && one.state === "working";
  const money_ = spent(page, one.id);
  const limit = page.run.budget?.candidateCostMicros ?? page.run.budget?.costMicros;
  const end = one.finishedAt ? new Date(one.finishedAt) : page.live() ? Date.now() : new Date(one.lastAt);
  const name = one.id === "tester" ? one.agent : agentName(one.agent);
  return html`<article class="lane ${won ? "won" : ""}" aria-label="${one.id} ${name}">
    <header>
      <div class="row"><span class="tag">${one.id}</span><h3 class="clip" title=${one.agent}>${name}</h3>
        ${won ? html`<span class="badge good">${icon("check")} Winner</span>` : candidate?.vetoes?.length ? html`<span class="badge bad" title=${candidate.vetoes.map(v => v.reason).join("\n")}>${icon("cross")} ${candidate.vetoes.map(v => v.class).join(", ")}</span>` : badge(working ? "working" : one.state === "working" ? "interrupted" : one.state)}</div>
      <p class="doing clip" title=${one.tool || nothing}>${working ? html`${purpose(one.doing) || "Starting"}${one.tool ? html` · <span class="mono">${one.tool}</span>` : one.doing ? " · thinking" : ""}` : one.reason || (one.files ? `${plural(one.files, "file")} changed` : "")}</p>
      <div class="marks" role="group" aria-label="Checks">${one.marks.map(m => html`<span class="badge ${m.good ? "good" : "bad"}" title=${m.reason}>${icon(m.good ? "check" : "cross")}${m.name}</span>`)}</div>
      ${bar(money_.micros, limit, `Budget used by ${one.id}`)}
    </header>
    <div class="talk" role="region" tabindex="0" aria-label="What ${one.id} said and did" @scroll=${hold}>${guard([one.version, one.shown, working], () => talk(page, one))}</div>
    <footer><span>${money(money_.micros)} · ${count(money_.tokens)} tokens</span>${trace(page.run.traces[one.id], one.id)}<span>${duration(end - new Date(one.startedAt))}</span></footer>
  </article>`;
}

/** Whoever has scrolled up is reading: then the newest line must not pull them away. */
function hold(event) {
  const talk = event.target;
  talk.dataset.held = String(talk.scrollHeight - talk.scrollTop - talk.clientHeight > 40);
}

function talk(page, one) {
  const shown = one.shown ?? STEP;
  const hidden = Math.max(0, one.entries.length - shown);
  const more = () => {
    one.shown = shown + STEP;
    page.update();
  };
  let before = "";
  const parts = [];
  for (const entry of one.entries.slice(hidden)) {
    if (entry.purpose && entry.purpose !== before) {
      before = entry.purpose;
      parts.push(html`<div class="purpose">${purpose(before)}</div>`);
    }
    parts.push(ENTRY[entry.kind](entry, page, one));
  }
  if (!parts.length) parts.push(html`<p class="muted">Nothing said yet.</p>`);
  return html`${hidden ? html`<button class="little" @click=${more}>Show ${Math.min(hidden, STEP)} earlier</button>` : nothing}${parts}`;
}

const ENTRY = {
  text: entry => html`<div class="say ${entry.speaking ? "speaking" : ""}">${entry.text}</div>`,
  note: entry => html`<div class="muted">${entry.text}</div>`,
  mark: entry => html`<div class="check-mark ${entry.good ? "good" : "bad"}">${icon(entry.good ? "check" : "cross")}<span><strong>${entry.name}</strong> ${entry.reason}</span></div>`,
  tools: (entry, page, one) => {
    const toggle = event => {
      if (!!entry.open === event.target.open) return;
      entry.open = event.target.open;
      one.version++;
      page.update();
    };
    const failed = entry.calls.filter(c => c.ok === false).length;
    return html`<details class="calls" @toggle=${toggle}><summary>${plural(entry.calls.length, "tool call")} · ${names(entry.calls)}${failed ? html` · <span class="bad-text">${failed} failed</span>` : nothing}</summary>
      ${entry.open ? html`<ol>${entry.calls.map(
        c => html`<li>${c.ok === undefined ? html`<span class="dot live"></span>` : html`<span class=${c.ok ? "good-text" : "bad-text"}>${icon(c.ok ? "check" : "cross")}</span>`}
          <span class="what"><code>${c.tool}</code> ${c.summary}${c.ok === false && c.result !== c.summary ? html`<br /><span class="bad-text">${c.result}</span>` : nothing}</span>
          <span class="muted">${c.millis === undefined ? "" : duration(c.millis)}</span></li>`,
      )}</ol>` : nothing}</details>`;
  },
};

function names(calls) {
  const counted = new Map();
  for (const c of calls) counted.set(c.tool, (counted.get(c.tool) ?? 0) + 1);
  return [...counted].map(([tool, n]) => (n > 1 ? `${tool} × ${n}` : tool)).join(", ");
}
