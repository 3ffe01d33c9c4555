/**
 * How long to wait after a failure: anything between nothing and a ceiling that doubles, so that clients which lost the same
 * server do not come back together (full jitter).
 */
export class Backoff {
  #failures = 0;

  /** @param {() => number} random from 0 to 1 @param {{first?: number, cap?: number}} [ceilings] */
  constructor(random, { first = 1000, cap = 30_000 } = {}) {
    this.random = random;
    this.first = first;
    this.cap = cap;
  }

  reset() {
    this.#failures = 0;
  }

  /** @param {number} [asked] what the server asked for; kept, and spread by up to a second more */
  nextMillis(asked) {
    const ceiling = Math.min(this.cap, this.first * 2 ** Math.min(this.#failures++, 30));
    return Math.round(asked === undefined ? this.random() * ceiling : asked + this.random() * Math.min(ceiling, 1000));
  }
}
