// The operator's hold form: finds the scanned lot, says what is still missing, and sends until it has arrived.
import htmx from "htmx.org";
import { listenForScans } from "./scan.js";
import { pauseBefore } from "./topics.js";
import { toast } from "./toast.js";
import { readWords } from "./words.js";

const form = () => document.querySelector("[data-hold-form]");
const chosen = (name) => form().querySelector(`[name="${name}"]:checked`);

/** What is still missing: "both", "lot", "reason", "quantity" or "" when the form can go. */
function missing() {
  const [lot, reason] = [chosen("lot"), chosen("reason")];
  if (!lot && !reason) return "both";
  if (!lot) return "lot";
  if (!reason) return "reason";
  const amount = Number(form().elements.quantity.value.replace(",", "."));
  return chosen("extent")?.value === "part" && !(amount > 0) ? "quantity" : "";
}

function update() {
  if (!form()) return;
  const lack = missing();
  const still = form().querySelector("[data-still]");
  still.textContent = lack ? still.dataset[lack] : "";
  form().querySelector(".t-hold").setAttribute("aria-disabled", String(Boolean(lack)));
  form().querySelector("[data-count]").hidden = chosen("extent")?.value !== "part";
  const lot = chosen("lot");
  if (!lot) return;
  form().querySelector("[data-whole]").textContent = `${lot.dataset.quantity} ${lot.dataset.unit}`;
  form().querySelector("[data-unit]").textContent = lot.dataset.unit;
}

async function find(code) {
  const scan = document.querySelector("[data-scan]");
  const words = readWords(document.getElementById("words"));
  if (!scan || !code.trim()) return;
  const address = new URL(scan.dataset.scan, location.href);
  address.searchParams.set("code", code.trim());
  try {
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!response.ok) return toast(words.failed, "bad");
    const target = document.querySelector(scan.dataset.scanTarget);
    await htmx.swap({ text: await response.text(), target, swap: "innerHTML", sourceElement: target });
    document.getElementById("lot-code").value = "";
    update();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    toast(words.unreachable, "bad");
  }
}

/** Sends the form. With no connection it waits and tries again; the form's own id makes a second arrival harmless. */
async function send(attempt = 0) {
  const words = readWords(document.getElementById("words"));
  const waits = form().querySelector("[data-sending]");
  const body = new URLSearchParams(new FormData(form()));
  form().setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form().action, { method: "POST", body });
    if (response.status >= 500) throw new TypeError("the server is not well");
    if (response.redirected) return location.assign(response.url);
    const target = document.getElementById("content");
    await htmx.swap({ text: await response.text(), target, select: "#content", swap: "outerHTML", sourceElement: target });
    update();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    waits.textContent = words.sending;
    waits.hidden = false;
    setTimeout(() => send(attempt + 1), pauseBefore(attempt + 1, Math.random()));
  }
  return undefined;
}

function step(by) {
  const field = form().elements.quantity;
  field.value = String(Math.max(0, (Number(field.value.replace(",", ".")) || 0) + by));
}

/** Makes the hold form work, if the page has one. */
export function startHold() {
  if (!form()) return;
  listenForScans(find);
  document.addEventListener("change", update);
  document.addEventListener("input", update);
  document.addEventListener("click", (event) => {
    const by = event.target.closest("[data-step]")?.dataset.step;
    if (by) step(Number(by));
    if (event.target.closest("[data-scan-now]")) find(document.getElementById("lot-code").value);
    update();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.id !== "lot-code") return;
    event.preventDefault();
    find(event.target.value);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-hold-form]")) return;
    event.preventDefault();
    if (missing()) return form().querySelector("[data-still]").scrollIntoView({ block: "center" });
    if (form().getAttribute("aria-busy") !== "true") send();
  });
  update();
}
