// The frame around every page: who is there, where to go, which page the address means.
import { html, nothing, render } from "/lib/lit-html.js";
import { get, onLoggedOut, remove } from "./api.js";
import { icon, announce } from "./parts.js";
import { agentsPage } from "./agents.js";
import { keepFocus } from "./focus.js";
import { loginPage, takeLoginLink } from "./login.js";
import { newRunPage } from "./new-run.js";
import { runPage } from "./run.js";
import { runsPage } from "./runs.js";
import { settingsPage } from "./settings.js";
import { specPage } from "./spec.js";
import { specsPage } from "./specs.js";

const ID = "([0-9a-f-]{36})";
const ROUTES = [
  [/^\/$/, runsPage],
  [/^\/new$/, newRunPage],
  [new RegExp(`^/runs/${ID}(?:/(changes|timeline|checkpoints|events))?$`), runPage],
  [/^\/specs$/, specsPage],
  [new RegExp(`^/specs/${ID}$`), specPage],
  [/^\/agents$/, agentsPage],
  [/^\/settings$/, settingsPage],
];
const PLACES = [
  ["/", "Runs", path => path === "/" || path === "/new" || path.startsWith("/runs/")],
  ["/specs", "Specs", path => path.startsWith("/specs")],
  ["/agents", "Agents", path => path === "/agents"],
  ["/settings", "Settings", path => path === "/settings"],
];

let me = null;
let current = null;
let scheduled = false;

const app = {
  get me() {
    return me;
  },
  get mayRun() {
    return me?.role !== "viewer";
  },
  update() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  },
  go(path, { replace = false } = {}) {
    history[replace ? "replaceState" : "pushState"](null, "", path);
    show();
  },
};

const notFound = () => ({
  title: "Not found",
  view: () => html`<div class="card empty"><h1>There is nothing here</h1>
    <p>The address is wrong, or what was there is not yours.</p><a class="button" href="/">To the runs</a></div>`,
});

function show() {
  const path = location.pathname;
  if (current?.move?.(path)) return app.update();
  current?.leave?.();
  window.scrollTo(0, 0);
  current = null;
  for (const [pattern, page] of ROUTES) {
    const match = pattern.exec(path);
    if (match) current = page(app, ...match.slice(1));
  }
  current ??= notFound();
  app.update();
  announce(current.title);
  queueMicrotask(() => document.getElementById("content")?.focus({ preventScroll: true }));
}

function draw() {
  if (!current) return;
  document.title = current.title === "Winnow" ? "Winnow" : `${current.title} · Winnow`;
  keepFocus(() => render(me ? frame() : current.view(), document.getElementById("app")));
  current.drawn?.();
}

function frame() {
  const path = location.pathname;
  return html`<a class="skip" href="#content" @click=${skip}>To the content</a>
    <header class="top">
      <a class="brand" href="/"><img src="/icon.svg" alt="" width="24" height="24" />Winnow</a>
      <nav aria-label="Main">${PLACES.map(
        ([to, name, here]) => html`<a href=${to} aria-current=${here(path) ? "page" : nothing}>${name}</a>`,
      )}</nav>
      <div class="who"><span>${me.name}</span>
        <button class="quiet icon" @click=${flip} aria-label="Switch to ${winnowTheme.isDark() ? "light" : "dark"} colours">${icon(winnowTheme.isDark() ? "sun" : "moon")}</button>
        <button class="quiet icon" @click=${logOut} aria-label="Log out">${icon("out")}</button></div>
    </header>
    <main id="content" tabindex="-1">${current.view()}</main>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

function flip() {
  winnowTheme.flip();
  app.update();
}

async function logOut() {
  await remove("/login").catch(() => {});
  loggedOut();
}

function loggedOut() {
  if (!me && current) return;
  current?.leave?.();
  me = null;
  current = loginPage(app, start);
  app.update();
}

async function start() {
  let refused = null;
  try {
    await takeLoginLink();
  } catch (error) {
    refused = error; // of no matter to who is logged in already
  }
  try {
    me = await get("/me");
  } catch (error) {
    me = null;
    current = loginPage(app, start, refused ?? error);
    return app.update();
  }
  current = null;
  show();
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[href^='/']");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target) return;
  event.preventDefault();
  if (link.getAttribute("href") !== location.pathname + location.search) app.go(link.getAttribute("href"));
});
// a log-in link in the address of an open page is a pop of the history, too
window.addEventListener("popstate", () => me && !location.hash.startsWith("#t=") && show());
window.addEventListener("resize", () => app.update());
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.update());
window.addEventListener("hashchange", () => location.hash.startsWith("#t=") && start());
onLoggedOut(loggedOut);
start();
