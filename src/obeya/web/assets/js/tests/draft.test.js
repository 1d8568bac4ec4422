import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, emptyDraft, lineOf, missing, newId, pauseBefore, plainQuantity, readDraft, readLine, toOrder } from "../portal/draft.js";

const CAP = { sku: "CAP", name: "Cap", units: [{ uom: "pcs" }, { uom: "box" }, { uom: "ctn" }] };
const BAG = { sku: "BAG", name: "Bag", units: [{ uom: "bag" }] };

test("a quantity is taken in the digits people type", () => {
  for (const typed of ["12", " 12 ", "١٢", "۱۲", "१२", "૧૨"]) assert.equal(plainQuantity(typed), "12");
  assert.equal(plainQuantity("2,5"), "2.5");
  assert.equal(plainQuantity("٢٫٥"), "2.5");
  for (const typed of ["", "0", "-1", "1e9", "two", "1.2.3", "1,000", "12345678901"]) assert.equal(plainQuantity(typed), "");
});

test("an id made here is a random UUID", () => {
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(newId(), newId());
});

test("a draft is kept as it was, and rubbish is an empty one", () => {
  const draft = { ...emptyDraft("id-1"), po: "KT/1", lines: [lineOf(CAP, "2", "ctn")] };
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
  for (const text of [null, "", "{", "[]", '{"id": 1}', '{"id": "x"}']) assert.deepEqual(readDraft(text).lines, []);
});

test("a doubtful line waits for the buyer's choice, then for what the choice leaves open", () => {
  const read = readLine({ text: "5 ctn zink", words: "zink", quantity: "5", uom: "ctn", sure: false, items: [CAP, BAG] });
  const draft = { ...emptyDraft(), lines: [lineOf(CAP, "1"), read] };
  assert.deepEqual(missing(draft), [{ n: 2, what: "choose" }]);
  draft.lines[1] = choose(read, CAP);
  assert.deepEqual(missing(draft), []);
  assert.equal(draft.lines[1].uom, "ctn");
  assert.equal(choose(read, BAG).uom, "bag");
  assert.deepEqual(missing({ lines: [choose({ ...read, uom: "kg" }, CAP)] }), [{ n: 1, what: "unit" }]);
  assert.deepEqual(missing({ lines: [lineOf(CAP)] }), [{ n: 1, what: "much" }]);
});

test("what is sent names items, quantities, units and the buyer's words", () => {
  const read = readLine({ text: "5 peti white", words: "white", quantity: "5", uom: "ctn", sure: true, items: [CAP] });
  const order = toOrder({ ...emptyDraft(), lines: [read], on: "", to: "Yard", po: "1", note: "" });
  assert.deepEqual(order.lines, [{ sku: "CAP", quantity: "5", uom: "ctn", words: "white" }]);
  assert.equal(order.requested_on, null);
});

test("tries come further and further apart, half a minute at most", () => {
  assert.deepEqual([0, 1, 2, 10].map(pauseBefore), [1000, 2000, 4000, 30000]);
});
