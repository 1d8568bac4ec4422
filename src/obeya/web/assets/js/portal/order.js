// A new order from the first tap until it has arrived. The draft is kept on this device all the while.
import { readWords } from "../words.js";
import { emptyDraft, lineOf, newId, pauseBefore, readDraft, readLine, toOrder } from "./draft.js";
import { fill, lacks, lineNode, offerNode, reviewNode } from "./page.js";

const FIELDS = { to: "portal-to", on: "portal-on", po: "portal-po", note: "portal-note" };

/** Makes the page of a new order work, if this is one. */
export function startOrder() {
  const form = document.getElementById("portal-new");
  if (form) new Order(form).start();
}

class Order {
  constructor(form) {
    this.form = form;
    this.begin = JSON.parse(form.dataset.start);
    this.words = readWords(document.getElementById("words"));
    this.place = `obeya-order-${this.begin.buyer}`;
    this.draft = readDraft(localStorage.getItem(this.place));
    this.files = document.getElementById("portal-files");
    this.asked = 0;
  }

  start() {
    if (this.begin.lines.length) {
      this.draft = { ...emptyDraft(), lines: this.begin.lines.map((one) => lineOf(one, one.quantity, one.uom)) };
      history.replaceState(null, "", location.pathname);
      this.keep();
    }
    for (const [name, id] of Object.entries(FIELDS)) this.bind(name, document.getElementById(id));
    document.getElementById("portal-on").min = this.begin.today;
    const usual = this.begin.usual.map((offer) => offerNode(offer, this.words, (line) => this.add(line)));
    this.find("[data-usual]").replaceChildren(...usual);
    this.find("[data-usual-part]").hidden = !usual.length;
    document.getElementById("portal-q").addEventListener("input", () => this.search());
    const doings = { review: () => this.review(), back: () => this.edit(), send: () => this.send(), read: () => this.read(), clear: () => this.clear() };
    for (const button of this.form.querySelectorAll("[data-do]")) button.addEventListener("click", doings[button.dataset.do]);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("online", () => this.draft.sending && this.send());
    this.draw();
    if (this.draft.sending && !lacks(this.draft, false, this.words).length) {
      this.review();
      this.send();
    }
  }

  find(selector) {
    return this.form.querySelector(selector);
  }

  bind(name, field) {
    if (!field) return;
    field.value = this.draft[name];
    field.addEventListener("input", () => {
      this.draft[name] = field.value;
      this.keep();
    });
  }

  keep() {
    try {
      localStorage.setItem(this.place, JSON.stringify(this.draft));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // no room: the page itself still holds it
    }
    const n = this.draft.lines.length;
    this.find("[data-state]").textContent = n === 1 ? this.words.one : n ? fill(this.words.count, { n }) : "";
  }

  add(line) {
    const same = this.draft.lines.findIndex((one) => one.item && one.item.sku === line.item.sku && one.uom === line.uom);
    if (same < 0) this.draft.lines.push(line);
    this.draw();
    const at = same < 0 ? this.draft.lines.length - 1 : same;
    const input = this.find(`[data-line="${at + 1}"] input`);
    if (input && !line.quantity) input.focus();
  }

  draw() {
    const change = (index) => (line) => {
      if (line) this.draft.lines[index] = line;
      else this.draft.lines.splice(index, 1);
      this.draw();
    };
    const nodes = this.draft.lines.map((line, n) => lineNode(line, n + 1, this.words, change(n), () => this.keep()));
    this.find("[data-lines]").replaceChildren(...nodes);
    this.find("[data-empty]").hidden = nodes.length > 0;
    this.keep();
  }

