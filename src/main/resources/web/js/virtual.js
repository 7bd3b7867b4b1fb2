// A long list of which only what can be seen is in the document. All rows have the same height.
import { render } from "/lib/lit-html.js";

const EXTRA = 12; // rows above and below what can be seen

export class VirtualList {
  /**
   * @param row a function of item and index that gives a template
   * @param follows whether a list that shows its end goes on to do so when it grows
   */
  constructor(rowHeight, row, follows = true) {
    this.rowHeight = rowHeight;
    this.row = row;
    this.follows = follows;
    this.items = [];
    this.active = -1;
    this.host = null;
  }

  attach(host) {
    if (this.host === host) return;
    this.host = host;
    host.replaceChildren();
    this.room = host.appendChild(document.createElement("div"));
    this.pane = host.appendChild(document.createElement("div"));
    this.room.setAttribute("role", "presentation");
    this.pane.setAttribute("role", "presentation");
    this.pane.className = "pane";
    host.addEventListener("scroll", () => this.draw(), { passive: true });
  }

  show(items) {
    const { host } = this;
    const atEnd = this.follows && host.scrollHeight - host.scrollTop - host.clientHeight < this.rowHeight * 2;
    this.items = items;
    this.room.style.height = `${items.length * this.rowHeight}px`;
    if (atEnd && this.active < 0) host.scrollTop = host.scrollHeight;
    this.draw();
  }

  draw() {
    const { host, rowHeight, items } = this;
    const from = Math.max(0, Math.floor(host.scrollTop / rowHeight) - EXTRA);
    const to = Math.min(items.length, Math.ceil((host.scrollTop + host.clientHeight) / rowHeight) + EXTRA);
    this.pane.style.transform = `translateY(${from * rowHeight}px)`;
    const rows = [];
    for (let i = from; i < to; i++) rows.push(this.row(items[i], i));
    render(rows, this.pane);
  }

  /** Makes a row the active one, and brings it into sight. */
  activate(index) {
    const { host, rowHeight } = this;
    this.active = Math.max(0, Math.min(this.items.length - 1, index));
    const top = this.active * rowHeight;
    if (top < host.scrollTop) host.scrollTop = top;
    else if (top + rowHeight > host.scrollTop + host.clientHeight) host.scrollTop = top + rowHeight - host.clientHeight;
    this.draw();
  }
}
