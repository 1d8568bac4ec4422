// Looks again while an order moves: every two seconds at first, then every ten; not while the page is hidden.
const FAST = 30;
const waits = (n) => (n < FAST ? 2_000 : 10_000);

/** Fetches the moving part of the page again, or the page itself where it only waits. */
export function startPolling() {
  if (document.querySelector("[data-again]")) again(0);
  if (document.querySelector("[data-part][data-moving]")) look(0);
}

function again(n) {
  setTimeout(async () => {
    const answer = document.hidden ? null : await get(location.href);
    if (answer?.redirected) location.replace(answer.url);
    else again(n + 1);
  }, n ? waits(n) : 700);
}

function look(n) {
  setTimeout(async () => {
    const place = document.querySelector("[data-part]");
    const answer = document.hidden || place.contains(document.activeElement) ? null : await get(location.href, place.dataset.part);
    if (answer?.redirected) return location.reload();
    if (answer?.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...fresh.body.childNodes);
      if (answer.headers.get("X-Moving") === "no") return undefined;
    }
    return look(n + 1);
  }, waits(n));
}

/** The answer, or null without a connection. */
async function get(url, part) {
  try {
    return await fetch(url, part ? { headers: { "X-Part": part } } : {});
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
