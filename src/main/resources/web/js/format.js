// Numbers, times and names as people read them.

export function money(micros, known = true) {
  if (micros === undefined || micros === null) return "–";
  const dollars = micros / 1e6;
  const digits = dollars === 0 || dollars >= 1 ? 2 : dollars >= 0.01 ? 3 : 4;
  return `${known ? "" : "≥ "}$${dollars.toFixed(digits)}`;
}

/** Text of an input to micro-dollars; undefined when it is empty. */
export function toMicros(text) {
  const value = String(text ?? "").trim().replace(",", ".");
  return value === "" ? undefined : Math.round(Number(value) * 1e6);
}

export function count(number) {
  if (number === undefined || number === null) return "–";
  if (number >= 1e6) return `${(number / 1e6).toFixed(1)} M`;
  if (number >= 1e4) return `${Math.round(number / 1e3)} k`;
  return number.toLocaleString("en");
}

export function duration(millis) {
  if (!(millis >= 0)) return "–";
  const seconds = Math.round(millis / 1000);
  if (millis < 950) return `${Math.round(millis)} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")} min`;
  return `${Math.floor(seconds / 86400)} days`;
}

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const clock = at => (at ? clockFormat.format(new Date(at)) : "");
export const day = at => (at ? dayFormat.format(new Date(at)) : "");

export function ago(at, now = Date.now()) {
  const seconds = Math.max(0, (now - new Date(at)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return day(at);
}

export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Ids differ at their end. */
export const shortId = id => id.slice(-8);

/** The name of an inline agent without what says nothing. */
export const agentName = name => String(name ?? "").replace(/^scripted:(.*\/)?/, "").replace(/\.(json|ya?ml)(?=$|#)/, "");

/** The end of a path, and what follows it. */
export const tail = (path, parts = 1) => String(path ?? "").split("/").slice(-parts).join("/");

export const firstLine = text => String(text ?? "").trim().split("\n", 1)[0];

const PURPOSES = { red: "Writing tests", green: "Implementing", answer: "Answering" };

export function purpose(text) {
  const repair = /^repair-(\d+)/.exec(text);
  if (repair) return `Repair ${repair[1]}`;
  const again = /^(red|green)-(\d+)/.exec(text);
  if (again) return `${PURPOSES[again[1]]}, attempt ${again[2]}`;
  return PURPOSES[text] ?? text;
}

export const PHASES = {
  prepare: "Prepare",
  "independent-tests": "Independent tests",
  candidates: "Candidates",
  answers: "Answers",
  evidence: "Evidence",
  judge: "Judge",
  deliver: "Deliver",
};

const STATUS = {
  queued: ["Queued", ""],
  running: ["Running", "info"],
  interrupted: ["Interrupted", "warn"],
  waiting: ["Needs a decision", "warn"],
  accepted: ["Accepted", "good"],
  none: ["No winner", "bad"],
  abstained: ["Abstained", "warn"],
  budget: ["Out of budget", "warn"],
  cancelled: ["Cancelled", ""],
  failed: ["Failed", "bad"],
  working: ["Working", "info"],
  ready: ["Ready", "good"],
  "not-green": ["Not green", "bad"],
  draft: ["Draft", ""],
  validated: ["Validated", "info"],
  approved: ["Approved", "good"],
  rejected: ["Rejected", "bad"],
};

/** Label and colour of a state. */
export const status = state => STATUS[state] ?? [state, ""];

export const isLive = state => state === "queued" || state === "running" || state === "interrupted";

/** A label of the API as a person reads it. */
export const capital = text => text[0].toUpperCase() + text.slice(1).replaceAll("-", " ");
