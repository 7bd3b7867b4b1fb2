// Small pieces of several pages.
import { html, nothing, svg } from "/lib/lit-html.js";
import { ref } from "/lib/directives/ref.js";
import { status } from "./format.js";

const PATHS = {
  check: "M5 13l4 4L19 7",
  cross: "M6 6l12 12M18 6L6 18",
  minus: "M6 12h12",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5",
  moon: "M20 14.500A8.500 8.500 0 019.500 4 8.500 8.500 0 1020 14.500z",
  fork: "M7 4v16M7 14c0-5 10-2 10-9M17 5l-3 3M17 5l3 3",
  plus: "M12 5v14M5 12h14",
  out: "M14 4h6v16h-6M4 12h11M11 8l4 4-4 4",
  away: "M14 5h5v5M19 5l-8 8M10 6H6v12h12v-4",
  alert: "M12 8v5M12 16.500v.1M12 3l9.500 17h-19z",
};

export const icon = name => html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${PATHS[name]} />`}</svg>`;

export function badge(state) {
  const [label, colour] = status(state);
  return html`<span class="badge ${colour}"><span class="dot ${state === "running" || state === "working" ? "live" : ""}"></span>${label}</span>`;
}

/** How much of a limit is used; where the end of it is nothing bad, there is no danger. */
export function bar(used, limit, name, danger = 0.9) {
  if (!limit) return nothing;
  const share = Math.min(1, used / limit);
  return html`<svg class="bar ${share > danger ? "bad" : ""}" role="img" aria-label="${name}: ${Math.round(share * 100)} percent">
    <rect width="${(share * 100).toFixed(1)}%" height="5"></rect></svg>`;
}

/** Where a back end shows what happened, if there is one. */
export const trace = (url, of) =>
  url ? html`<a class="small trace" href=${url} target="_blank" rel="noreferrer" aria-label="Trace of ${of}">${icon("away")} Trace</a>` : nothing;

export const failure = error =>
  error ? html`<div class="note bad" role="alert"><div>${error.message}</div></div>` : nothing;

export const loading = () =>
  html`<div class="card" aria-busy="true"><span class="unseen">Loading</span><div class="waiting"></div><div class="waiting"></div><div class="waiting"></div></div>`;

export const empty = (title, text, more = nothing) =>
  html`<div class="card empty"><h2>${title}</h2><p>${text}</p>${more}</div>`;

/** A modal dialog; it is gone from the page when it is closed, and the focus goes back. */
export function sheet(title, close, inside, footer = nothing, submit = undefined) {
  const shut = event => event.target.closest("dialog").close();
  const body = html`<header><h2 id="sheet-title">${title}</h2>
      <button type="button" class="quiet icon" aria-label="Close" @click=${shut}>${icon("cross")}</button></header>
    <div class="inside">${inside}</div>
    ${footer === nothing ? nothing : html`<footer><button type="button" @click=${shut}>Cancel</button>${footer}</footer>`}`;
  return html`<dialog class="sheet" aria-labelledby="sheet-title" ${ref(open)} @close=${close}
    @click=${e => e.target.tagName === "DIALOG" && e.target.close()}>
    ${submit ? html`<form novalidate @submit=${e => (e.preventDefault(), submit(e))}>${body}</form>` : body}</dialog>`;
}

function open(element) {
  if (element && !element.open) queueMicrotask(() => element.isConnected && !element.open && element.showModal());
}

/** A labelled input with its hint and what is wrong with it. */
export function field(id, label, input, { hint = "", error = null, name = id } = {}) {
  const wrong = error && error.field === name ? error.message : "";
  return html`<div class="field"><label for=${id}>${label}</label>${input(wrong ? "true" : "false", wrong ? `${id}-wrong` : hint ? `${id}-hint` : "")}
    ${wrong ? html`<span class="wrong" id="${id}-wrong">${wrong}</span>` : hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}</div>`;
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
