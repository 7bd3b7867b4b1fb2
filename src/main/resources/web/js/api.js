// The REST API. An error is an RFC 9457 problem of the server, or that it cannot be reached.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.field = body.field;
    this.type = body.type;
  }
}

let whenLoggedOut = () => {};

/** What to do when the server no longer knows who this is. */
export function onLoggedOut(action) {
  whenLoggedOut = action;
}

async function request(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new Problem(0, { detail: "The server cannot be reached. Nothing is lost; this page tries again." });
  }
  const text = await response.text();
  const content = text && (response.headers.get("content-type") || "").includes("json") ? JSON.parse(text) : null;
  if (response.ok) return content;
  if (response.status === 401 && path !== "/login") whenLoggedOut();
  throw new Problem(response.status, content || {});
}

export const get = path => request("GET", path);
export const post = (path, body = {}, headers) => request("POST", path, body, headers);
export const put = (path, body, headers) => request("PUT", path, body, headers);
export const remove = path => request("DELETE", path);

/** The same key starts the same work once, however often the button is pressed. */
export const once = () => ({ "Idempotency-Key": crypto.randomUUID() });

/** Without what was left empty: the server's defaults then apply. */
export function filled(values) {
  return Object.fromEntries(
    Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== "" && !(Array.isArray(v) && !v.length)),
  );
}
