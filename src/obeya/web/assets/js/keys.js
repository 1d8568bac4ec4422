// The keyboard: j and k walk a list, figures and letters press what bears them, / searches, ? explains.

const typing = (element) => element?.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function walk(step) {
  const items = [...document.querySelectorAll("[data-keys-list] [data-key-item]")];
  if (!items.length) return false;
  let at = items.indexOf(document.activeElement);
  if (at < 0) at = items.findIndex((item) => item.hasAttribute("aria-current"));
  const next = at < 0 ? items[0] : items[Math.min(Math.max(at + step, 0), items.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** The button or option that a figure or letter stands for: in the doubt at hand first, then on the page. */
function marked(key) {
  const doubt = document.activeElement?.closest("[data-doubt]") ?? document.querySelector("[data-doubt]");
  const wanted = `[data-key~="${key}"]`;
  return doubt?.querySelector(wanted) ?? document.querySelector(wanted);
}

function press(key) {
  if (key === "j") return walk(1);
  if (key === "k") return walk(-1);
  if (key === "/") return focusSearch();
  if (key === "?") return openHelp();
  const target = /^[1-9a-z]$/.test(key) ? marked(key) : null;
  if (!target) return false;
  target.focus();
  target.matches("input:not([type=radio])") ? target.select() : target.click();
  return true;
}

function focusSearch() {
  const boxes = [...document.querySelectorAll("[data-search-box]")];
  const seen = boxes.filter((candidate) => candidate.offsetParent !== null);
  const box = seen.find((candidate) => candidate.dataset.searchBox === "here") ?? seen[0];
  box?.focus();
  box?.select();
  return Boolean(box);
}

function openHelp() {
  const help = document.getElementById("keys");
  if (help && !help.open) help.showModal();
  return Boolean(help);
}

/** Listens for the whole page; keys typed into a field or into a dialog are left alone. */
export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.repeat && !/^[jk]$/.test(event.key)) return;
    if (press(event.key)) event.preventDefault();
  });
}
