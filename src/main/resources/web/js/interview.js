// The interview as a form. What somebody types is kept in this browser until the server has it; what
// others answer meanwhile appears beside it, and nobody overwrites what he has not seen.
import { html, nothing } from "/lib/lit-html.js";
import { repeat } from "/lib/directives/repeat.js";
import { put } from "./api.js";
import { ago, plural } from "./format.js";
import { announce, failure, icon } from "./parts.js";

export function interview(page) {
  const key = `winnow.answers.${page.id}`;
  const drafts = new Map(Object.entries(recall(key)));
  let error = null;
  let busy = false;

  const planning = () => page.spec.artifacts.planning;
  const answerOf = id => planning().answers.find(a => a.question === id);

  function write(id, text) {
    const answer = answerOf(id);
    if (!text.trim() && !answer) drafts.delete(id);
    else if (answer && !answer.skipped && answer.text === text) drafts.delete(id);
    // the version that was on the screen when the words were written
    else drafts.set(id, { text, version: drafts.get(id)?.version ?? page.spec.version });
    keep(key, drafts);
    page.app.update();
  }

  async function send(answers) {
    if (!answers.length) return;
    busy = true;
    error = null;
    page.app.update();
    const seen = Math.min(...answers.map(a => drafts.get(a.question)?.version ?? page.spec.version));
    try {
      page.took(await put(`/specs/${page.id}/planning/answers`, { version: seen, answers }));
      for (const a of answers) drafts.delete(a.question);
      keep(key, drafts);
      announce("Answers are saved");
    } catch (failed) {
      error = failed;
      await page.refresh(); // the others' answers are shown beside one's own
    }
    busy = false;
    page.app.update();
  }

  const saveAll = event => {
    event.preventDefault();
    send([...drafts].filter(([, d]) => d.text.trim()).map(([question, d]) => ({ question, text: d.text, skip: false })));
  };

  const skip = id => {
    drafts.delete(id);
    send([{ question: id, text: "", skip: true }]);
  };

  /** One has seen the other's answer, and wants one's own nevertheless. */
  const insist = id => {
    drafts.set(id, { text: drafts.get(id).text, version: page.spec.version });
    send([{ question: id, text: drafts.get(id).text, skip: false }]);
  };

  const yield_ = id => {
    drafts.delete(id);
    keep(key, drafts);
    page.app.update();
  };

  function question(q) {
    const answer = answerOf(q.id);
    const draft = drafts.get(q.id);
    const crossed = draft && answer && answer.version > draft.version;
    const text = draft?.text ?? (answer?.skipped ? "" : answer?.text) ?? "";
    return html`<div class="question" id="question-${q.id}">
      <div><label for="answer-${q.id}">${q.question}</label>${q.rationale ? html`<p class="muted small">${q.rationale}</p>` : nothing}</div>
      ${q.suggestions.length && page.app.mayRun
        ? html`<div class="suggestions" role="group" aria-label="Suggestions">${q.suggestions.map(s => html`<button type="button" aria-pressed=${text === s} @click=${() => write(q.id, s)}>${s}</button>`)}</div>`
        : nothing}
      <textarea id="answer-${q.id}" rows="2" maxlength="20000" ?readonly=${!page.app.mayRun} placeholder=${answer?.skipped ? "Skipped" : "Your answer"} .value=${text} @input=${e => write(q.id, e.target.value)}></textarea>
      ${crossed
        ? html`<div class="note warn"><div><strong>${answer.by} answered meanwhile:</strong> <span class="pre">${answer.skipped ? "skipped" : answer.text}</span></div>
            <div class="row"><button type="button" class="little" @click=${() => yield_(q.id)}>Take theirs</button><button type="button" class="little" @click=${() => insist(q.id)}>Save mine instead</button></div></div>`
        : nothing}
      <div class="row small muted">${answer ? html`<span class="good-text">${icon("check")}</span> ${answer.skipped ? "Skipped" : "Answered"} by ${answer.by}, ${ago(answer.at)}` : "Not answered yet"}
        ${draft && !crossed ? html`<span class="badge warn">Not saved yet</span>` : nothing}
        ${!answer && page.app.mayRun ? html`<button type="button" class="little quiet" @click=${() => skip(q.id)}>Skip</button>` : nothing}</div>
    </div>`;
  }

  return {
    get unsaved() {
      return drafts.size;
    },
    view() {
      const { questions, answers } = planning();
      if (!questions.length) return html`<p class="muted">No questions were asked.</p>`;
      const open = questions.filter(q => !answers.some(a => a.question === q.id)).length;
      return html`<form novalidate @submit=${saveAll}>${failure(error)}
        ${repeat(questions, q => q.id, question)}
        ${page.app.mayRun ? html`<div class="row"><button class="primary" ?disabled=${busy || !drafts.size}>${busy ? "Saving…" : drafts.size ? `Save ${plural(drafts.size, "answer")}` : "Save"}</button>
          <span class="muted small">${open ? `${plural(open, "question")} open` : "All questions are answered"}</span></div>` : nothing}</form>`;
    },
  };
}

function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

function keep(key, drafts) {
  try {
    drafts.size ? localStorage.setItem(key, JSON.stringify(Object.fromEntries(drafts))) : localStorage.removeItem(key);
  } catch {
    // the words are still on the page
  }
}