  show(mode) {
    for (const part of this.form.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== mode;
  }

  edit() {
    this.draft.sending = false;
    this.show("edit");
    this.draw();
  }

  clear() {
    this.draft = emptyDraft();
    this.files.value = "";
    for (const [name, id] of Object.entries(FIELDS)) if (document.getElementById(id)) document.getElementById(id).value = this.draft[name];
    this.say("");
    this.draw();
  }

  say(text, more = [], link = null) {
    const box = this.find("[data-said]");
    box.hidden = !text;
    this.find("[data-said-text]").textContent = text;
    const items = more.map((one) => Object.assign(document.createElement("li"), { textContent: one }));
    this.find("[data-said-list]").replaceChildren(...items);
    if (link) this.find("[data-said-text]").append(" ", Object.assign(document.createElement("a"), { href: link.url, textContent: link.label }));
    if (text) box.scrollIntoView({ block: "nearest" });
  }

  review() {
    const still = lacks(this.draft, this.files.files.length > 0, this.words);
    if (still.length) return this.say(still[0], still.slice(1));
    if (this.tooLarge()) return this.say(this.words.large);
    this.say("");
    this.find("[data-lines]").replaceChildren(...this.draft.lines.map((line, n) => reviewNode(line, n + 1)));
    const names = [...this.files.files].map((file) => file.name).join(", ");
    const told = [...Object.keys(FIELDS).map((name) => [this.words[name], this.draft[name]]), [this.words.files, names]];
    const facts = told.filter(([, value]) => value).map(([name, value]) => factNode(name, value));
    this.find("[data-head]").replaceChildren(...facts);
    this.show("review");
    this.find("[data-head]").parentElement.hidden = !facts.length;
    scrollTo({ top: 0 });
    return undefined;
  }

  tooLarge() {
    const files = [...this.files.files];
    return files.length > this.begin.mostFiles || files.reduce((sum, file) => sum + file.size, 0) > this.begin.mostBytes;
  }

  async search() {
    const text = document.getElementById("portal-q").value.trim();
    const mine = (this.asked += 1);
    await new Promise((done) => setTimeout(done, 200));
    if (mine !== this.asked) return;
    const address = new URL(this.form.dataset.items, location.href);
    address.searchParams.set("q", text);
    const told = text ? await this.ask(address) : { items: [] };
    if (mine !== this.asked || !told) return;
    this.find("[data-found]").replaceChildren(...told.items.map((offer) => offerNode(offer, this.words, (line) => this.add(line))));
    this.find("[data-none]").hidden = !text || told.items.length > 0;
  }

  async read() {
    const field = document.getElementById("portal-text");
    const body = new FormData();
    body.set("text", field.value);
    this.find("[data-state]").textContent = this.words.reading;
    const told = await this.ask(this.form.dataset.read, body);
    this.keep();
    if (!told) return;
    this.draft.lines.push(...told.lines.map(readLine));
    for (const [name, id] of Object.entries({ on: "portal-on", po: "portal-po", to: "portal-to" })) {
      const part = document.getElementById(id);
      if (part && told[name] && !this.draft[name]) part.value = this.draft[name] = told[name];
    }
    const left = this.find("[data-left]");
    left.hidden = !told.left.length;
    left.textContent = fill(this.words.left, { words: told.left.join(" · ") });
    if (!told.left.length) field.value = "";
    this.say("");
    this.draw();
    this.find("[data-lines]").scrollIntoView({ block: "start" });
  }

  /** What the server says, or null after its refusal was shown. */
  async ask(url, body) {
    try {
      const response = await this.fetch(url, body);
      const told = await response.json();
      if (response.ok) return told;
      this.refused(response.status, told);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      this.say(error instanceof TypeError ? this.words.away : this.words.failed);
    }
    return null;
  }

  fetch(url, body) {
    const headers = { Accept: "application/json" };
    if (!body) return fetch(url, { headers });
    headers["X-CSRFToken"] = this.find("[name=csrfmiddlewaretoken]").value;
    return fetch(url, { method: "POST", body, headers });
  }

  refused(status, told) {
    const link = status === 401 ? { url: this.form.dataset.login, label: this.words.login } : status === 409 ? { url: told.url, label: this.words.see } : null;
    this.say(told.error || this.words.failed, (told.problems || []).slice(1).map((one) => one.text), link);
  }

  /** Sends the order. Without a connection it is kept and tried again: its id makes a second arrival harmless. */
  async send(attempt = 0) {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.later);
    const body = new FormData();
    body.set("form_id", this.draft.id);
    body.set("order", JSON.stringify(toOrder(this.draft)));
    for (const file of this.files.files) body.append("files", file);
    this.draft.sending = true;
    this.keep();
    this.find("[data-state]").textContent = this.words.sending;
    try {
      const response = await this.fetch(this.form.dataset.send, body);
      if (response.status >= 500) throw new TypeError("the server is not well");
      this.answered(response.status, await response.json());
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      this.say(this.words.kept);
      this.later = setTimeout(() => this.draft.sending && this.send(attempt + 1), pauseBefore(attempt));
    } finally {
      this.busy = false;
    }
  }

  answered(status, told) {
    if (status === 201) {
      localStorage.removeItem(this.place);
      location.assign(told.url);
      return;
    }
    this.edit();
    if (status === 409) this.draft.id = newId();
    this.keep();
    this.refused(status, told);
  }
}

function factNode(name, value) {
  const node = document.createElement("div");
  node.append(Object.assign(document.createElement("dt"), { textContent: name }));
  node.append(Object.assign(document.createElement("dd"), { textContent: value, dir: "auto" }));
  return node;
}
