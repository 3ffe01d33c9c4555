/** A real Sluice server as a process of its own: it can be killed, and started again on the same port and data. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command of the classes under test, as a JSON array; without it the launcher's. */
const COMMAND = JSON.parse(process.env.TEST_SERVER_COMMAND ?? '["../../sluice"]');
const STARTS_WITHIN_MILLIS = 60_000;

export class Server {
  /** @type {import("node:child_process").ChildProcess} */
  #process;

  /** @param {string} data @param {Record<string, string>} environment */
  constructor(data, environment) {
    this.data = data;
    this.environment = environment;
    this.port = 0;
  }

  /** Starts on a free port. @param {Record<string, string>} [environment] such as `SLUICE_AUTH_MODE` */
  static async start(environment = {}) {
    const server = new Server(await mkdtemp(join(tmpdir(), "sluice-js-")), environment);
    await server.startAgain();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts where it was. */
  async startAgain() {
    const [program, ...first] = COMMAND;
    const options = ["demo", "--port", String(this.port), "--admin-port", "0", "--data", this.data];
    this.#process = spawn(program, [...first, ...options], {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.port = await this.#listens();
  }

  /** As `kill -9` does, or as SIGTERM does, after which it drains. @param {NodeJS.Signals} [signal] */
  async kill(signal = "SIGKILL") {
    const ended = new Promise((end) => this.#process.once("exit", end));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal);
      await ended;
    }
  }

  async stop() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  #listens() {
    return new Promise((listens, failed) => {
      let said = "";
      const late = setTimeout(() => failed(new Error(`the server did not start; it said: ${said}`)), STARTS_WITHIN_MILLIS);
      const hear = (/** @type {Buffer} */ bytes) => {
        said = (said + bytes).slice(-10_000);
        const found = /addresses=\[https?:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (!found) return;
        clearTimeout(late);
        listens(Number(found[1]));
      };
      this.#process.stdout.on("data", hear);
      this.#process.stderr.on("data", hear);
      this.#process.once("exit", () => failed(new Error(`the server ended; it said: ${said}`)));
    });
  }
}
