// Keeps the keyboard's place: what is drawn anew may take away, or switch off, what has the focus.

const PLACES = "dialog, main, section, article, form, fieldset, [role=group], [role=region], .question";

let trail = []; // what had the focus when something was drawn, and everything around it

/** Draws; if nothing has the focus afterwards, what is drawn in its stead gets it, or the part of the page around it. */
export function keepFocus(draw) {
  const before = document.activeElement;
  if (before && before !== document.body) trail = around(before);
  draw();
  const now = document.activeElement;
  if (!trail.length || (now && now !== document.body && !now.disabled) || !document.hasFocus()) return;
  const [had, ...outside] = trail;
  trail = [];
  const place = instead(had) ?? outside.find(e => e.isConnected && e.matches(PLACES)) ?? document.querySelector("main");
  if (!place) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function around(element) {
  const all = [];
  for (let e = element; e && e !== document.body; e = e.parentElement) all.push(e);
  return all;
}

/** It was moved, or there is another one of the same name. */
function instead(had) {
  const found = had.isConnected
    ? had
    : had.id
      ? document.getElementById(had.id)
      : had.ariaLabel && document.querySelector(`${had.localName}[aria-label="${CSS.escape(had.ariaLabel)}"]`);
  return found && !found.disabled ? found : null;
}

// who points beside everything wants nothing to have the focus
document.addEventListener("pointerdown", () => (trail = []), true);
