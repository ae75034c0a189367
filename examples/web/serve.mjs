/** Serves the project to this machine's browsers: node examples/web/serve.mjs [port] */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = Number(process.argv[2] ?? 8080);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
  const url = `http://127.0.0.1${request.url}`;
  // A URL's path has no ".." left; what cannot be a URL is not there.
  const path = URL.canParse(url) ? join(root, new URL(url).pathname) : "";
  const file = path.endsWith("/") ? `${path}index.html` : path;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
server.listen(port, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/examples/web/`);
});
