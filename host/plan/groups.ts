/** Tensors that share one buffer, which is needed as long as any of them. */
export interface Group {
  name: string;
  bytes: number;
  /** What is subtracted from the positions of its members: buffers begin at 0. */
  origin: number;
  firstUse: number;
  lastUse: number;
  /** Holds a model input or output: these keep their values between runs. */
  isPinned: boolean;
  /** Has tensors that are parts of others. */
  isDivided: boolean;
  readonly members: number[];
}

/** Which tensors share a buffer, and where in it each begins. At first each has its own; constants have none. */
export class Groups {
  readonly #bytes: readonly number[];
  readonly #groups: (Group | undefined)[];
  readonly #positions: number[];

  /** Tensors by name and size; without a name where they are constants. No step is behind `end`. */
  constructor(names: readonly (string | undefined)[], bytes: readonly number[], end: number) {
    this.#bytes = bytes;
    this.#positions = names.map(() => 0);
    this.#groups = names.map((name, index) => {
      if (name === undefined) return undefined;
      const life = { firstUse: end, lastUse: 0, isPinned: false, isDivided: false };
      return { name, bytes: bytes[index]!, origin: 0, ...life, members: [index] };
    });
  }

  /** The group of a tensor; none for a constant, and at −1, an absent input. */
  of(index: number): Group | undefined {
    return this.#groups[index];
  }

  offsetOf(index: number): number {
    return this.#positions[index]! - (this.#groups[index]?.origin ?? 0);
  }

  distinct(): Group[] {
    return [...new Set(this.#groups.filter((group) => group !== undefined))];
  }

  use(index: number, step: number): void {
    const group = this.#groups[index];
    if (!group) return;
    group.firstUse = Math.min(group.firstUse, step);
    group.lastUse = Math.max(group.lastUse, step);
  }

  /** Puts `output` over the first of `inputs` that nobody reads after `step` and no user sees, if there is one. */
  overwrite(output: number, inputs: readonly number[], step: number): void {
    const input = inputs.find((index) => this.#mayOverwrite(output, index, step));
    if (input !== undefined) this.#merge(output, input, 0);
  }

  /** Each of `parts` may lie in `whole` when it fills a buffer of its own, and no user sees both ends. */
  place(parts: readonly number[], whole: number, offsets: readonly number[]): boolean {
    const into = this.#groups[whole];
    const groups = parts.map((index) => this.#groups[index]);
    const isFree = (group: Group | undefined, i: number) =>
      group !== undefined && group !== into && !(group.isPinned && into?.isPinned) && this.#isAlone(parts[i]!);
    if (!into || !groups.every(isFree) || new Set(groups).size < groups.length) return false;
    parts.forEach((index, i) => {
      this.#merge(index, whole, offsets[i]!);
    });
    if (parts.length > 1) this.#groups[whole]!.isDivided = true;
    return true;
  }

  /** A tensor that fills its buffer. */
  #isAlone(index: number): boolean {
    const group = this.#groups[index];
    return group !== undefined && this.offsetOf(index) === 0 && group.bytes === this.#bytes[index];
  }

  #mayOverwrite(output: number, input: number, step: number): boolean {
    const [from, to] = [this.#groups[input], this.#groups[output]];
    if (!from || !to || from === to || from.isPinned || from.lastUse !== step || !this.#isAlone(output)) return false;
    // Behind a part there may be another one that the node still reads.
    const room = from.isDivided ? this.#bytes[input]! : from.bytes;
    return room >= to.bytes;
  }

  /**
   * Everything that shares a buffer with `from` moves into that of `into`, so that `from` is `offset` bytes behind it. The
   * smaller group is the one that is rewritten: thousands of merges stay quick.
   */
  #merge(from: number, into: number, offset: number): void {
    const [a, b] = [this.#groups[from]!, this.#groups[into]!];
    const [small, large] = a.members.length < b.members.length ? [a, b] : [b, a];
    const shift = this.#positions[into]! + offset - this.#positions[from]!; // from positions of a to those of b
    const { name, bytes } = b;
    const origin = large === b ? b.origin : b.origin - shift;
    for (const index of small.members) {
      this.#groups[index] = large;
      this.#positions[index]! += large === b ? shift : -shift;
      large.members.push(index);
    }
    Object.assign(large, {
      name,
      bytes,
      origin,
      firstUse: Math.min(a.firstUse, b.firstUse),
      lastUse: Math.max(a.lastUse, b.lastUse),
      isPinned: a.isPinned || b.isPinned,
      isDivided: a.isDivided || b.isDivided,
    });
  }
}
