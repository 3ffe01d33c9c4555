/**
 * Just enough gRPC-Web to follow one channel (docs/protocol/grpc.md), so that the comparison has it too. A real page takes the
 * grpc-web package and generated messages.
 */
const SUBSCRIBE = "/sluice.v1.Hub/Subscribe";
const MESSAGE = 1; // of SubscribeResponse
const JSON_DATA = 7; // of Publication

/** @param {string} channel @param {(data: any, bytes: number) => void} take @param {(state: string) => void} state */
export async function follow(channel, take, state) {
  const name = new TextEncoder().encode(channel);
  const start = [0x0a, name.length, ...name]; // ChannelStart.channel
  const request = [0x0a, start.length, ...start]; // SubscribeRequest.channels
  const headers = { "Content-Type": "application/grpc-web+proto" };
  const body = Uint8Array.from([0, 0, 0, 0, request.length, ...request]);
  state("connecting");
  const response = await fetch(SUBSCRIBE, { method: "POST", headers, body });
  const reader = response.body.getReader();
  let rest = new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return state("ended");
    state("live");
    rest = Uint8Array.from([...rest, ...value]);
    for (let end; rest.length >= 5 && rest.length >= (end = 5 + new DataView(rest.buffer).getUint32(1)); rest = rest.slice(end)) {
      const message = rest[0] === 0 ? fields(rest.slice(5, end)).get(MESSAGE) : undefined;
      if (message) take(JSON.parse(new TextDecoder().decode(fields(message).get(JSON_DATA))), end);
    }
  }
}

/** The last value of each field: bytes, or a number. @param {Uint8Array} bytes @returns {Map<number, any>} */
function fields(bytes) {
  const found = new Map();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint(); // of a number itself, of anything else its length
    found.set(tag >> 3, tag & 7 ? bytes.slice(at, (at += value)) : value);
  }
  return found;
}
