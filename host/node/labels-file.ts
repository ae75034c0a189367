import { QbinFormatError } from "../core/errors.js";
import { readAtMost } from "./read-file.js";

const MAX_LABELS_BYTES = 2 ** 24;

/**
 * Labels from a text file, one a line in class order. Empty lines at the end do not count; one in the middle is a class
 * without a name. Lines may end the Windows way.
 *
 * @throws QbinFormatError when it is not UTF-8, EnvironmentError when it cannot be read or has more than 16 MiB
 */
export async function readLabelsFile(path: string): Promise<string[]> {
  const bytes = await readAtMost(path, MAX_LABELS_BYTES, (size) => {
    return new QbinFormatError("labels", `${path}: the file has ${size} bytes; labels take at most 16 MiB`);
  });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new QbinFormatError("labels", `${path}: the file is not UTF-8 text; labels are one a line`);
  }
  return text.trimEnd() === ""
    ? []
    : text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => line.trim());
}
