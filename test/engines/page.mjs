/**
 * Runs a job in a browser. The page's address says which: `page.html?session=<id>`; server.mjs hands out the job and takes the
 * events back.
 */
import { describe, drive } from "./drive.mjs";
import { locate, notFound } from "./mounts.mjs";

const session = new URL(location.href).searchParams.get("session");

/** A synchronous request on purpose, as the disk hosts write: a suite that never comes back must not take its last cases with it. */
function send(events) {
  const request = new XMLHttpRequest();
  request.open("POST", `/events/${session}`, false);
  request.setRequestHeader("content-type", "application/json");
  request.send(JSON.stringify(events));
}

async function readBytes(path) {
  locate(path, { repo: "", shared: "" }); // the address bar's rules would quietly resolve ".."
  const response = await fetch(`/${path.split("/").map(encodeURIComponent).join("/")}`);
  if (response.status === 404) throw notFound(path);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}, ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

addEventListener("error", (event) => send([{ type: "crash", error: describe(event.error ?? event.message) }]));
addEventListener("unhandledrejection", (event) => send([{ type: "crash", error: describe(event.reason) }]));

const job = await (await fetch(`/job/${session}`)).json();
// Never answered to its end: the server sees it break when this page dies, and need not wait for the time limit.
fetch(`/alive/${session}`).catch(() => {});
await drive({ job, load: (path) => import(`/${path}`), readBytes, send, batchMs: 10 });
