// What a live element listens to. Pure, so that it can be tested without a page.
// An element names topics, each with or without a key: "orders" or "orders:0190-...".

/** The topic names, without keys, that a page full of live elements needs from the stream, sorted. */
export function topicsOf(declared) {
  const names = declared.flatMap((text) => text.split(/\s+/)).filter(Boolean).map((part) => part.split(":")[0]);
  return [...new Set(names)].sort();
}

/** Whether an element that declares `text` is touched by a change of `topic` with `key`. */
export function hears(text, topic, key) {
  return text.split(/\s+/).some((part) => {
    const [name, wanted] = part.split(":");
    return name === topic && (wanted === undefined || !key || wanted === String(key));
  });
}

/** Milliseconds before the n-th try to reconnect (0 the first): grows to 15 s; `chance` in [0, 1) spreads a crowd. */
export function pauseBefore(attempt, chance) {
  const steps = [250, 1000, 2000, 5000, 10000, 15000];
  return Math.round(steps[Math.min(attempt, steps.length - 1)] * (0.5 + chance));
}

/** Milliseconds until an element that can wait is fetched: after what people look at, and not all screens at once. */
export function pauseOfLater(chance) {
  return Math.round(400 + 600 * chance);
}

/** A fragment's address with the page's own query, so that filters hold; the fragment's parameters win. */
export function addressOf(source, pageQuery) {
  const [path, own = ""] = source.split("?");
  const query = new URLSearchParams(pageQuery);
  for (const [name, value] of new URLSearchParams(own)) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
