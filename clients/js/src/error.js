/** Codes after which the same request may succeed later, besides those with a status that says so. */
const PASSING = new Set(["unreachable", "timeout", "ended", "token-unavailable", "rate-limited", "overloaded", "draining"]);

/** Why something was refused or did not work. */
export class SluiceError extends Error {
  /**
   * @param {string} code a problem's code such as `forbidden` (docs/reference/errors.md), or one of the client's own:
   *   `unreachable`, `timeout`, `ended`, `not-sluice`, `token-unavailable`, `queue-full`, `closed`
   * @param {string} message
   * @param {{status?: number, retryAfterMillis?: number, cause?: unknown}} [facts]
   */
  constructor(code, message, { status = 0, retryAfterMillis, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SluiceError";
    this.code = code;
    /** The HTTP status; 0 where there was none. */
    this.status = status;
    /** When the server wants to be asked again, where it said so. */
    this.retryAfterMillis = retryAfterMillis;
  }

  /** True when the same request may succeed later. */
  get passing() {
    return PASSING.has(this.code) || this.status >= 500 || this.status === 408 || this.status === 429;
  }

  /** True when the server asks for a valid token. */
  get unauthenticated() {
    return this.code === "unauthenticated" || this.code === "token-expired";
  }

  /**
   * A response that is not what was asked for. One without a problem document is not of Sluice: something between has
   * answered, so it says nothing about the request.
   *
   * @param {Response} response
   * @param {any} problem
   */
  static of(response, problem) {
    const { status } = response;
    const seconds = Number(response.headers.get("retry-after"));
    const retryAfterMillis = seconds > 0 ? seconds * 1000 : undefined;
    const code = /^urn:sluice:problem:(.+)$/.exec(problem?.type ?? "")?.[1];
    if (!code) return new SluiceError("not-sluice", `status ${status} without a problem`, { status, retryAfterMillis });
    return new SluiceError(code, problem.detail ?? problem.title, { status, retryAfterMillis });
  }
}
