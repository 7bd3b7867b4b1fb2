// Settings with their source, tokens, accounts. Nothing here shows a secret, but a new token once.
import { html, nothing } from "/lib/lit-html.js";
import { repeat } from "/lib/directives/repeat.js";
import { filled, get, post, remove } from "./api.js";
import { ago, day } from "./format.js";
import { announce, empty, failure, field, loading, sheet } from "./parts.js";

export function settingsPage(app) {
  const admin = app.me.role === "admin";
  let settings = null;
  let users = null;
  let tokens = null;
  let error = null;
  let dialog = null;
  load();

  async function load() {
    try {
      [tokens, settings, users] = await Promise.all([
        get("/tokens").then(a => a.items.filter(t => !t.revoked)),
        admin ? get("/settings").then(a => a.items) : [],
        admin ? get("/users").then(a => a.items) : [],
      ]);
      error = null;
    } catch (failed) {
      error = failed;
    }
    app.update();
  }

  function close() {
    dialog = null;
    app.update();
  }

  function newToken() {
    const form = { label: "", days: "90", role: app.me.role };
    dialog = () => tokenSheet(form);
    app.update();
  }

  function tokenSheet(form) {
    const set = name => event => (form[name] = event.target.value);
    const roles = ["viewer", "runner", "admin"];
    const mine = roles.slice(0, roles.indexOf(app.me.role) + 1);
    async function submit() {
      try {
        form.issued = await post("/tokens", filled({ label: form.label, role: form.role, days: Number(form.days) }));
        announce("The token is made");
        load();
        app.update();
        requestAnimationFrame(() => document.querySelector("dialog .secret")?.focus()); // which selects it
        return;
      } catch (failed) {
        form.error = failed;
      }
      app.update();
    }
    if (form.issued)
      return sheet("The new token", close, html`<p>Copy it now: it is never shown again.</p><code class="secret" tabindex="0" @focus=${e => getSelection().selectAllChildren(e.target)}>${form.issued.token}</code><p class="muted small">It counts until ${day(form.issued.expiresAt)}.</p>`);
    return sheet(
      "New token",
      close,
      html`${failure(form.error)}${field("label", "What is it for", invalid => html`<input id="label" autofocus maxlength="100" aria-invalid=${invalid} @input=${set("label")} />`, { error: form.error })}
        <div class="fields">${field("role", "Role", invalid => html`<select id="role" aria-invalid=${invalid} @change=${set("role")}>${mine.map(r => html`<option ?selected=${r === form.role}>${r}</option>`)}</select>`, { error: form.error })}
          ${field("days", "Days", invalid => html`<input id="days" type="number" min="1" max="366" .value=${form.days} aria-invalid=${invalid} @input=${set("days")} />`, { error: form.error })}</div>`,
      html`<button class="primary">Make the token</button>`,
      submit,
    );
  }

  function revoke(token) {
    dialog = () =>
      sheet("Revoke the token?", close, html`<p>Programs that use “${token.label || token.id.slice(-8)}” are refused from now on.</p>`, html`<button class="primary">Revoke</button>`, async () => {
        try {
          await remove(`/tokens/${token.id}`);
          announce("The token is revoked");
        } catch (failed) {
          error = failed;
        }
        document.querySelector("dialog.sheet")?.close();
        load();
      });
    app.update();
  }

  const table = (name, heads, rows) => html`<div class="card flush"><div class="scroll" tabindex="0" role="region" aria-label=${name}><table class="list stacked">
    <thead><tr>${heads.map(h => html`<th scope="col">${h || html`<span class="unseen">Actions</span>`}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></div>`;

  function tokenTable() {
    if (!tokens.length) return empty("No tokens", "A program needs one to use the API.");
    return table("Tokens", ["For", "Whose", "Role", "Last used", "Until", ""], repeat(tokens, t => t.id,
      t => html`<tr><td>${t.label || html`<span class="muted">no label</span>`} <code class="muted">…${t.hint}</code></td><td data-name="Whose">${t.account}</td><td data-name="Role">${t.role}</td><td data-name="Last used">${t.usedAt ? ago(t.usedAt) : html`<span class="muted">never</span>`}</td>
        <td data-name="Until">${day(t.expiresAt)}</td><td class="right">${app.mayRun ? html`<button class="little danger" @click=${() => revoke(t)} aria-label="Revoke ${t.label}">Revoke</button>` : nothing}</td></tr>`,
    ));
  }

  return {
    title: "Settings",
    view: () => html`<div class="head"><h1>Settings</h1></div>${failure(error)}
      ${tokens === null ? (error ? nothing : loading()) : html`<div class="stack">
        <div class="head"><h2>Tokens</h2>${app.mayRun ? html`<button @click=${newToken}>New token</button>` : nothing}</div>${tokenTable()}
        ${admin ? html`<h2>Values</h2>${table("Settings", ["Setting", "Value", "Source"], settings.map(s => html`<tr><td class="name"><code>${s.setting}</code></td><td class="wide">${s.value || html`<span class="muted">not set</span>`}</td><td class="small muted wide">${s.source}</td></tr>`))}
          <h2>Accounts</h2>${table("Accounts", ["Name", "Role", "Since", "State"], users.map(u => html`<tr><td>${u.name}</td><td data-name="Role">${u.role}</td><td data-name="Since">${day(u.createdAt)}</td><td>${u.disabled ? html`<span class="badge bad">disabled</span>` : html`<span class="badge good">active</span>`}</td></tr>`))}` : nothing}
      </div>`}
      ${dialog ? dialog() : nothing}`,
  };
}
