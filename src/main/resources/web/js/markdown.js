// Markdown as a template. Text of people and agents is hostile: marked only takes it apart, and what
// is drawn is made here, as text; HTML in it stays text, and only plain web links become links.
import { html, nothing } from "/lib/lit-html.js";
import { marked } from "/lib/marked.js";

export function markdown(text) {
  const capped = String(text ?? "").slice(0, 200000);
  return html`<div class="md">${blocks(marked.lexer(capped))}</div>`;
}

const blocks = tokens => (tokens ?? []).map(block);
const inlines = tokens => (tokens ?? []).map(inline);

function block(token) {
  switch (token.type) {
    case "heading":
      return token.depth < 3 ? html`<h2>${inlines(token.tokens)}</h2>` : html`<h3>${inlines(token.tokens)}</h3>`;
    case "paragraph":
      return html`<p>${inlines(token.tokens)}</p>`;
    case "code":
      return html`<pre>${token.text}</pre>`;
    case "blockquote":
      return html`<blockquote>${blocks(token.tokens)}</blockquote>`;
    case "list": {
      const items = token.items.map(item => html`<li>${item.task ? html`<input type="checkbox" disabled .checked=${item.checked} aria-label="done" /> ` : nothing}${blocks(item.tokens)}</li>`);
      return token.ordered ? html`<ol start=${token.start || 1}>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case "table":
      return html`<div class="scroll"><table><thead><tr>${token.header.map(c => html`<th>${inlines(c.tokens)}</th>`)}</tr></thead>
        <tbody>${token.rows.map(row => html`<tr>${row.map(c => html`<td>${inlines(c.tokens)}</td>`)}</tr>`)}</tbody></table></div>`;
    case "hr":
      return html`<hr />`;
    case "space":
      return nothing;
    case "text":
      return token.tokens ? inlines(token.tokens) : token.text;
    default:
      return html`<p>${token.raw}</p>`;
  }
}

function inline(token) {
  switch (token.type) {
    case "strong":
      return html`<strong>${inlines(token.tokens)}</strong>`;
    case "em":
      return html`<em>${inlines(token.tokens)}</em>`;
    case "del":
      return html`<del>${inlines(token.tokens)}</del>`;
    case "codespan":
      return html`<code>${token.text}</code>`;
    case "br":
      return html`<br />`;
    case "link":
      return /^https?:\/\//i.test(token.href) ? html`<a href=${token.href} target="_blank" rel="noopener noreferrer nofollow">${inlines(token.tokens)}</a>` : inlines(token.tokens);
    case "escape":
    case "text":
      return token.tokens ? inlines(token.tokens) : token.text;
    default:
      return token.raw;
  }
}
