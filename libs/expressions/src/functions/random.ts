/** Numbers from 0 up to 1: the same sequence for the same seed, real randomness without one. */
export function randomNumbers(seed: string | undefined): () => number {
  if (seed === undefined) return realRandom;
  let [a, b, c, d] = seedState(seed);
  return () => {
    const t = (a + b) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    d = (d + 1) | 0;
    const result = (t + d) | 0;
    c = (c + result) | 0;
    return (result >>> 0) / 4294967296;
  };
}

function realRandom(): number {
  const [value = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return value / 4294967296;
}

function seedState(seed: string): [number, number, number, number] {
  let hash = 0x811c9dc5;
  const next = (salt: number): number => {
    hash = Math.imul(hash ^ salt, 0x01000193);
    for (let index = 0; index < seed.length; index++) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x85ebca6b);
    return (hash ^= hash >>> 13);
  };
  return [next(1), next(2), next(3), next(4)];
}
