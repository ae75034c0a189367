/** What standard output can show, asked once per command, so that everything else is a function of it. */
export interface Terminal {
  /** Columns; 80 where there is no terminal. */
  readonly width: number;
  readonly isTerminal: boolean;
  readonly style: Style;
}

/** Each returns `text` in that style, or unchanged where colours are off. */
export interface Style {
  readonly hasColors: boolean;
  bold(text: string): string;
  dim(text: string): string;
  accent(text: string): string;
  /** Black on one of six background colours. */
  block(text: string, color: number): string;
}

export const PLAIN: Style = {
  hasColors: false,
  bold: (text) => text,
  dim: (text) => text,
  accent: (text) => text,
  block: (text) => text,
};

const BACKGROUNDS = [46, 43, 42, 45, 44, 47];

const COLORED: Style = {
  hasColors: true,
  bold: (text) => wrap("1", text),
  dim: (text) => wrap("2", text),
  accent: (text) => wrap("36", text),
  block: (text, color) => wrap(`30;${BACKGROUNDS[color % BACKGROUNDS.length]}`, text),
};

function wrap(code: string, text: string): string {
  return `\x1b[${code}m${text}\x1b[0m`;
}

/** Colours only on a terminal that has them, and not where NO_COLOR is set to anything (no-color.org). */
export function detectTerminal(): Terminal {
  const { stdout, env } = process;
  const hasColors = stdout.isTTY && !env["NO_COLOR"] && stdout.hasColors();
  return {
    width: stdout.columns || 80,
    isTerminal: stdout.isTTY === true,
    style: hasColors ? COLORED : PLAIN,
  };
}
