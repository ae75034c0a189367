import type { Progress } from "../toolchain.js";
import { padEnd } from "./format.js";

/** Shows how far something is: on a terminal only, on standard error, and gone when it is done. */
export interface ProgressBar {
  show(progress: Progress): void;
  end(): void;
}

const WIDTH = 30;
/** Drawing costs time; nobody sees more than this often. */
const EVERY_MILLISECONDS = 100;
const ERASE_LINE = "\r\x1b[K";

/** A bar, a count and the time left in one line that is written again and again. */
export function startProgress(what: string): ProgressBar {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, end: () => {} };
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    show(progress) {
      if (progress.milliseconds - drawn < EVERY_MILLISECONDS) return;
      drawn = progress.milliseconds;
      stderr.write(`${ERASE_LINE}${what} ${progressLine(progress)}`);
    },
    end: () => void stderr.write(ERASE_LINE),
  };
}

/** "━━━━━━       120 of 500, 8 s left"; only the count where nobody knows how many there are. */
export function progressLine({ done, total, millisecondsLeft }: Progress): string {
  if (total === undefined || millisecondsLeft === undefined) return `${done}`;
  const bar = padEnd("━".repeat(Math.round((WIDTH * done) / Math.max(total, 1))), WIDTH);
  return `${bar} ${done} of ${total}, ${formatSeconds(millisecondsLeft)} left`;
}

/** "45 s", "3 min 20 s". */
function formatSeconds(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
