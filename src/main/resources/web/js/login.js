// Log-in: the link's secret is in the fragment, which no server and no log sees.
import { html, nothing } from "/lib/lit-html.js";
import { post } from "./api.js";
import { failure } from "./parts.js";

/** Turns the link's secret into a cookie, and takes it out of the address. */
export async function takeLoginLink() {
  const match = /^#t=(.+)$/.exec(location.hash);
  if (!match) return;
  history.replaceState(null, "", location.pathname + location.search);
  await logIn(match[1]);
}

async function logIn(token) {
  try {
    await post("/login", { token });
  } catch (failed) {
    throw failed.status === 401 ? new Error("This link is wrong, used already, or too old: ask for a new one.") : failed;
  }
}

export function loginPage(app, start, problem = null) {
  let error = problem?.status === 401 && !problem.type?.includes("login") ? null : problem;
  let busy = false;

  async function submit(event) {
    event.preventDefault();
    const text = new FormData(event.target).get("link").trim();
    busy = true;
    app.update();
    try {
      await logIn(text.replace(/^.*#t=/, ""));
      await start();
    } catch (failed) {
      error = failed;
    }
    busy = false;
    app.update();
  }

  return {
    title: "Log in",
    view: () => html`<main id="content" class="door" tabindex="-1">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>Winnow</h1>
      <p class="muted">Several agents try. Tests decide.</p>
      <div class="card stack">
        ${failure(error)}
        <p>Open the link that <code>winnow serve</code> printed when it started, or paste it here. It works once.</p>
        <form class="stack" @submit=${submit}>
          <div class="field"><label for="link">Log-in link</label>
            <input id="link" name="link" type="password" autocomplete="off" required placeholder="http://…/#t=…" /></div>
          <button class="primary" ?disabled=${busy}>Log in</button>
        </form>
        <p class="small muted">For another link: <code>winnow users login NAME</code></p>
      </div>${nothing}</main>`,
  };
}
