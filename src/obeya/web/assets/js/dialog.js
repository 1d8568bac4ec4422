// Native dialogs: data-opens="id" opens one, data-closes closes it, and so does a sent form or a press beside it.

/** Makes the page's dialogs and menus open and close. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      opener.closest("details.me")?.removeAttribute("open");
      return document.getElementById(opener.dataset.opens)?.showModal();
    }
    if (event.target.closest("[data-closes]") || event.target.matches("dialog")) event.target.closest("dialog")?.close();
    for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.response?.status < 400) ctx.sourceElement?.closest?.("dialog[open]")?.close();
  });
}
