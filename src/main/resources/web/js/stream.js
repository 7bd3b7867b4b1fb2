// The events of a run, once each and in order, over any number of connections.

const GATHER = 80; // milliseconds: thousands of old events are drawn once, not one by one
const LONGEST_PAUSE = 8000;
const HIDDEN = 30000; // a browser has six connections to a server: a hidden tab gives its own back

export function followRun(id, { after = 0, stay = false, onEvents, onState, onEnd }) {
  let last = after;
  let source = null;
  let pause = 500;
  let timer = null;
  let hide = null;
  let gathered = [];
  let flushing = null;
  let stopped = false;

  function connect() {
    clearTimeout(timer);
    timer = null;
    if (stopped || source) return;
    source = new EventSource(`/api/v1/tdd-runs/${id}/events?after=${last}${stay ? "&stay=true" : ""}`);
    source.onopen = () => {
      pause = 500;
      onState("live");
    };
    source.onmessage = message => {
      const event = JSON.parse(message.data);
      if (event.sequence <= last) return;
      last = event.sequence;
      gathered.push(event);
      flushing ??= setTimeout(flush, GATHER);
    };
    source.onerror = () => again("lost");
    source.addEventListener("cut", () => again("live"));
    source.addEventListener("stopped", () => again("lost"));
    source.addEventListener("refused", () => again("refused"));
    source.addEventListener("end", () => {
      drop();
      flush();
      onState("ended");
      onEnd();
    });
  }

  function flush() {
    clearTimeout(flushing);
    flushing = null;
    const events = gathered;
    gathered = [];
    if (events.length && !stopped) onEvents(events);
  }

  function drop() {
    source?.close();
    source = null;
  }

  // the browser's own way of coming back gives up at the first answer that is no stream
  function again(state) {
    drop();
    if (stopped || timer) return;
    onState(state);
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }

  function seen() {
    clearTimeout(hide);
    if (!document.hidden) connect();
    else hide = setTimeout(() => document.hidden && drop(), HIDDEN);
  }

  document.addEventListener("visibilitychange", seen);
  connect();
  return {
    /** From now on also what comes after the end of the run. */
    goOn() {
      stay = true;
      connect();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(hide);
      clearTimeout(flushing);
      document.removeEventListener("visibilitychange", seen);
      drop();
    },
  };
}
