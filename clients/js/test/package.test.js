/** What is published to npm: types that fit, a size, and a package that installs. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(root, "node_modules", ".bin", "tsc");
const MAX_BYTES = 12 * 1024;

test("the types of the sources hold together", async () => {
  const checked = await run(tsc, ["--noEmit"], { cwd: root });

  assert.equal(checked.stdout, "");
});

test("the client is smaller than 12 KB, minified and compressed", async (t) => {
  const bundle = await build({ entryPoints: [join(root, "src/sluice.js")], bundle: true, minify: true, format: "esm", write: false });

  const bytes = gzipSync(bundle.outputFiles[0].contents, { level: 9 }).length;

  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
});

test("the package holds the sources and their types, installs and is imported", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-pack-"));
  t.after(() => rm(folder, { recursive: true }));

  const packed = JSON.parse((await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root })).stdout);
  const files = packed[0].files.map(({ path }) => path);
  const app = join(folder, "app");
  await mkdir(app);
  await writeFile(join(app, "package.json"), '{"type":"module","private":true}');
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, packed[0].filename)], { cwd: app });
  await writeFile(
    join(app, "app.ts"),
    `import { connect, type Publication, type SluiceError } from "sluice-client";
     const sluice = connect("https://edge.example", { token: async () => "t" });
     sluice.channel("news").subscribe({ message: (one: Publication) => one.position.length, error: (e: SluiceError) => e.code });
     const name: "idle" | "connecting" | "live" | "waiting" | "failed" | "closed" = sluice.state.name;
     // @ts-expect-error a channel has no such method
     sluice.channel("news").emit(name);`,
  );
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "--types", ""];
  const typed = await run(tsc, [...options, "app.ts"], { cwd: app });
  const used = await run("node", ["-e", 'import("sluice-client").then((all) => console.log(Object.keys(all).join()))'], { cwd: app });
  const installed = await readdir(join(app, "node_modules"));

  assert.ok(files.includes("src/sluice.js") && files.includes("types/sluice.d.ts") && files.includes("README.md"));
  assert.deepEqual(files.filter((path) => !/^(src|types)\/|^(README\.md|package\.json|LICENSE)$/.test(path)), []);
  assert.equal(typed.stdout, "");
  assert.equal(used.stdout.trim(), "Channel,Client,SluiceError,Subscription,TRANSPORTS,connect");
  assert.deepEqual(installed.filter((name) => !name.startsWith(".")), ["sluice-client"]);
});
