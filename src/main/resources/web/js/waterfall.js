// Spans as rows of a waterfall. Only spans come in; nothing here knows the page.

const DEEPEST = 8;

/**
 * Rows in drawing order: a title for each attempt where there are several, and below it every span under its parent.
 * Only the newest attempt can go on, and only where now is given: the process of any other one is gone.
 */
export function rows(spans, now) {
  const attempts = new Map();
  for (const span of spans) {
    if (!attempts.has(span.attempt)) attempts.set(span.attempt, []);
    attempts.get(span.attempt).push(span);
  }
  const found = [];
  const newest = Math.max(...attempts.keys());
  for (const [attempt, own] of [...attempts].sort(([a], [b]) => a - b)) {
    const scale = extent(own, attempt === newest ? now : undefined);
    if (attempts.size > 1) found.push({ title: `Attempt ${attempt}`, millis: scale.millis });
    below(children(own), 0, 0, scale, found);
  }
  return found;
}

/** Beginning, end and length of an attempt; what goes on reaches to now, or to the last that is known. */
function extent(spans, now) {
  const from = spans.reduce((least, s) => Math.min(least, Date.parse(s.start)), Infinity);
  const ends = spans.map(s => Date.parse(s.end ?? s.start));
  const to = Math.max(ends.reduce((a, b) => Math.max(a, b), from), now ?? 0);
  return { from, to, millis: Math.max(1, to - from), live: now !== undefined };
}

/** Of a process that was killed the last spans may be without their parents. */
function children(spans) {
  const ids = new Set(spans.map(s => s.id));
  const byParent = new Map();
  for (const span of spans) {
    const parent = ids.has(span.parent) ? span.parent : 0;
    if (!byParent.has(parent)) byParent.set(parent, []);
    byParent.get(parent).push(span);
  }
  return byParent;
}

function below(byParent, parent, depth, scale, found) {
  for (const span of byParent.get(parent) ?? []) {
    const start = Date.parse(span.start);
    const end = span.end ? Date.parse(span.end) : scale.to;
    found.push({
      span,
      depth: Math.min(depth, DEEPEST),
      left: (start - scale.from) / scale.millis,
      width: (end - start) / scale.millis,
      millis: span.end ? end - start : undefined,
      goesOn: !span.end && scale.live,
      kind: kind(span),
    });
    below(byParent, span.id, depth + 1, scale, found);
  }
}

const KINDS = [
  [/^(chat|invoke_agent) /, "model"],
  [/^execute_tool /, "tool"],
  [/^(test run|matrix cell|command)/, "tests"],
];

const kind = span => (span.error ? "bad" : KINDS.find(([pattern]) => pattern.test(span.name))?.[1] ?? "phase");

/** What the terminal calls it as well. */
export const label = span =>
  (span.name === "candidate" || span.name === "judge order") && span.candidate ? `${span.name} ${span.candidate}` : span.name;
