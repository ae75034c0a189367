/** A list of numbers that decides choices one after the other; 0 when it has ended, so that whatever it decides ends. */
export class Tape {
  readonly #numbers: readonly number[];
  #position = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get hasEnded(): boolean {
    return this.#position >= this.#numbers.length;
  }

  /** A number from 0 to `limit` − 1. */
  below(limit: number): number {
    return (this.#numbers[this.#position++] ?? 0) % limit;
  }

  choose<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}
