// Diffs: a candidate against the base, or two candidates, side by side.
import { html, nothing } from "/lib/lit-html.js";
import { get } from "./api.js";
import { parseDiff } from "./diff-parse.js";
import { plural } from "./format.js";
import { empty, failure, loading } from "./parts.js";

const SHOWN = 1200; // rows that are drawn without being asked for
const STEP = 1000;

export function changesTab(page) {
  let a = "base";
  let b = null;
  let wanted = null;
  let files = null;
  let error = null;
  let beside = true;
  let chosen = false; // else the window's width decides

  function entered() {
    const asked = new URLSearchParams(location.search);
    if (asked.has("b")) b = asked.get("b");
    if (asked.has("a")) a = asked.get("a");
  }
  entered();

  const able = () => page.candidates.filter(c => c.commit);

  function choose(side) {
    return event => {
      side === "a" ? (a = event.target.value) : (b = event.target.value);
      if (a === b) side === "a" ? (b = able().find(c => c.id !== a)?.id ?? null) : (a = "base");
      history.replaceState(null, "", `/runs/${page.id}/changes?a=${a}&b=${b}`);
      page.update();
    };
  }

  function load() {
    const key = `${a}..${b}`;
    if (wanted === key) return;
    wanted = key;
    files = null;
    error = null;
    get(`/tdd-runs/${page.id}/candidates/${b}/diff${a === "base" ? "" : `?against=${a}`}`)
      .then(answer => wanted === key && (files = parseDiff(answer.diff).map((f, i) => prepare(f, i))))
      .catch(failed => wanted === key && (error = failed))
      .finally(page.update);
  }

  let budget = 0;
  function prepare(file, index) {
    if (index === 0) budget = SHOWN;
    const rows = file.hunks.reduce((sum, h) => sum + h.rows.length, 0);
    file.open = rows <= budget;
    file.shown = STEP;
    budget -= rows;
    return file;
  }

  function select(side, label, options) {
    const value = side === "a" ? a : b;
    return html`<div class="field"><label for="side-${side}">${label}</label><select id="side-${side}" @change=${choose(side)}>
      ${options.map(([id, name]) => html`<option value=${id} ?selected=${value === id}>${name}</option>`)}</select></div>`;
  }

  function view() {
    if (!chosen) beside = window.innerWidth > 900;
    const candidates = able();
    if (!candidates.length) return empty("No changes yet", page.live() ? "A candidate's change can be seen when it is finished." : "No candidate of this run has a change.");
    if (!candidates.some(c => c.id === b)) b = candidates.some(c => c.id === page.state.decided?.winner) ? page.state.decided.winner : candidates[0].id;
    if (a !== "base" && !candidates.some(c => c.id === a)) a = "base";
    load();
    const names = candidates.map(c => [c.id, `${c.id} ${page.agentOf(c.id)}`]);
    return html`<div class="stack">
      <div class="card row tools">${select("a", "Before", [["base", "Base"], ...names])}${select("b", "After", names)}
        <div class="segments" role="group" aria-label="Layout"><button aria-pressed=${beside} @click=${() => layout(true)}>Side by side</button><button aria-pressed=${!beside} @click=${() => layout(false)}>One column</button></div>
        ${files ? html`<span class="muted sum">${plural(files.length, "file")}, <span class="good-text">+${sum("added")}</span> <span class="bad-text">−${sum("removed")}</span></span>` : nothing}</div>
      ${failure(error)}
      ${!files ? (error ? nothing : loading()) : files.length ? files.map(file) : empty("No difference", "Both have the same files.")}
    </div>`;
  }

  const sum = name => files.reduce((total, f) => total + f[name], 0);

  function layout(wide) {
    beside = wide;
    chosen = true;
    page.update();
  }

  function file(f) {
    const toggle = event => {
      if (f.open === event.target.open) return;
      f.open = event.target.open;
      page.update();
    };
    return html`<details class="file" .open=${f.open} @toggle=${toggle}><summary><code>${f.old ? `${f.old} → ` : ""}${f.path}</code>
        ${f.status === "changed" ? nothing : html`<span class="badge">${f.status}</span>`}<span class="good-text">+${f.added}</span><span class="bad-text">−${f.removed}</span></summary>
      ${f.open ? body(f) : nothing}</details>`;
  }

  function body(f) {
    if (f.binary) return html`<p class="empty small">A binary file.</p>`;
    let left = f.shown;
    const parts = [];
    for (const h of f.hunks) {
      if (left <= 0) break;
      parts.push(html`<tr class="hunk"><td colspan=${beside ? 4 : 3}>${h.header}</td></tr>`);
      parts.push(h.rows.slice(0, left).map(beside ? pairRow : oneRow));
      left -= h.rows.length;
    }
    const more = () => {
      f.shown += STEP;
      page.update();
    };
    return html`<table class="diff"><caption class="unseen">Change of ${f.path}</caption>
        <colgroup>${beside ? html`<col class="n" /><col /><col class="n" /><col />` : html`<col class="n" /><col class="n" /><col />`}</colgroup>
        <tbody>${parts}</tbody></table>
      ${left < 0 || f.hunks.reduce((n, h) => n + h.rows.length, 0) > f.shown ? html`<p class="row"><button class="little" @click=${more}>Show more of this file</button></p>` : nothing}`;
  }

  return { view, entered };
}

const side = (line, kind, number) =>
  line
    ? html`<td class="n">${line[number]}</td><td class=${line.kind === "same" ? "" : kind}>${line.kind === "same" ? nothing : html`<span class="unseen">${kind === "add" ? "added: " : "removed: "}</span>`}${text(line)}</td>`
    : html`<td class="n void"></td><td class="void"></td>`;

const pairRow = row => html`<tr>${side(row.left, "del", "left")}${side(row.right, "add", "right")}</tr>`;

function oneRow(row) {
  const line = (l, kind) => html`<tr><td class="n">${l.left ?? ""}</td><td class="n">${l.right ?? ""}</td><td class=${kind}>${kind === "add" ? "+ " : kind === "del" ? "− " : "  "}${text(l)}</td></tr>`;
  if (row.left === row.right) return line(row.left, "");
  return html`${row.left ? line(row.left, "del") : nothing}${row.right ? line(row.right, "add") : nothing}`;
}

function text(line) {
  if (!line.marked || line.marked[0] >= line.marked[1]) return line.text;
  const [from, to] = line.marked;
  return html`${line.text.slice(0, from)}<mark>${line.text.slice(from, to)}</mark>${line.text.slice(to)}`;
}
