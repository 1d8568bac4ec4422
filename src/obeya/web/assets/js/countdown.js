// Keeps every time on the page current: time left ([data-left]) and time since ([data-ago]).
import { agoWords, readWords, timeLeft } from "./words.js";

/** Starts the page's one ticking clock; it goes by the server's clock, not by the device's. */
export function startClock(root = document) {
  const words = readWords(root.getElementById("words"));
  const served = Date.parse(root.body.dataset.now);
  const ahead = Number.isNaN(served) ? 0 : served - Date.now();
  const tick = () => {
    const now = Date.now() + ahead;
    for (const chip of root.querySelectorAll("[data-left]")) showLeft(chip, now, words);
    for (const time of root.querySelectorAll("[data-ago]")) say(time, agoWords(Date.parse(time.dateTime), now, words));
  };
  tick();
  setInterval(tick, 1000);
}

function showLeft(chip, now, words) {
  const left = timeLeft(Date.parse(chip.dataset.opened), Date.parse(chip.dateTime), now, words);
  say(chip.querySelector("[data-words]"), left.words);
  if (chip.dataset.urgency !== left.urgency) chip.dataset.urgency = left.urgency;
  chip.querySelector(".ring-fill").setAttribute("stroke-dasharray", `${Math.round(left.share * 100)} 100`);
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
