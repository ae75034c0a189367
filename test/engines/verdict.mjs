/**
 * What is wrong with a run, one line each; an empty list is success.
 *
 * Beside failed cases it looks for what would pass unnoticed: an engine that reported nothing, and an engine on which the
 * suite had other cases than elsewhere.
 *
 * @param {import("./harness.mjs").EngineResult[]} engines
 * @param {{ mustHaveAll: boolean }} options  mustHaveAll: an engine that was not found is wrong too
 * @returns {string[]}
 */
export function problemsOf(engines, { mustHaveAll }) {
  const ran = engines.filter(({ status }) => status === "ran");
  const problems = ran.flatMap(problemsOfEngine);
  const complete = ran.filter(({ error, cells }) => !error && cells.every((cell) => !cell.error));
  for (const other of complete.slice(1)) problems.push(...differencesOf(complete[0], other));
  if (ran.length === 0) problems.push("no engine ran");
  if (mustHaveAll) {
    for (const { engine, status, reason } of engines) {
      if (status === "missing") problems.push(`${engine}: not run, and CI is set: ${reason}`);
    }
  }
  return problems;
}

function problemsOfEngine({ engine, error, cells }) {
  const problems = error ? [`${engine}: ${error}`] : [];
  for (const cell of cells) {
    const who = `${engine}: ${cell.suite}, ${cell.module}`;
    if (cell.failed > 0) problems.push(`${who}: ${cell.failed} of ${cell.cases.length} cases failed`);
    if (cell.error) {
      if (!error) problems.push(`${who}: ${cell.error.split("\n")[0]}`);
    } else if (cell.cases.length === 0) problems.push(`${who}: reported no case`);
  }
  const isAllSkipped =
    cells.every(({ skipped, cases }) => skipped === cases.length) && cells.some(({ skipped }) => skipped > 0);
  if (isAllSkipped) problems.push(`${engine}: every case was skipped`);
  return problems;
}

function differencesOf(first, other) {
  return first.cells.flatMap((expected) => {
    const received = other.cells.find(({ suite, module }) => suite === expected.suite && module === expected.module);
    if (!received) return []; // no suite of this engine's
    const parts = [
      ...listed("without", minus(expected.cases, received.cases)),
      ...listed("with extra", minus(received.cases, expected.cases)),
    ];
    if (parts.length === 0) return [];
    return [
      `${other.engine}: ${expected.suite}, ${expected.module}: other cases than on ${first.engine}: ${parts.join("; ")}`,
    ];
  });
}

function minus(names, others) {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

function listed(word, names) {
  if (names.length === 0) return [];
  return [`${word} "${names[0]}"${names.length > 1 ? ` and ${names.length - 1} more` : ""}`];
}
