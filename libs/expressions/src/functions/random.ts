import { sha256 } from '@noble/hashes/sha2.js';

/** Numbers from 0 up to 1: the same sequence for the same seed, real randomness without one. */
export function randomNumbers(seed: string | undefined): () => number {
  if (seed === undefined) return realRandom;
  const digest = new DataView(sha256(new TextEncoder().encode(seed)).buffer);
  let [a, b, c, d] = [0, 4, 8, 12].map((offset) => digest.getInt32(offset)) as [number, number, number, number];
  return () => {
    const sum = (((a + b) | 0) + d) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    d = (d + 1) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

function realRandom(): number {
  const [value = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return value / 2 ** 32;
}
