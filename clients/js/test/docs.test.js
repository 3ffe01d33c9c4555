/** The snippets of the package's page, run: what stands below one is what it prints. Those of docs/guide run with the guide. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Server } from "./testkit/server.js";

const PAGES = ["../README.md"];
const SDK = new URL("../src/sluice.js", import.meta.url).href;
const PATIENCE_MILLIS = 30_000;

describe("documentation", () => {
  /** @type {Server} */
  let server;
  let folder = "";
  before(async () => {
    server = await Server.start();
    folder = await mkdtemp(join(tmpdir(), "sluice-docs-"));
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  for (const page of PAGES) {
    test(`every snippet of ${page.replace(/^(\.\.\/)+/, "")} prints what the page shows`, async () => {
      const text = await readFile(new URL(page, import.meta.url), "utf8");
      const blocks = [...text.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language, body]) => ({ language, body }));
      const scripts = blocks.filter(({ language }) => language === "js");

      for (const script of scripts) {
        const next = blocks[blocks.indexOf(script) + 1];
        const shown = next?.language === "text" ? next.body.trim().split("\n") : [];
        assert.deepEqual(await printed(script.body, shown.length), shown, script.body);
      }

      assert.ok(scripts.length > 0);
    });
  }

  /** Runs a snippet until it has printed so many lines, or ended. */
  async function printed(snippet, count) {
    const file = join(folder, "snippet.mjs");
    const source = snippet.replace('"sluice-client"', JSON.stringify(SDK)).replaceAll("http://127.0.0.1:8080", server.url);
    await writeFile(file, source);
    const child = spawn(process.execPath, ["--experimental-websocket", "--no-warnings", file], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    const late = setTimeout(() => child.kill(), PATIENCE_MILLIS);
    child.stderr.on("data", (bytes) => (errors += bytes));
    child.stdout.on("data", (bytes) => {
      out += bytes;
      if (count > 0 && out.split("\n").length > count) child.kill();
    });
    const code = await new Promise((ended) => child.once("close", ended));
    clearTimeout(late);
    assert.equal(errors, "");
    if (count === 0) assert.equal(code, 0, `it did not end: ${snippet}`);
    return out.trim() === "" ? [] : out.trim().split("\n");
  }
});
