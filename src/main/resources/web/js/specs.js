// The list of specs, and the form for a new one.
import { html, nothing } from "/lib/lit-html.js";
import { repeat } from "/lib/directives/repeat.js";
import { filled, get, once, post } from "./api.js";
import { ago } from "./format.js";
import { badge, empty, failure, field, icon, loading, sheet } from "./parts.js";
import { poll } from "./poll.js";

export function specsPage(app) {
  let items = null;
  let next;
  let error = null;
  let dialog = null;
  const asked = poll(async () => {
    try {
      const page = await get("/specs?limit=100");
      [items, next, error] = [page.items, page.next, null];
    } catch (failed) {
      error = failed;
    }
    app.update();
  }, 5000);

  async function more() {
    const page = await get(`/specs?limit=100&cursor=${next}`).catch(failed => ((error = failed), { items: [] }));
    asked.stop();
    items = [...items, ...page.items];
    next = page.next;
    app.update();
  }

  function create() {
    const form = { key: once() };
    dialog = () => newSheet(form);
    app.update();
  }

  function close() {
    dialog = null;
    app.update();
  }

  function newSheet(form) {
    const set = name => event => (form[name] = event.target.value);
    async function submit() {
      form.error = null;
      try {
        const spec = await post("/specs", filled({ task: form.task, title: form.title?.trim(), repository: form.repository?.trim() }), form.key);
        dialog = null;
        app.go(`/specs/${spec.id}`);
      } catch (failed) {
        form.key = once();
        form.error = failed;
      }
      app.update();
    }
    const input = (name, hint = "") => (invalid, described) => html`<input id="spec-${name}" placeholder=${hint} @input=${set(name)} aria-invalid=${invalid} aria-describedby=${described || nothing} />`;
    return sheet(
      "New spec",
      close,
      html`${failure(form.error)}${field("spec-task", "Request", (invalid, described) => html`<textarea id="spec-task" autofocus rows="6" @input=${set("task")} aria-invalid=${invalid} aria-describedby=${described || nothing}></textarea>`, {
        hint: "What should be different afterwards. What is unclear is asked in the interview.",
        error: form.error,
        name: "task",
      })}
        <div class="fields">${field("spec-title", "Title", input("title", "from the request"), { error: form.error, name: "title" })}
          ${field("spec-repository", "Repository", input("repository", "optional"), { error: form.error, name: "repository" })}</div>`,
      html`<button class="primary">Create the spec</button>`,
      submit,
    );
  }

  function row(spec) {
    return html`<tr><td>${badge(spec.status)}</td><td class="task"><a href="/specs/${spec.id}">${spec.title}</a><span class="small muted">${beyond(spec)}</span></td>
      <td class="agents small">${spec.repository ? spec.repository.split("/").pop() : ""}</td><td>${spec.complexity}</td><td class="number time small muted">${ago(spec.updatedAt)}</td></tr>`;
  }

  return {
    title: "Specs",
    leave: () => asked.stop(),
    view: () => html`<div class="head"><h1>Specs</h1>${app.mayRun ? html`<button class="primary" @click=${create}>${icon("plus")} New spec</button>` : nothing}</div>
      <div class="stack">${failure(error)}
      ${items === null
        ? error ? nothing : loading()
        : items.length
          ? html`<div class="card flush"><div class="scroll"><table class="list runs"><thead><tr><th scope="col">State</th><th scope="col">Spec</th><th scope="col">Repository</th><th scope="col">Complexity</th><th scope="col" class="number">Changed</th></tr></thead>
              <tbody>${repeat(items, s => s.id, row)}</tbody></table></div></div>${next ? html`<p><button @click=${more}>Show older specs</button></p>` : nothing}`
          : empty("No specs yet", "A spec makes a request clear before anybody works on it: questions, acceptance criteria, a plan.")}</div>
      ${dialog ? dialog() : nothing}`,
  };
}

/** The title is often the request's first line. */
function beyond({ task, title }) {
  const rest = (task.startsWith(title) ? task.slice(title.length) : task).trim().replace(/\s+/g, " ");
  return rest.length > 140 ? `${rest.slice(0, 139)}…` : rest;
}
