import { EXPRESSION_ERROR_CODE, Fault } from '../expression.errors.js';
import type { Runtime } from '../runtime/runtime.js';

/** Alternatives tried before failures are remembered: most searches end before the memory is worth making. */
const REMEMBER_AFTER = 64;
/** 32 states a word, numbered by 32 bits. */
const MAX_WORDS = 2 ** 27;

/** Which alternatives of a pattern have failed at which position of a text, one bit for each. */
export class FailureMemory {
  private words: Uint32Array | undefined;
  private readonly touched: number[] = [];
  private asked = 0;

  constructor(
    private readonly rt: Runtime,
    private readonly splits: number,
    private readonly length: number,
    /** States of the loops whose body can match nothing. */
    private readonly loopStates: number,
  ) {}

  /** Whether this has been tried before, and so has failed; if not, it counts as tried from now on. */
  seen(split: number, position: number, progress: number): boolean {
    if (this.words === undefined && ++this.asked < REMEMBER_AFTER) return false;
    const words = (this.words ??= this.make());
    const key = (split * (this.length + 1) + position) * this.loopStates + (progress & (this.loopStates - 1));
    const index = key >>> 5;
    const word = words[index] as number;
    const bit = 1 << (key & 31);
    if ((word & bit) !== 0) return true;
    words[index] = word | bit;
    if (this.touched.length < words.length) this.touched.push(index);
    return false;
  }

  /** For the next search in the same text: what lay on the way to a match has not failed. */
  forget(): void {
    const { touched, words } = this;
    if (words === undefined) return;
    if (touched.length >= words.length) words.fill(0);
    else for (const index of touched) words[index] = 0;
    touched.length = 0;
  }

  private make(): Uint32Array {
    const count = Math.ceil((this.splits * (this.length + 1) * this.loopStates) / 32) + 1;
    if (count > MAX_WORDS) {
      throw new Fault(EXPRESSION_ERROR_CODE.budget, 'The text is too long for this regular expression.');
    }
    this.rt.allocate(count * 4);
    return new Uint32Array(count);
  }
}
