/** What charts are drawn with, as text. No dependency. */

/** A middle tone: as readable on white as on black, whatever the page around the picture is. */
export const TEXT = "#7d8590";

/** One decimal is a tenth of a pixel. */
export const at = (n) => Number(n.toFixed(1));

export const rect = (x, y, width, height, fill) =>
  `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${height}" rx="1.5" fill="${fill}"/>`;

export function text(x, y, words, { anchor = "start", size = 12, weight = 400 } = {}) {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${at(x)}" y="${at(y)}" fill="${TEXT}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${escaped}</text>`;
}
