// Where a run's time went: every step as a bar below the step that it belongs to.
import { html, nothing, svg } from "/lib/lit-html.js";
import { ref } from "/lib/directives/ref.js";
import { get } from "./api.js";
import { duration, plural } from "./format.js";
import { empty, failure, loading } from "./parts.js";
import { VirtualList } from "./virtual.js";
import { label, rows } from "./waterfall.js";

const PAUSE = 2000; // a node stores its spans every two seconds
const LATE = 3; // looks after the end: the last spans come behind the last event
const ROW = 28;

const LEGEND = [
  ["phase", "Winnow's own steps"],
  ["model", "Models and agent programs"],
  ["tool", "Tools"],
  ["tests", "Tests and commands"],
  ["bad", "Ended with an error"],
];

export function timelineTab(page) {
  let spans = null;
  let links = {};
  let error = null;
  let asked = 0;
  let late = 0;
  let shown = [];
  let host = null;
  let again = null;
  const list = new VirtualList(ROW, row, false);

  function load() {
    const over = !page.live();
    if (Date.now() - asked < PAUSE || (over && spans && late >= LATE)) return;
    asked = Date.now();
    late = over ? late + 1 : 0;
    get(`/tdd-runs/${page.id}/timeline`)
      .then(answer => {
        spans = answer.spans;
        links = answer.links;
        error = null;
        shown = rows(spans, page.run?.status === "running" ? Date.now() : undefined);
        if (over && !spans.some(s => !s.end)) late = LATE;
      })
      .catch(failed => (error = failed))
      .finally(() => {
        page.update();
        clearTimeout(again);
        if (!page.live() && late < LATE) again = setTimeout(page.update, PAUSE + 100);
      });
  }

  function row(one, index) {
    if (one.title) return html`<div class="span title" role="listitem"><strong>${one.title}</strong><span class="right muted">${duration(one.millis)}</span></div>`;
    const { span } = one;
    const time = one.millis === undefined ? (one.goesOn ? "goes on" : "…") : duration(one.millis);
    return html`<div class="span" role="listitem" aria-setsize=${shown.length} aria-posinset=${index + 1} title=${`${label(span)}${span.error ? `: ${span.error}` : ""}`}>
      <span class="name d${one.depth}">${span.error ? html`<span class="unseen">failed: ${span.error}; </span>` : nothing}${label(span)}</span><span class="right muted">${time}</span>
      <svg aria-hidden="true"><rect class=${one.kind} x=${percent(one.left)} width=${percent(one.width)} height="12" rx="2"></rect>${one.width < 0.002 ? svg`<rect class=${one.kind} x=${percent(Math.min(one.left, 0.997))} width="2" height="12"></rect>` : nothing}</svg></div>`;
  }

  const percent = share => `${(share * 100).toFixed(2)}%`;

  return {
    entered() {
      late = 0;
      asked = 0;
    },
    view() {
      load();
      if (error && !spans) return failure(error);
      if (!spans) return loading();
      if (!spans.length) return empty("Nothing yet", "Every step of the run appears here as soon as a node works on it.");
      return html`<div class="stack">${failure(error)}<div class="card flush"><div class="waterfall" role="list" tabindex="0" aria-label="Steps of the run" ${ref(element => (host = element ?? null))}></div></div>
        <div class="head"><p class="legend">${LEGEND.map(([kind, text]) => html`<span><svg class="swatch" aria-hidden="true"><rect class=${kind} width="12" height="12" rx="2"></rect></svg>${text}</span>`)}</p>
          ${links.run ? html`<a class="button little" href=${links.run} target="_blank" rel="noreferrer">Open the trace</a>` : nothing}</div>
        <p class="muted small" role="status">${plural(spans.length, "step")}</p></div>`;
    },
    drawn() {
      if (!host) return;
      list.attach(host);
      list.show(shown);
    },
    leave() {
      clearTimeout(again);
    },
  };
}
