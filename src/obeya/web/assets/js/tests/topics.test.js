import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, hears, pauseBefore, pauseOfLater, topicsOf } from "../topics.js";

test("the stream is asked for each topic once, without keys", () => {
  assert.deepEqual(topicsOf(["orders", "orders:7 requests", "", " cases "]), ["cases", "orders", "requests"]);
});

test("an element with a key hears only its own changes and those without a key", () => {
  assert.equal(hears("orders:7", "orders", "7"), true);
  assert.equal(hears("orders:7", "orders", 7), true);
  assert.equal(hears("orders:7", "orders", "8"), false);
  assert.equal(hears("orders:7", "orders", undefined), true);
  assert.equal(hears("orders", "orders", "8"), true);
  assert.equal(hears("requests", "orders", "8"), false);
});

test("reconnecting waits longer each time, and not all at one moment", () => {
  assert.ok(pauseBefore(0, 0) < pauseBefore(1, 0));
  assert.equal(pauseBefore(50, 0.5), 15000);
  assert.notEqual(pauseBefore(3, 0.1), pauseBefore(3, 0.9));
});

test("a fragment keeps the page's filter but its own parameters win", () => {
  assert.equal(addressOf("/orders/list?chosen=5", "?show=waiting&chosen=4"), "/orders/list?show=waiting&chosen=5");
  assert.equal(addressOf("/orders/list", ""), "/orders/list");
});

test("what can wait is fetched within a second, and not by all screens at one moment", () => {
  assert.equal(pauseOfLater(0), 400);
  assert.equal(pauseOfLater(1), 1000);
});
