/**
 * Rates and percentiles: what the figures of one moment say against those of an earlier one. The server only ever says sums, so a
 * figure that was lost on the way makes nothing wrong.
 *
 * @typedef {{within: number[], counts: number[], count: number}} Histogram
 * @typedef {{at: number, figures: any, published?: number, delivered?: number, gaps?: number, refused?: number,
 *   publish?: number, fanout?: number}} Point rates are per second, latencies the 99th percentile of ten seconds
 */
const KEPT_MILLIS = 120_000;
const SMOOTH_MILLIS = 10_000;

export class Rates {
  /** @type {Point[]} the last two minutes, oldest first */
  points = [];

  /** @param {import("../sdk/sluice.js").Publication} publication @returns {Point} */
  push({ time, data: figures }) {
    const at = Date.parse(time);
    if (this.last && this.last.figures.server.started !== figures.server.started) this.points = []; // another process: its sums begin anew
    const before = this.last;
    /** @type {Point} */
    const point = { at, figures };
    if (before) {
      const perSecond = (/** @type {(figures: any) => number} */ sum) =>
        Math.max(0, ((sum(figures) - sum(before.figures)) * 1000) / Math.max(1, at - before.at));
      point.published = perSecond(({ total }) => total.publications);
      point.delivered = perSecond(({ total }) => total.deliveries);
      point.gaps = perSecond(({ total }) => total.gaps);
      point.refused = perSecond(({ refusals }) => sumOf(refusals));
      const earlier = this.since(at - SMOOTH_MILLIS);
      point.publish = quantile(earlier.figures.publish, figures.publish, 0.99);
      point.fanout = quantile(earlier.figures.fanout, figures.fanout, 0.99);
    }
    this.points = [...this.points.filter((one) => one.at > at - KEPT_MILLIS), point];
    return point;
  }

  get last() {
    return this.points.at(-1);
  }

  /** The oldest point not before `at`. @param {number} at @returns {Point} */
  since(at) {
    return this.points.find((one) => one.at >= at) ?? this.points[0];
  }
}

/** @param {Record<string, number>} counts */
export const sumOf = (counts) => Object.values(counts).reduce((sum, each) => sum + each, 0);

/**
 * How long the quickest `share` took of what was measured between two histograms, straight lines within a bucket assumed.
 *
 * @param {Histogram} before @param {Histogram} after @param {number} share 0 to 1
 * @returns {number | undefined} in seconds; undefined when nothing was measured
 */
export function quantile(before, after, share) {
  const total = after.count - before.count;
  if (total <= 0) return undefined;
  const wanted = share * total;
  let [below, lower] = [0, 0];
  for (const [n, upper] of after.within.entries()) {
    const within = after.counts[n] - before.counts[n];
    if (within >= wanted) return lower + ((upper - lower) * (wanted - below)) / Math.max(1, within - below);
    [below, lower] = [within, upper];
  }
  return lower; // longer than the last bucket
}
