/**
 * The static server behind the browser engines: the two mounts, the jobs and the events. It listens on 127.0.0.1 only, at a
 * port the system picks.
 */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { locate } from "./mounts.mjs";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The first two make the page cross-origin isolated: without it no shared memory, and a clock coarsened to 100 µs or 1 ms. */
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Far above any batch; a suite's message can be long, an endless one is a mistake. */
const LARGEST_POST = 64 << 20;

/**
 * @param {import("./mounts.mjs").Mounts} mounts
 * @returns {Promise<{
 *   origin: string,
 *   open(job: import("./drive.mjs").Job, onEvents: (events: object[]) => void): { id: string, url: string },
 *   forget(id: string): void,
 *   close(): Promise<void>,
 * }>}
 */
export async function startServer(mounts) {
  const sessions = new Map();
  const server = createServer((request, response) => {
    answer(request, response, { mounts, sessions }).catch((error) => {
      if (!response.headersSent) reply(response, error.status ?? 500, `${error.message}\n`);
      else response.destroy();
    });
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    open(job, onEvents) {
      const id = randomUUID();
      sessions.set(id, { job, onEvents });
      return { id, url: `${origin}/repo/test/engines/page.html?session=${id}` };
    },
    forget: (id) => sessions.delete(id),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(request, response, { mounts, sessions }) {
  // Another page in some browser on this machine could point a name of its own at this port.
  if (request.headers.host !== `127.0.0.1:${request.socket.localPort}`) throw refusal(403, "unknown host");
  const path = decode(request.url.split("?")[0].slice(1));
  const [kind, id] = path.split("/");
  if (["job", "events", "alive"].includes(kind)) {
    const session = sessions.get(id);
    if (!session) throw refusal(404, `no session "${id}"`);
    if (kind === "job") return reply(response, 200, JSON.stringify(session.job), TYPES[".json"]);
    if (kind === "alive")
      return holdOpen(response, () => session.onEvents([{ type: "crash", error: "the page died" }]));
    session.onEvents(JSON.parse(await readBody(request)));
    return reply(response, 204);
  }
  if (request.method !== "GET" && request.method !== "HEAD") throw refusal(405, "GET only");
  await sendFile(response, path, mounts);
}

/** The bytes are for Firefox, which closes the connection of a dead page only when more arrives for it. */
function holdOpen(response, onBreak) {
  response.writeHead(200, { ...HEADERS, "content-type": TYPES[".json"] });
  const timer = setInterval(() => response.write(" "), 1000);
  response.once("close", () => {
    clearInterval(timer);
    onBreak();
  });
}

async function sendFile(response, path, mounts) {
  let file;
  try {
    file = locate(path, mounts);
  } catch (error) {
    throw refusal(400, error.message);
  }
  // A link inside a mount must not lead out of it.
  const root = await realpath(mounts[path.split("/")[0]]).catch(() => undefined);
  const real = root && (await realpath(file).catch(() => undefined));
  const info = real?.startsWith(`${root}/`) ? await stat(real) : undefined;
  if (!info?.isFile()) throw refusal(404, `no file "${path}"`);
  const type = TYPES[extname(real)] ?? "application/octet-stream";
  response.writeHead(200, { ...HEADERS, "content-type": type, "content-length": info.size });
  if (response.req.method === "HEAD") response.end();
  else
    createReadStream(real)
      .once("error", () => response.destroy())
      .pipe(response);
}

async function readBody(request) {
  const chunks = [];
  let byteLength = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    byteLength += chunk.length;
    if (byteLength > LARGEST_POST) throw refusal(413, `more than ${LARGEST_POST} bytes of events in one request`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function decode(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refusal(400, "the path is not percent-encoded UTF-8");
  }
}

function reply(response, status, body = "", type = "text/plain; charset=utf-8") {
  response.writeHead(status, { ...HEADERS, "content-type": type }).end(body);
}

const refusal = (status, message) => Object.assign(new Error(message), { status });
