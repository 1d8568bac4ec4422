// Times in words, the same as obeya/web/wording.py says on the server. Pure: no page, no clock.

const URGENT_S = 120;
const SOON_S = 600;

/** Reads the page's own words (a hidden <dl>) into an object. */
export function readWords(list) {
  const words = {};
  for (const term of list?.querySelectorAll("dt") ?? []) words[term.textContent] = term.nextElementSibling.textContent;
  return words;
}

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const two = (n) => String(n).padStart(2, "0");

/** over, urgent, soon or calm, for seconds left of a window of so many seconds. */
export function urgencyOf(leftS, windowS) {
  if (leftS <= 0) return "over";
  if (leftS <= Math.min(URGENT_S, windowS / 4) || leftS <= windowS / 10) return "urgent";
  if (leftS <= Math.min(SOON_S, windowS / 2) || leftS <= windowS / 3) return "soon";
  return "calm";
}

/** 45 s, 4 min 05 s, 12 min, 2 h 10 min, 3 days. */
export function durationWords(seconds, words) {
  const whole = Math.floor(seconds);
  if (whole < 60) return fill(words.s, { n: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return `${fill(words.min, { n: minutes })} ${fill(words.s, { n: two(whole % 60) })}`;
  if (minutes < 60) return fill(words.min, { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${fill(words.h, { n: hours })} ${fill(words.min, { n: two(minutes % 60) })}`;
  return days(Math.floor(hours / 24), words);
}

/** "4 min 05 s left" or "40 s over", with the urgency and the share of the window that is left. */
export function timeLeft(openedMs, dueMs, nowMs, words) {
  const windowS = Math.max((dueMs - openedMs) / 1000, 1);
  const leftS = (dueMs - nowMs) / 1000;
  const span = durationWords(Math.abs(leftS), words);
  return {
    words: fill(leftS > 0 ? words.left : words.over, { span }),
    urgency: urgencyOf(leftS, windowS),
    share: Math.min(Math.max(leftS / windowS, 0), 1),
  };
}

/** "just now", "40 s ago", "12 min ago", "3 h ago", "2 days ago". */
export function agoWords(atMs, nowMs, words) {
  const seconds = Math.floor((nowMs - atMs) / 1000);
  if (seconds < 5) return words.now;
  let span = days(Math.floor(seconds / 86400), words);
  if (seconds < 60) span = fill(words.s, { n: seconds });
  else if (seconds < 3600) span = fill(words.min, { n: Math.floor(seconds / 60) });
  else if (seconds < 86400) span = fill(words.h, { n: Math.floor(seconds / 3600) });
  return fill(words.ago, { span });
}

function days(n, words) {
  return fill(n === 1 ? words.day : words.days, { n });
}
