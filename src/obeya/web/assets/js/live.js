// One stream for the page. A message names what changed; each live element that listens fetches its own
// fragment and is morphed, so that focus, typed text and scroll stay where they are.
import htmx from "htmx.org";
import { addressOf, hears, pauseBefore, pauseOfLater, topicsOf } from "./topics.js";

const HIDDEN_GRACE_MS = 30_000;
const SILENCE_MS = 40_000;
const TOGETHER_MS = 10;

class Link {
  constructor(url) {
    this.url = url;
    this.position = document.body.dataset.position ?? "";
    this.attempt = 0;
    this.stream = null;
    this.topics = "";
  }

  /** Opens the stream for what the page shows now; a page that nobody sees holds no connection. */
  open() {
    if (document.hidden || !navigator.onLine) return;
    const topics = topicsOf(liveElements().map((element) => element.dataset.live)).join(",");
    if (!topics || (this.stream && topics === this.topics)) return;
    this.close();
    this.topics = topics;
    this.heard();
    this.stream = new EventSource(`${this.url}?topics=${encodeURIComponent(topics)}`);
    this.stream.addEventListener("hello", (event) => this.welcome(JSON.parse(event.data)));
    this.stream.addEventListener("change", (event) => this.change(JSON.parse(event.data)));
    this.stream.addEventListener("beat", () => this.heard());
    this.stream.addEventListener("error", () => this.lost());
  }

  close() {
    clearTimeout(this.retry);
    this.stream?.close();
    this.stream = null;
  }

  heard() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), SILENCE_MS);
  }

  welcome({ position }) {
    this.attempt = 0;
    this.heard();
    show("live");
    if (String(position) !== this.position) {
      this.position = String(position);
      liveElements().forEach(refresh);
    }
  }

  change({ topic, key, position }) {
    this.heard();
    if (position !== undefined) this.position = String(position);
    liveElements().filter((element) => hears(element.dataset.live, topic, key)).forEach(refreshSoon);
  }

  lost() {
    this.close();
    if (!navigator.onLine) return show("offline");
    if (this.attempt > 0) show("away");
    this.retry = setTimeout(() => this.open(), pauseBefore(this.attempt++, Math.random()));
  }
}

function liveElements() {
  return [...document.querySelectorAll("[data-live]")].filter((element) => element.dataset.live.trim());
}

function show(state) {
  document.documentElement.dataset.link = state;
}

const due = new WeakSet();

/** One deed is told as several changes at once: an element fetches once for all of them, what can wait after the rest. */
function refreshSoon(element) {
  if (due.has(element)) return;
  due.add(element);
  const pause = "liveLater" in element.dataset ? pauseOfLater(Math.random()) : TOGETHER_MS;
  setTimeout(() => {
    due.delete(element);
    if (element.isConnected) refresh(element);
  }, pause);
}

const busy = new WeakMap();

/** Fetches an element's fragment and morphs it in. Changes that come meanwhile cause one more fetch, not many. */
async function refresh(element) {
  if (busy.has(element)) return busy.set(element, "again");
  busy.set(element, "once");
  const wanted = element.dataset.src;
  try {
    const query = "keepQuery" in element.dataset ? location.search : "";
    const response = await fetch(addressOf(wanted, query), { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (response.redirected) return location.reload();
    const text = response.ok ? await response.text() : null;
    if (text !== null && element.isConnected && element.dataset.src === wanted) await morph(element, text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no network: the stream notices and asks again when it is back
  }
  const again = busy.get(element) === "again";
  busy.delete(element);
  if (again) refresh(element);
}

async function morph(element, text) {
  const before = new Map(rowsOf(element).map((row) => [row.id, signOf(row)]));
  await htmx.swap({ text, target: element, swap: "innerMorph", sourceElement: element });
  for (const row of rowsOf(element)) if (before.get(row.id) !== signOf(row)) freshen(row);
  element.dispatchEvent(new CustomEvent("obeya:refreshed", { bubbles: true }));
}

const rowsOf = (element) => [...element.querySelectorAll("li[id]")];
const signOf = (row) => [...row.querySelectorAll(".badge")].map((badge) => badge.textContent).join("|");

function freshen(row) {
  row.classList.remove("fresh");
  requestAnimationFrame(() => row.classList.add("fresh"));
}

/** What a morph leaves alone: an open dialog, what the user opened, and what the user has typed. */
function protectUsers() {
  htmx.registerExtension("calm", {
    htmx_before_morph_node: (node) => !(node instanceof HTMLDialogElement && node.open),
    htmx_before_morph_attr: (node, { attrName }) => {
      if (attrName === "open") return !(node instanceof HTMLDetailsElement);
      if (attrName === "value" && node instanceof HTMLInputElement) return node.value === node.defaultValue;
      return true;
    },
  });
}

/** Starts the stream of this page, if the page has one. */
export function startLive() {
  protectUsers();
  const url = document.body.dataset.liveUrl;
  if (!url) return;
  const link = new Link(url);
  let asleep;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(asleep);
    if (document.hidden) asleep = setTimeout(() => link.close(), HIDDEN_GRACE_MS);
    else link.open();
  });
  addEventListener("online", () => link.open());
  addEventListener("offline", () => link.lost());
  addEventListener("pagehide", () => link.close());
  addEventListener("pageshow", (event) => event.persisted && link.open());
  document.addEventListener("htmx:after:swap", () => link.open());
  link.open();
}
