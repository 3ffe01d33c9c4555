/**
 * Gives every channel without a position one, by reading it once: over several channels a request takes positions only, and
 * what a stream or poll says of where it starts is one token for all of them.
 *
 * @param {import("../transports.js").Host} host
 * @param {AbortSignal} signal
 */
export async function places(host, signal) {
  for (const [channel, after] of [...host.cursors]) {
    if (after !== "latest" && after !== "earliest") continue;
    const { messages, position } = await host.api.read(channel, { after }, signal);
    if (signal.aborted) return;
    messages.forEach(host.message);
    if (messages.length === 0 && host.cursors.has(channel)) host.cursors.set(channel, position);
  }
}
