/**
 * Reads an event stream (HTML standard, section "Server-sent events"): bytes in, events out.
 *
 * @typedef {{id?: string, event: string, data: string, retry?: number}} Block what stood between two empty lines
 */
const MAX_BLOCK = 32 * 1024 * 1024;

export class EventStream {
  #decoder = new TextDecoder();
  #rest = "";
  #size = 0;
  /** @type {string[]} */
  #lines = [];

  /**
   * @param {Uint8Array} bytes
   * @returns {Block[]} those that are complete now. Throws RangeError where one is larger than 32 MiB
   */
  push(bytes) {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half of a CRLF
    this.#rest = lines.pop() ?? "";
    const blocks = [];
    for (const line of lines) {
      this.#size += line.length;
      if (line !== "") this.#lines.push(line);
      else if (this.#lines.length > 0) blocks.push(this.#block());
    }
    if (this.#size + this.#rest.length > MAX_BLOCK) throw new RangeError("the event is larger than 32 MiB");
    return blocks;
  }

  #block() {
    /** @type {Block} */
    const block = { event: "message", data: "" };
    const data = [];
    for (const line of this.#lines) {
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
      if (field === "data") data.push(value);
      else if (field === "event") block.event = value;
      else if (field === "id") block.id = value;
      else if (field === "retry" && /^\d+$/.test(value)) block.retry = Number(value);
    }
    this.#lines = [];
    this.#size = 0;
    block.data = data.join("\n");
    return block;
  }
}
