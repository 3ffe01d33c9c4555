import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/backoff.js";

test("the ceiling of a wait doubles from one second to thirty", () => {
  const backoff = new Backoff(() => 1);

  const waits = Array.from({ length: 8 }, () => backoff.nextMillis());

  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("a wait is anything between nothing and its ceiling", () => {
  let luck = 0;
  const backoff = new Backoff(() => luck);

  const shortest = backoff.nextMillis();
  luck = 0.25;
  const quarter = backoff.nextMillis();

  assert.equal(shortest, 0);
  assert.equal(quarter, 500);
});

test("what the server asks for is the least, and spread by up to a second", () => {
  let luck = 0;
  const backoff = new Backoff(() => luck);

  const exact = backoff.nextMillis(7000);
  luck = 1;
  const spread = backoff.nextMillis(7000);

  assert.equal(exact, 7000);
  assert.equal(spread, 8000);
});

test("after a success waits are short again", () => {
  const backoff = new Backoff(() => 1);
  backoff.nextMillis();
  backoff.nextMillis();

  backoff.reset();

  assert.equal(backoff.nextMillis(), 1000);
});
