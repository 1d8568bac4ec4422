// An order that is being written: plain values, no page. It lives in localStorage until it has arrived.

const DIGITS = ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "૦૧૨૩૪૫૬૭૮૯"];

/** A quantity as the server takes it: digits of any of our scripts, a comma or a point; "" for anything else. */
export function plainQuantity(typed) {
  let text = String(typed).trim();
  for (const digits of DIGITS) text = text.replace(/./gu, (c) => (digits.includes(c) ? String([...digits].indexOf(c)) : c));
  text = text.replace("٫", ".").replace(/^(\d+),(\d{1,2})$/, "$1.$2");
  return /^\d{1,9}(\.\d{1,6})?$/.test(text) && Number(text) > 0 ? text : "";
}

/** A random id for a form: made here, so that a second arrival is known for one. Works without HTTPS too. */
export function newId(random = crypto) {
  const bytes = random.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function emptyDraft(id = newId()) {
  return { id, lines: [], to: "", on: "", po: "", note: "", sending: false };
}

/** The draft as it was kept, or an empty one where nothing usable is there. */
export function readDraft(text) {
  try {
    const kept = JSON.parse(text);
    if (kept && typeof kept.id === "string" && Array.isArray(kept.lines)) return { ...emptyDraft(kept.id), ...kept };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return emptyDraft();
}

/** A line for an item. `uom` falls back to the largest unit it is sold in. */
export function lineOf(offer, quantity = "", uom = "", words = "") {
  const units = offer.units.map((unit) => unit.uom);
  return { item: offer, items: [], quantity, uom: units.includes(uom) ? uom : units[units.length - 1], words };
}

/** A line as it was read: sure of its item, or with items to choose from. */
export function readLine(read) {
  if (read.sure) return lineOf(read.items[0], read.quantity, read.uom, read.words);
  return { item: null, items: read.items, quantity: read.quantity, uom: read.uom, words: read.words || read.text };
}

/** The item that was chosen for a doubtful line; its unit stays where the item is sold in it. */
export function choose(line, offer) {
  const units = offer.units.map((unit) => unit.uom);
  const uom = units.includes(line.uom) ? line.uom : units.length === 1 ? units[0] : "";
  return { ...line, item: offer, items: [], uom };
}

/** What still has to be said: the line (from 1) and what is missing in it. */
export function missing(draft) {
  return draft.lines.flatMap((line, index) => {
    const n = index + 1;
    if (!line.item) return [{ n, what: "choose" }];
    if (!plainQuantity(line.quantity)) return [{ n, what: "much" }];
    return line.uom ? [] : [{ n, what: "unit" }];
  });
}

/** What is sent. */
export function toOrder(draft) {
  return {
    lines: draft.lines.map((line) => ({ sku: line.item.sku, quantity: plainQuantity(line.quantity), uom: line.uom, words: line.words })),
    requested_on: draft.on || null,
    ship_to: draft.to,
    po_number: draft.po,
    note: draft.note,
  };
}

/** Milliseconds until the next try: twice as long each time, half a minute at most. */
export function pauseBefore(attempt) {
  return Math.min(30_000, 1_000 * 2 ** attempt);
}
