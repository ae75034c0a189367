/**
 * The two folders a suite can read, under the same names on every engine: `repo/…` is the repository, `shared/…` is the
 * `shared` folder beside it. Only strings are handled here, so the disk reader and the HTTP server cannot disagree about
 * which paths exist: a path that works on Node works in a browser.
 *
 * @typedef {{ repo: string, shared: string }} Mounts  absolute folders; `shared` need not exist
 */

/** @param {string} repo absolute path of the repository  @returns {Mounts} */
export function mountsOf(repo) {
  return { repo, shared: `${repo.slice(0, repo.lastIndexOf("/"))}/shared` };
}

/**
 * The absolute file name behind a served path.
 *
 * Hidden names are refused as well as "..": `repo/.git` is nobody's test data.
 *
 * @param {string} path such as "repo/build/suites/golden.js"
 * @param {Mounts} mounts
 * @throws {Error} with code "bad-path"
 */
export function locate(path, mounts) {
  const [mount, ...names] = path.split("/");
  const isPlain = (name) => name !== "" && !name.startsWith(".") && !/[\\\0]/.test(name);
  if (!Object.hasOwn(mounts, mount) || names.length === 0 || !names.every(isPlain)) {
    const message = `"${path}" is no path of the served root: write repo/… or shared/…, without "..", hidden or empty names`;
    throw Object.assign(new Error(message), { code: "bad-path" });
  }
  return [mounts[mount], ...names].join("/");
}

/** The error every engine's `readBytes` rejects with when there is no such file, so that a suite can skip and say why. */
export function notFound(path) {
  return Object.assign(new Error(`no file "${path}"`), { code: "not-found" });
}
