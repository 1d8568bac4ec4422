import assert from "node:assert/strict";
import { test } from "node:test";
import { agoWords, durationWords, timeLeft, urgencyOf } from "../words.js";

const words = { left: "{span} left", over: "{span} over", ago: "{span} ago", now: "just now", s: "{n} s", min: "{n} min", h: "{n} h", day: "{n} day", days: "{n} days" };

test("a duration is said in its two largest units at most", () => {
  assert.equal(durationWords(45.9, words), "45 s");
  assert.equal(durationWords(245, words), "4 min 05 s");
  assert.equal(durationWords(720, words), "12 min");
  assert.equal(durationWords(7800, words), "2 h 10 min");
  assert.equal(durationWords(86400, words), "1 day");
  assert.equal(durationWords(3 * 86400 + 5, words), "3 days");
});

test("urgency grows as a window runs out, and a short window is not born urgent", () => {
  assert.equal(urgencyOf(3500, 3600), "calm");
  assert.equal(urgencyOf(1000, 3600), "soon");
  assert.equal(urgencyOf(100, 3600), "urgent");
  assert.equal(urgencyOf(0, 3600), "over");
  assert.equal(urgencyOf(118, 120), "calm");
  assert.equal(urgencyOf(20, 120), "urgent");
});

test("what is left has words and a share, and what is over says by how much", () => {
  const left = timeLeft(0, 600_000, 300_000, words);
  assert.deepEqual(left, { words: "5 min 00 s left", urgency: "soon", share: 0.5 });
  assert.equal(timeLeft(0, 600_000, 640_000, words).words, "40 s over");
  assert.equal(timeLeft(0, 600_000, 640_000, words).share, 0);
});

test("the past is said in one unit", () => {
  assert.equal(agoWords(0, 2_000, words), "just now");
  assert.equal(agoWords(0, 40_000, words), "40 s ago");
  assert.equal(agoWords(0, 12 * 60_000, words), "12 min ago");
  assert.equal(agoWords(0, 3 * 3_600_000, words), "3 h ago");
  assert.equal(agoWords(0, 86_400_000, words), "1 day ago");
});
