import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStream } from "../src/transport/event-stream.js";

const bytes = (text) => new TextEncoder().encode(text);

test("a block ends with an empty line, and its fields are what stands after the colon", () => {
  const blocks = new EventStream().push(bytes('retry: 2000\nid: e.0\n\nid: e.1\nevent: news\ndata: {"a":1}\n\n'));

  assert.deepEqual(blocks, [
    { id: "e.0", event: "message", data: "", retry: 2000 },
    { id: "e.1", event: "news", data: '{"a":1}' },
  ]);
});

test("it makes no difference how the bytes are cut, whatever the line ends", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const whole = bytes(["id: 1", "data: grün", "data: zwei", "", ":", "", "data: x", "", ""].join(end) + "data");
    const events = new EventStream();

    const blocks = [...whole].flatMap((byte) => events.push(Uint8Array.of(byte)));

    const told = blocks.filter((block) => block.data);
    assert.deepEqual(told, [
      { id: "1", event: "message", data: "grün\nzwei" },
      { event: "message", data: "x" },
    ]);
  }
});

test("a block that never ends is refused", () => {
  const events = new EventStream();
  const part = bytes("x".repeat(8 * 1024 * 1024));

  assert.throws(() => {
    for (let n = 0; n < 6; n++) events.push(part);
  }, RangeError);
});
