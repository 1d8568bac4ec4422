// Short words at the edge of the screen: what an action did, or why it did not.
import { readWords } from "./words.js";

const SHOWN_MS = 6000;

/** Shows one toast. `kind` is info, good, warn or bad; a bad one stays until it is closed. */
export function toast(text, kind = "info") {
  const shape = document.getElementById("toast-shape");
  const shelf = document.getElementById("toasts");
  if (!shape || !shelf) return;
  const node = shape.content.firstElementChild.cloneNode(true);
  node.classList.add(`toast-${kind}`);
  node.querySelector("[data-words]").textContent = text;
  node.querySelector("[data-close]").setAttribute("aria-label", readWords(document.getElementById("words")).close);
  shelf.append(node);
  if (kind !== "bad") setTimeout(() => node.remove(), SHOWN_MS);
}

function explain(status, words) {
  if (status === 403) return toast(words.forbidden, "bad");
  if (status >= 500 || status === 404 || status === 429) return toast(words.failed, "bad");
  return undefined; // the page that came back says it itself
}

/** Listens to what the server wants said (HX-Trigger: toast) and to what went wrong on the way. */
export function startToasts() {
  const words = readWords(document.getElementById("words"));
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
  document.addEventListener("htmx:response:error", (event) => explain(event.detail.ctx.response.status, words));
  document.addEventListener("htmx:error", () => toast(words.unreachable, "bad"));
  document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest("[data-toast]")?.remove());
  for (const served of document.querySelectorAll("#toasts [data-toast]")) setTimeout(() => served.remove(), SHOWN_MS);
}
