// One run, live. Everything comes from its events; REST adds money, candidates and what may be done.
import { html, nothing } from "/lib/lit-html.js";
import { get } from "./api.js";
import { actions } from "./run-actions.js";
import { changesTab } from "./changes.js";
import { checkpointsTab } from "./checkpoints.js";
import { decision } from "./decision.js";
import { eventsTab } from "./events.js";
import { lanes } from "./lane.js";
import { matrix } from "./matrix.js";
import { PHASES, agentName, clock, count, day, duration, firstLine, isLive, money, shortId, status } from "./format.js";
import { announce, badge, bar, failure, icon, loading, trace } from "./parts.js";
import { poll } from "./poll.js";
import { apply, emptyState } from "./run-state.js";
import { followRun } from "./stream.js";
import { timelineTab } from "./timeline.js";

const MOST_NOTICES = 5; // all of them are among the events

const TABS = [
  ["", "Overview"],
  ["changes", "Changes"],
  ["timeline", "Timeline"],
  ["checkpoints", "Checkpoints"],
  ["events", "Events"],
];

export function runPage(app, id, tab = "") {
  const page = {
    app,
    id,
    run: null,
    candidates: [],
    ledger: null,
    state: emptyState(),
    dialog: null,
    error: null,
    update: app.update,
    /** After somebody has done something: it need not have told an event yet. */
    refresh() {
      page.loadedAt = undefined;
      asked.now();
    },
    live: () => page.run && isLive(page.run.status),
    show(dialog) {
      page.dialog = dialog;
      app.update();
    },
    agentOf: candidate => agentName(page.candidates.find(c => c.id === candidate)?.agent ?? page.state.lanes.get(candidate)?.agent ?? ""),
  };
  let connection = "connecting";
  let missing = false;
  let stale = null;
  let shown = null;
  const tabs = { changes: changesTab(page), timeline: timelineTab(page), checkpoints: checkpointsTab(page), events: eventsTab(page) };

  const stream = followRun(id, {
    onEvents(events) {
      const { phase } = page.state;
      for (const event of events) apply(page.state, event);
      if (page.live() && connection === "live" && page.state.phase !== phase) announce(PHASES[page.state.phase] ?? page.state.phase);
      // what people may do now, and the money, changes with these
      if (events.some(e => /^(run-|phase|candidate|decided|answered|delivered|base)/.test(e.type))) soon();
      app.update();
    },
    onState(state) {
      connection = state;
      if (state === "refused") get("/me").catch(() => {});
      if (state === "live") soon();
      app.update();
    },
    onEnd() {
      asked.now();
      stream.goOn();
    },
  });
  const asked = poll(load, 4000);
  const ticking = setInterval(() => page.live() && app.update(), 1000);

  function soon() {
    clearTimeout(stale);
    stale = setTimeout(() => asked.now(), 150);
  }

  async function load() {
    if (page.run && !page.live() && page.loadedAt === page.state.version && page.run.status !== "waiting") return;
    try {
      const version = page.state.version;
      const [run, candidates, ledger] = await Promise.all([
        get(`/tdd-runs/${id}`),
        get(`/tdd-runs/${id}/candidates`),
        get(`/tdd-runs/${id}/ledger`),
      ]);
      if (page.run && page.run.status !== run.status) announce(`The run: ${status(run.status)[0]}`);
      Object.assign(page, { run, candidates: candidates.items, ledger, loadedAt: version, error: null });
    } catch (failed) {
      missing = failed.status === 404;
      page.error = failed;
    }
    app.update();
  }

  function header() {
    const run = page.run;
    const limit = run.budget?.costMicros;
    const end = run.finishedAt ? new Date(run.finishedAt) : Date.now();
    return html`<div class="run-head">
      <div class="row">${badge(run.status)}<span class="tag" title=${id}>${shortId(id)}</span>
        ${connection === "lost" || connection === "connecting" ? html`<span class="badge warn" role="status"><span class="dot live"></span>${connection === "lost" ? "Connection lost, coming back" : "Connecting"}</span>` : nothing}
        ${trace(run.traces.run, "the run")}
        ${run.parent ? html`<a class="small" href="/runs/${run.parent}">${icon("fork")} fork of ${shortId(run.parent)}</a>` : nothing}</div>
      <div class="head"><h1 title=${run.task}>${firstLine(run.task)}</h1>${actions(page)}</div>
      <dl class="facts">
        ${run.kind === "change" ? fact("Repository", html`<span class="clip" title=${run.repository}>${run.repository.split("/").pop()}</span>`) : nothing}
        ${run.base ? fact("Base", html`<code>${run.base.slice(0, 10)}</code>`) : nothing}
        ${fact("Started", html`<span title=${day(run.createdAt)}>${clock(run.createdAt)}</span> by ${run.owner}`)}
        ${fact(run.finishedAt ? "Took" : "Running for", html`${duration(end - new Date(run.createdAt))}${page.live() && limitOf(run) ? html` <span class="muted">of ${duration(limitOf(run))}</span>` : nothing}`)}
        <div class="spent"><dt>${limit ? `Cost of ${money(limit)}` : "Cost"}</dt><dd>${money(run.costMicros, run.costKnown)} <span class="muted">· ${count(run.tokens)} tokens</span>${bar(run.costMicros, limit, "Budget used")}</dd></div>
        ${run.branch ? fact("Branch", html`<code>${run.branch}</code>`) : nothing}
      </dl>
      ${phases()}
      ${run.queuedBecause ? html`<div class="note warn"><div>${run.queuedBecause}</div></div>` : nothing}
    </div>`;
  }

  const fact = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

  /** The longest time in milliseconds, from PT1H30M. */
  function limitOf(run) {
    const found = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(run.options?.maxTime ?? "");
    return found ? ((Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0)) * 60 + Number(found[3] ?? 0)) * 1000 : 0;
  }

  function phases() {
    const { phases: seen, phase } = page.state;
    if (!seen.length) return nothing;
    const over = !page.live();
    return html`<ol class="phases" aria-label="Phases">${seen.map(name => {
      const now = !over && name === phase;
      return html`<li class=${now ? "now" : "done"} aria-current=${now ? "step" : nothing}>${now ? html`<span class="dot live"></span>` : icon("check")}${PHASES[name] ?? name}</li>`;
    })}</ol>`;
  }

  function overview() {
    const { state } = page;
    // the matrix changes places at the end, and never the lanes: somebody may be reading there
    return html`<div class="stack">
      ${state.notices.slice(-MOST_NOTICES).map(text => html`<div class="note warn"><div>${text}</div></div>`)}
      ${decision(page)}
      ${page.live() ? nothing : matrix(page)}${lanes(page)}${page.live() ? matrix(page) : nothing}
      ${!state.lanes.size && page.live() ? html`<div class="card empty"><h2>${page.run.status === "queued" ? "In the queue" : "Getting ready"}</h2>
        <p>${page.run.status === "queued" ? "It starts as soon as a node is free." : "The repository's own tests run first: they are what a candidate must not break."}</p></div>` : nothing}
    </div>`;
  }

  function view() {
    if (!page.run) {
      if (missing) return html`<div class="card empty"><h1>There is no such run</h1><p>It is gone, or it is not yours.</p><a class="button" href="/">To the runs</a></div>`;
      return html`${failure(page.error)}${loading()}`;
    }
    return html`${header()}${page.error ? failure(page.error) : nothing}
      <nav class="tabs" aria-label="Parts of the run">${TABS.filter(([to]) => to !== "changes" || page.run.kind === "change").map(
        ([to, name]) => html`<a href="/runs/${id}${to ? `/${to}` : ""}" aria-current=${to === tab ? "page" : nothing}>${name}${to === "events" ? html` <span class="muted small">${count(page.state.events.length)}</span>` : nothing}</a>`,
      )}</nav>
      ${tab ? tabs[tab].view() : overview()}
      ${page.dialog ? page.dialog() : nothing}`;
  }

  return {
    get title() {
      return page.run ? firstLine(page.run.task).slice(0, 60) : "Run";
    },
    view,
    drawn() {
      tabs[tab]?.drawn?.();
      const here = `${tab} ${window.innerWidth}`;
      if (shown !== here && page.run) {
        shown = here;
        // a phone has no room for all of them
        document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
      // the newest line stays in sight unless somebody has scrolled away from it
      for (const talk of document.querySelectorAll(".talk")) {
        if (talk.dataset.held !== "true") talk.scrollTop = talk.scrollHeight;
      }
    },
    move(path) {
      const match = new RegExp(`^/runs/${id}(?:/(\\w+))?$`).exec(path);
      if (!match || (match[1] && !tabs[match[1]])) return false;
      tab = match[1] ?? "";
      tabs[tab]?.entered?.();
      return true;
    },
    leave() {
      stream.stop();
      asked.stop();
      clearInterval(ticking);
      clearTimeout(stale);
      for (const each of Object.values(tabs)) each.leave?.();
    },
  };
}
