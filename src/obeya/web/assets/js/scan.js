// Barcode scanners that act as a keyboard: a burst of keys far faster than fingers, ended by Enter.

const MAX_GAP_MS = 50;
const MIN_LENGTH = 4;

/** Collects keys with their times; `push` answers the code when Enter ends a burst, else null. Pure. */
export class ScanBuffer {
  constructor() {
    this.keys = [];
    this.lastAt = 0;
  }

  push(key, atMs) {
    if (atMs - this.lastAt > MAX_GAP_MS) this.keys = [];
    this.lastAt = atMs;
    if (key === "Enter") {
      const code = this.keys.join("");
      this.keys = [];
      return code.length >= MIN_LENGTH ? code : null;
    }
    if (key.length === 1) this.keys.push(key);
    return null;
  }

  /** True while the next key would start a new burst. */
  startsAt(atMs) {
    return atMs - this.lastAt > MAX_GAP_MS;
  }
}

/** Calls `found(code)` for each scan, wherever the focus is; what the burst typed into another field is taken back. */
export function listenForScans(found) {
  const buffer = new ScanBuffer();
  let before = null;
  document.addEventListener(
    "keydown",
    (event) => {
      const field = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea") ? event.target : null;
      if (buffer.startsAt(event.timeStamp)) before = field && { field, value: field.value };
      const code = buffer.push(event.key, event.timeStamp);
      if (code === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (before) before.field.value = before.value;
      found(code);
    },
    true,
  );
}
