/**
 * Which transport to try. Down at once from one that has never worked here; down after several misses in a row from one that
 * has; up again later, and remembered for the next page.
 *
 * @typedef {import("./transports.js").Transport} Transport
 */
const MISSES = 3;
const REMEMBERED_MILLIS = 3_600_000;
const LONGEST_CLIMB_MILLIS = 900_000;

export class Ladder {
  #misses = 0;
  #failedClimbs = 0;

  /**
   * @param {Transport[]} rungs best first, at least one
   * @param {import("./runtime.js").Runtime} runtime
   * @param {{key: string, climbMillis: number}} settings where the last one that worked is remembered; when to climb
   */
  constructor(rungs, runtime, { key, climbMillis }) {
    this.rungs = rungs;
    this.runtime = runtime;
    this.key = key;
    this.climbMillis = climbMillis;
    /** The rung that worked last, -1 where none has. */
    this.proven = this.#remembered();
    this.rung = Math.max(0, this.proven);
  }

  /** @returns {Transport} */
  get current() {
    return /** @type {Transport} */ (this.rungs[this.rung]);
  }

  get canClimb() {
    return this.rung > 0;
  }

  /** @returns {Transport} the one above */
  get above() {
    return /** @type {Transport} */ (this.rungs[this.rung - 1]);
  }

  /** How long to stay before the one above is tried: longer after each time that it did not work. */
  get nextClimbMillis() {
    return Math.min(this.climbMillis * 2 ** this.#failedClimbs, Math.max(this.climbMillis, LONGEST_CLIMB_MILLIS));
  }

  /** The current transport works. */
  works() {
    if (this.proven !== this.rung) this.#remember();
    this.proven = this.rung;
  }

  /** It has worked for a while. */
  steady() {
    this.#misses = 0;
  }

  /**
   * It did not work, or not for long.
   *
   * @returns {boolean} true when the next one is to be tried at once; false when it is time to wait
   */
  missed() {
    if (this.rung === this.proven) this.#misses++;
    const stay = this.rung === this.proven && this.#misses < MISSES;
    if (!stay && this.rung < this.rungs.length - 1) {
      this.rung++;
      return true;
    }
    this.waits();
    return false;
  }

  /** The next attempt begins with the one that worked last. */
  waits() {
    this.rung = Math.max(0, this.proven);
  }

  /** @param {boolean} worked */
  climbed(worked) {
    this.#failedClimbs = worked ? 0 : this.#failedClimbs + 1;
    if (!worked) return;
    this.rung--;
    this.#misses = 0;
  }

  #remember() {
    try {
      this.runtime.storage?.setItem(this.key, `${this.current.name} ${this.runtime.now()}`);
    } catch {
      // Storage may be full or forbidden; then it is not remembered.
    }
  }

  #remembered() {
    try {
      const [name, time] = (this.runtime.storage?.getItem(this.key) ?? "").split(" ");
      if (this.runtime.now() - Number(time) > REMEMBERED_MILLIS) return -1;
      return this.rungs.findIndex((transport) => transport.name === name);
    } catch {
      return -1;
    }
  }
}
