/** docs/calibration.svg: peak memory of a calibration by number of samples, as text. */
import { at, rect, TEXT, text } from "../lib/svg.mjs";

const WIDTH = 560;
const LABEL = 110;
const RIGHT = 70;
const BAR = 18;
const TOP = 58;
const COLOR = "#3f88c5";
/** The end of the axis, and what a calibration may take at most. */
const LIMIT_MIB = 1024;

/**
 * @param {{ rows: { samples: number, peakMiB: number, processor: number }[], facts: string }} chart
 * @returns {string} SVG
 */
export function drawMemory({ rows, facts }) {
  const title = "Calibrating and quantizing a float MobileNetV2 1.0 224";
  const scale = (WIDTH - LABEL - RIGHT) / LIMIT_MIB;
  const bottom = TOP + rows.length * (BAR + 8);
  const ticks = [0, 256, 512, 768, LIMIT_MIB].map((mib) => {
    const x = LABEL + mib * scale;
    const isLimit = mib === LIMIT_MIB;
    const line = `<line x1="${at(x)}" x2="${at(x)}" y1="${TOP - 8}" y2="${bottom}" stroke="${TEXT}" stroke-width="${isLimit ? 1.5 : 0.5}" opacity="${isLimit ? 0.9 : 0.35}"/>`;
    return `${line}\n${text(x, bottom + 16, isLimit ? "1 GiB" : `${mib}`, { anchor: "middle", size: 11 })}`;
  });
  const bars = rows.map(({ samples, peakMiB, processor }, i) => {
    const y = TOP + i * (BAR + 8);
    return [
      text(LABEL - 8, y + BAR - 5, `${samples.toLocaleString("en")} samples`, { anchor: "end" }),
      rect(LABEL, y, peakMiB * scale, BAR, COLOR),
      text(LABEL + peakMiB * scale + 6, y + BAR - 5, `${peakMiB} MiB`),
      text(WIDTH - RIGHT - 10, y + BAR - 5, `${processor.toFixed(0)} s`, { anchor: "end" }),
    ].join("\n");
  });
  const height = bottom + 52;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif">
<title>${title}</title>
${text(0, 16, title, { size: 13, weight: 600 })}
${text(0, 32, "peak memory of the process, and processor time in seconds", { size: 11 })}
${[...ticks, ...bars].join("\n")}
${text(0, height - 8, facts, { size: 11 })}
</svg>
`;
}
