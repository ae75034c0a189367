/** A bar chart as text: one panel per run, one group per model, one bar per peer, times qbin's time. No dependency. */

import { at, rect, TEXT, text } from "../lib/svg.mjs";

const WIDTH = 760;
const LABEL = 150;
const RIGHT = 50;
const BAR = 11;
const GROUP_GAP = 10;
const TITLE = 58;
const AXIS = 34;
const COLORS = ["#3f88c5", "#d1822f", "#7a9e4b", "#a56eb5"];

/**
 * @typedef {{ label: string, bars: { peer: string, ratio: number }[] }} Group
 * @typedef {{ title: string, groups: Group[], notes: string[] }} Panel
 *
 * @param {{ panels: Panel[], footer: string }} chart
 * @returns {string} SVG
 */
export function drawChart({ panels, footer }) {
  const peers = [
    ...new Set(panels.flatMap(({ groups }) => groups.flatMap(({ bars }) => bars.map(({ peer }) => peer)))),
  ];
  const most = Math.max(
    ...panels.flatMap(({ groups }) => groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio))),
  );
  const style = { color: (peer) => COLORS[peers.indexOf(peer) % COLORS.length], ticks: Math.ceil(most) };
  const parts = [legend(peers, style)];
  let y = 40;
  for (const panel of panels) {
    const drawn = drawPanel(panel, y, style);
    parts.push(...drawn.parts);
    y = drawn.end;
  }
  parts.push(text(0, y + 14, footer, { size: 11 }));
  const height = y + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif">
<title>How many times as long as qbin other runtimes take</title>
${parts.join("\n")}
</svg>
`;
}

function legend(peers, { color }) {
  let x = LABEL;
  const parts = [text(0, 15, "peer / qbin", { weight: 600 })];
  for (const peer of peers) {
    parts.push(rect(x, 6, 11, 11, color(peer)), text(x + 16, 15, peer));
    x += 40 + 7 * peer.length;
  }
  return parts.join("\n");
}

function drawPanel({ title, groups, notes }, top, { color, ticks }) {
  const scale = (WIDTH - LABEL - RIGHT) / ticks;
  const below = notes.map((note, i) => text(0, top + 32 + 14 * i, note, { size: 11 }));
  const parts = [text(0, top + 16, title, { size: 13, weight: 600 }), ...below];
  const first = top + TITLE;
  const heightOf = ({ bars }) => bars.length * (BAR + 1) + GROUP_GAP;
  const bottom = first + groups.reduce((sum, group) => sum + heightOf(group), 0);
  for (let tick = 0; tick <= ticks; tick++) {
    const x = LABEL + tick * scale;
    const isOne = tick === 1;
    parts.push(
      `<line x1="${at(x)}" x2="${at(x)}" y1="${first - 4}" y2="${bottom}" stroke="${TEXT}" stroke-width="${isOne ? 1.5 : 0.5}" opacity="${isOne ? 0.9 : 0.35}"/>`,
      text(x, bottom + 14, isOne ? "1 = qbin" : String(tick), { anchor: "middle", size: 11 }),
    );
  }
  let y = first;
  for (const group of groups) {
    parts.push(text(LABEL - 8, y + (group.bars.length * (BAR + 1)) / 2 + 4, group.label, { anchor: "end" }));
    for (const { peer, ratio } of group.bars) {
      parts.push(
        rect(LABEL, y, ratio * scale, BAR, color(peer)),
        text(LABEL + ratio * scale + 5, y + BAR - 1, ratio.toFixed(2), { size: 11 }),
      );
      y += BAR + 1;
    }
    y += GROUP_GAP;
  }
  return { parts, end: bottom + AXIS };
}
