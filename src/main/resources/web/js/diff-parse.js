// A unified diff as files, hunks and rows with an old and a new side.

/** @returns {{path, old, added, removed, binary, status, hunks: {header, rows}[]}[]} */
export function parseDiff(text) {
  const files = [];
  let file = null;
  let hunk = null;
  let left = 0;
  let right = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("diff --git ")) {
      file = { path: named(line), old: "", added: 0, removed: 0, binary: false, status: "changed", hunks: [] };
      files.push(file);
      hunk = null;
    } else if (!file) {
      continue;
    } else if (line.startsWith("@@ ")) {
      const [, from, to, where] = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/.exec(line) ?? [0, 1, 1, ""];
      left = Number(from);
      right = Number(to);
      hunk = { header: where || `Line ${to}`, lines: [] };
      file.hunks.push(hunk);
    } else if (hunk && line.startsWith("+")) {
      file.added++;
      hunk.lines.push({ kind: "add", right: right++, text: line.slice(1) });
    } else if (hunk && line.startsWith("-")) {
      file.removed++;
      hunk.lines.push({ kind: "del", left: left++, text: line.slice(1) });
    } else if (hunk && line.startsWith(" ")) {
      hunk.lines.push({ kind: "same", left: left++, right: right++, text: line.slice(1) });
    } else if (!hunk) {
      if (line.startsWith("new file")) file.status = "added";
      else if (line.startsWith("deleted file")) file.status = "deleted";
      else if (line.startsWith("rename from ")) Object.assign(file, { status: "renamed", old: line.slice(12) });
      else if (line.startsWith("Binary files") || line.startsWith("GIT binary")) file.binary = true;
      else if (line.startsWith("+++ b/")) file.path = line.slice(6).replace(/\t$/, "");
    }
  }
  for (const each of files) for (const one of each.hunks) one.rows = pair(one.lines);
  return files;
}

function named(line) {
  const match = / "?b\/(.*?)"?$/.exec(line);
  return match ? match[1] : line.slice(11);
}

/** Removed and added lines beside each other. */
function pair(lines) {
  const rows = [];
  for (let i = 0; i < lines.length; ) {
    if (lines[i].kind === "same") {
      rows.push({ left: lines[i], right: lines[i] });
      i++;
      continue;
    }
    const gone = [];
    const come = [];
    while (i < lines.length && lines[i].kind === "del") gone.push(lines[i++]);
    while (i < lines.length && lines[i].kind === "add") come.push(lines[i++]);
    for (let k = 0; k < Math.max(gone.length, come.length); k++) {
      const row = { left: gone[k], right: come[k] };
      if (row.left && row.right) inside(row.left, row.right);
      rows.push(row);
    }
  }
  return rows;
}

/** What differs within two lines: all between their common beginning and end. */
function inside(a, b) {
  const most = Math.min(a.text.length, b.text.length);
  let start = 0;
  while (start < most && a.text[start] === b.text[start]) start++;
  let end = 0;
  while (end < most - start && a.text[a.text.length - 1 - end] === b.text[b.text.length - 1 - end]) end++;
  if (start + end < most / 3) return; // nothing in common: colouring all of it says nothing
  a.marked = [start, a.text.length - end];
  b.marked = [start, b.text.length - end];
}
