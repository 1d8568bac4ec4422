import assert from "node:assert/strict";
import { test } from "node:test";
import { ScanBuffer } from "../scan.js";

const type = (buffer, text, gapMs, from = 1000) => {
  let at = from;
  let last = null;
  for (const key of [...text, "Enter"]) last = buffer.push(key, (at += gapMs));
  return last;
};

test("a burst ended by Enter is a scan", () => {
  assert.equal(type(new ScanBuffer(), "LOT-4471", 8), "LOT-4471");
});

test("fingers are not a scanner", () => {
  assert.equal(type(new ScanBuffer(), "LOT-4471", 140), null);
});

test("a few fast keys are not a scan", () => {
  assert.equal(type(new ScanBuffer(), "ab", 5), null);
});

test("what was typed before the burst does not get into the code", () => {
  const buffer = new ScanBuffer();
  buffer.push("x", 100);
  assert.equal(type(buffer, "LOT-9", 8, 5000), "LOT-9");
});

test("shift and other keys without a letter do not disturb a scan", () => {
  const buffer = new ScanBuffer();
  let at = 0;
  for (const key of ["Shift", "L", "Shift", "O", "T", "7", "7"]) buffer.push(key, (at += 6));
  assert.equal(buffer.push("Enter", at + 6), "LOT77");
});
