// The event log, whole. Arrow keys move, Enter opens an event.
import { html, nothing } from "/lib/lit-html.js";
import { ref } from "/lib/directives/ref.js";
import { clock } from "./format.js";
import { sheet } from "./parts.js";
import { summary } from "./run-state.js";
import { VirtualList } from "./virtual.js";

const PAGE = 15;

export function eventsTab(page) {
  let words = "";
  let shown = [];
  let filtered = { words: null, seen: -1 };
  let host = null;
  const list = new VirtualList(32, row);

  function row(event, index) {
    return html`<div class="event" role="option" id="event-${index}" aria-selected=${index === list.active} aria-setsize=${shown.length} aria-posinset=${index + 1}
      @click=${() => open(index)}><span class="muted right">${event.sequence}</span><span class="muted at">${clock(event.at)}</span><span>${event.type}</span>
      <span class="by">${event.candidate ? html`<span class="tag">${event.candidate}</span>` : nothing}</span><span>${summary(event)}</span></div>`;
  }

  function open(index) {
    list.activate(index);
    point();
    const event = shown[list.active];
    if (!event) return;
    page.show(() => sheet(`${event.sequence} · ${event.type}`, () => page.show(null), html`<pre class="output" tabindex="0">${JSON.stringify(event, null, 2)}</pre>`));
  }

  const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity };

  function key(event) {
    if ((event.key === "Enter" || event.key === " ") && list.active >= 0) {
      event.preventDefault(); // else Space scrolls
      return open(list.active);
    }
    const by = MOVES[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const from = list.active < 0 ? Math.floor(host.scrollTop / 32) : list.active;
    list.activate(Number.isFinite(by) ? from + by : by < 0 ? 0 : shown.length - 1);
    point();
  }

  /** The active row may be out of sight, and then it is not in the document. */
  function point() {
    const id = `event-${list.active}`;
    document.getElementById(id) ? host.setAttribute("aria-activedescendant", id) : host.removeAttribute("aria-activedescendant");
  }

  function filter() {
    const { events } = page.state;
    if (filtered.words !== words) {
      filtered = { words, seen: 0 };
      shown = [];
    }
    if (filtered.seen === events.length) return;
    const wanted = words.toLowerCase();
    for (let i = filtered.seen; i < events.length; i++) {
      const e = events[i];
      if (!wanted || `${e.type} ${e.candidate ?? ""} ${summary(e)}`.toLowerCase().includes(wanted)) shown.push(e);
    }
    filtered.seen = events.length;
  }

  return {
    view() {
      filter();
      return html`<div class="stack"><div class="row"><label class="unseen" for="event-filter">Filter the events</label>
          <input id="event-filter" type="search" placeholder="Filter, such as tool-called or c2" .value=${words} @input=${e => ((words = e.target.value), (list.active = -1), page.update())} /></div>
        <div class="card flush"><div class="events" role="listbox" aria-label="Events" tabindex="0" @keydown=${key} ${ref(element => (host = element ?? null))}></div></div>
        <p class="muted small" role="status">${shown.length === page.state.events.length ? `${shown.length} events` : `${shown.length} of ${page.state.events.length} events`}</p></div>`;
    },
    drawn() {
      if (!host) return;
      list.attach(host);
      list.show(shown);
      point();
    },
  };
}
