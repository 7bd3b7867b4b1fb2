// Asks again and again while somebody looks; an unchanged answer costs a 304.

/** @param work an async function; what it throws is shown by the page, and it is asked again. */
export function poll(work, millis) {
  let timer = null;
  let stopped = false;
  let busy = false;
  let again = false; // what is on its way may be older than whatever is asked for
  async function turn() {
    clearTimeout(timer);
    if (busy) again = true;
    if (stopped || busy) return;
    busy = true;
    again = false;
    try {
      if (!document.hidden) await work();
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(turn, again ? 0 : millis);
    }
  }
  const seen = () => document.hidden || turn();
  document.addEventListener("visibilitychange", seen);
  turn();
  return {
    now: turn,
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
