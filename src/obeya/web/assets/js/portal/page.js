// The page of a new order: draws the draft, and changes it. Everything shown is text, never markup.
import { choose, lineOf, missing, plainQuantity } from "./draft.js";

const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** One item to be added. `much` is what adding it adds. */
export function offerNode(offer, words, add) {
  const node = copy("portal-offer");
  const uom = offer.uom || offer.units[offer.units.length - 1].uom;
  node.querySelector("[data-name]").textContent = offer.name;
  node.querySelector("[data-sku]").textContent = offer.sku;
  if (offer.prices[uom]) {
    node.querySelector("[data-price]").textContent = fill(words.per, { price: offer.prices[uom], currency: offer.currency, uom });
  }
  if (offer.available !== null) node.querySelector("[data-stock]").textContent = offer.available ? words.available : words.not;
  node.querySelector("[data-much]").textContent = offer.quantity ? `${offer.quantity} ${uom}` : words.add;
  node.querySelector("[data-add]").addEventListener("click", () => add(lineOf(offer, offer.quantity || "", uom)));
  return node;
}

/** One line of the draft. `change(line)` puts another in its place, `change(null)` takes it away. */
export function lineNode(line, n, words, change, keep) {
  const node = copy("portal-line");
  node.dataset.line = String(n);
  node.querySelector("[data-n]").textContent = String(n);
  node.querySelector("[data-name]").textContent = line.item ? line.item.name : line.words;
  node.querySelector("[data-sku]").textContent = line.item ? line.item.sku : "";
  if (line.item && line.words) node.querySelector("[data-words]").textContent = fill(words.wrote, { words: line.words });
  node.querySelector("[data-remove]").addEventListener("click", () => change(null));
  if (line.item) drawQuantity(node, line, change, keep);
  else drawChoices(node, line, words, change);
  return node;
}

function drawChoices(node, line, words, change) {
  node.querySelector("[data-quantity]").hidden = true;
  const place = node.querySelector("[data-choices]");
  place.hidden = false;
  if (!line.items.length) place.firstElementChild.textContent = words.unknown;
  for (const offer of line.items) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s portal-choice", textContent: offer.name });
    button.addEventListener("click", () => change(choose(line, offer)));
    place.append(button);
  }
}

function drawQuantity(node, line, change, keep) {
  const input = node.querySelector("input");
  input.value = line.quantity;
  input.addEventListener("input", () => {
    line.quantity = input.value;
    keep();
  });
  const step = (by) => {
    const value = Math.max(0, Number(plainQuantity(input.value) || 0) + by);
    line.quantity = input.value = value > 0 ? String(Number(value.toFixed(6))) : "";
    keep();
  };
  node.querySelector("[data-less]").addEventListener("click", () => step(-1));
  node.querySelector("[data-more]").addEventListener("click", () => step(1));
  for (const unit of line.item.units) {
    const chip = Object.assign(document.createElement("button"), { type: "button", className: "portal-unit" });
    chip.append(unit.uom);
    if (unit.holds) chip.append(Object.assign(document.createElement("span"), { className: "tiny faint", textContent: ` ${unit.holds}` }));
    chip.setAttribute("aria-pressed", String(unit.uom === line.uom));
    chip.addEventListener("click", () => change({ ...line, uom: unit.uom }));
    node.querySelector(".portal-units").append(chip);
  }
}

/** The lines to be checked before they are sent. */
export function reviewNode(line, n) {
  const node = copy("portal-line");
  node.querySelector("[data-n]").textContent = String(n);
  node.querySelector("[data-name]").textContent = line.item.name;
  node.querySelector("[data-sku]").textContent = line.item.sku;
  node.querySelector("[data-remove]").remove();
  const much = Object.assign(document.createElement("div"), { className: "strong", textContent: `${plainQuantity(line.quantity)} ${line.uom}` });
  node.querySelector("[data-quantity]").replaceWith(much);
  return node;
}

/** What is missing, in words; [] where the order can be reviewed. */
export function lacks(draft, hasFiles, words) {
  if (!draft.lines.length && !hasFiles) return [words.nothing];
  return missing(draft).map(({ n, what }) => fill(words[what], { n }));
}
