// What a run looks like after its events so far. Only events come in; nothing here knows the page.

const MOST_PART = 16000;

export function emptyState() {
  return { events: [], phases: [], lanes: new Map(), cells: new Map(), sets: [], notices: [], verdicts: [], tamper: [], version: 0 };
}

export function apply(state, event) {
  state.events.push(event);
  state.version++;
  REDUCE[event.type]?.(state, event);
  return state;
}

/** The lane of a candidate or of the tester, made when it is first heard of. */
function lane(state, event) {
  let found = state.lanes.get(event.candidate);
  if (!found) {
    found = { id: event.candidate, agent: event.candidate === "tester" ? "Independent tests" : "", state: "working", entries: [], marks: [], doing: "", startedAt: event.at, version: 0 };
    state.lanes.set(event.candidate, found);
  }
  found.version++;
  found.lastAt = event.at;
  return found;
}

function add(found, entry) {
  found.entries.push(entry);
  return entry;
}

function speaking(found, event) {
  const last = found.entries.findLast(e => e.kind === "text" && e.purpose === event.purpose && e.turn === event.turn);
  return last?.speaking ? last : null;
}

function mark(found, name, good, reason) {
  found.marks.push({ name, good, reason });
  add(found, { kind: "mark", name, good, reason });
}

function candidatesDone(state, at) {
  for (const found of state.lanes.values()) {
    if (found.state !== "working") continue;
    found.state = found.id === "tester" ? "ready" : found.state;
    found.finishedAt ??= found.id === "tester" ? found.lastAt : at;
    found.doing = "";
    found.version++;
  }
}

const REDUCE = {
  "run-created"(state, e) {
    state.created = e;
  },
  "phase-started"(state, e) {
    if (!state.phases.includes(e.phase)) state.phases.push(e.phase);
    state.phase = e.phase;
    state.outcome = undefined;
    if (e.phase === "evidence" || e.phase === "judge") candidatesDone(state, e.at);
  },
  notice(state, e) {
    if (!state.notices.includes(e.text)) state.notices.push(e.text);
  },
  "base-tested"(state, e) {
    state.base = e;
  },
  "candidate-started"(state, e) {
    const found = lane(state, e);
    found.agent = e.agent;
    found.state = "working";
    found.startedAt ??= e.at;
  },
  "model-text-part"(state, e) {
    const found = lane(state, e);
    const part = speaking(found, e) ?? add(found, { kind: "text", purpose: e.purpose, turn: e.turn, text: "", speaking: true });
    part.text = (part.text + e.text).slice(-MOST_PART);
    found.doing = e.purpose;
    found.tool = "";
  },
  "model-text"(state, e) {
    const found = lane(state, e);
    const part = speaking(found, e) ?? add(found, { kind: "text", purpose: e.purpose, turn: e.turn });
    part.text = e.text;
    part.speaking = false;
    found.doing = e.purpose;
    found.tool = "";
  },
  "model-retried"(state, e) {
    const found = lane(state, e);
    const part = speaking(found, e);
    if (part) found.entries.splice(found.entries.indexOf(part), 1);
    add(found, { kind: "note", text: `Asked again: ${e.reason}` });
  },
  "tool-called"(state, e) {
    const found = lane(state, e);
    let group = found.entries.at(-1);
    if (group?.kind !== "tools") group = add(found, { kind: "tools", key: e.sequence, calls: [] });
    group.calls.push({ call: e.call, tool: e.tool, summary: e.summary });
    found.doing = e.purpose;
    found.tool = `${e.tool} ${e.summary}`;
  },
  "tool-returned"(state, e) {
    const found = lane(state, e);
    for (const group of found.entries.slice(-20)) {
      const call = group.kind === "tools" && group.calls.find(c => c.call === e.call && c.ok === undefined);
      if (call) Object.assign(call, { ok: e.ok, result: e.summary, millis: e.millis });
    }
    found.tool = "";
  },
  "conversation-condensed"(state, e) {
    add(lane(state, e), { kind: "note", text: `${e.messages} old tool results were shortened to fit the model.` });
  },
  "snapshot-taken"(state, e) {
    const found = lane(state, e);
    found.files = (found.files ?? 0) + e.changedFiles;
  },
  "red-checked"(state, e) {
    mark(lane(state, e), e.attempt > 1 ? `Red ${e.attempt}` : "Red", e.red, e.reason);
  },
  "green-checked"(state, e) {
    const found = lane(state, e);
    mark(found, e.round ? `Repair ${e.round}` : "Green", e.green, e.reason);
    found.tests = e;
  },
  "candidate-finished"(state, e) {
    const found = lane(state, e);
    Object.assign(found, { state: e.state, reason: e.reason, finishedAt: e.at, doing: "", tool: "" });
  },
  "cell-finished"(state, e) {
    state.cells.set(`${e.testSet}/${e.candidate}`, e);
    if (!state.sets.includes(e.testSet)) state.sets.push(e.testSet);
  },
  "tamper-found"(state, e) {
    state.tamper.push(e);
    add(lane(state, e), { kind: "mark", name: e.veto ? "Tampering" : "Hint", good: !e.veto, reason: e.detail });
  },
  "judge-answered"(state, e) {
    state.verdicts = [...state.verdicts.filter(v => v.order !== e.order || v.judge !== e.judge), e];
  },
  decided(state, e) {
    candidatesDone(state, e.at);
    state.decided = e;
  },
  delivered(state, e) {
    state.delivered = e;
  },
  forked(state, e) {
    state.forked = e;
  },
  answered(state, e) {
    state.answered = e;
  },
  "run-finished"(state, e) {
    candidatesDone(state, e.at);
    state.outcome = e.outcome;
    state.finished = e;
  },
};

/** One line of an event, for the list of all. */
export function summary(e) {
  const text =
    e.text ?? e.reason ?? e.rationale ?? e.summary ?? e.detail ?? e.phase ?? e.branch ?? e.agent ?? e.why ?? e.task ?? (e.tree ? `${e.changedFiles} files, tree ${e.tree.slice(0, 10)}` : "");
  const before = { "tool-called": e.tool, "tool-returned": e.tool && `${e.tool} ${e.ok ? "✓" : "✗"}`, "cell-finished": `${e.testSet}: ${e.outcome}`, "red-checked": e.red ? "red" : "not red", "green-checked": e.green ? "green" : "not green", decided: e.winner ?? "none", "run-finished": e.outcome }[e.type];
  return `${before ? `${before} · ` : ""}${String(text ?? "").replace(/\s+/g, " ")}`;
}
