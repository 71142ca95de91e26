/** Buckets a doubling: a percentile is off by 4.5 % at most. */
const PER_DOUBLING = 8;

/** SQL of the bucket of a time in milliseconds; {@link timeOf} is its inverse. */
export function bucketOf(milliseconds: string): string {
  return `floor(${PER_DOUBLING} * ln(${milliseconds} + 1) / ln(2::double precision))::smallint`;
}

/** Milliseconds in the middle of a bucket. */
export function timeOf(bucket: number): number {
  const [low, high] = [bucket, bucket + 1].map((edge) => 2 ** (edge / PER_DOUBLING) - 1);
  return Math.round(Math.sqrt(((low ?? 0) + 1) * ((high ?? 0) + 1)) - 1);
}

export interface Bucket {
  bucket: number;
  runs: number;
}

/** The time that this share of the runs stayed below or at; null without runs. */
export function percentile(buckets: readonly Bucket[], share: number): number | null {
  const sorted = [...buckets].sort((one, other) => one.bucket - other.bucket);
  const all = sorted.reduce((sum, { runs }) => sum + runs, 0);
  let left = Math.max(1, Math.ceil(all * share));
  for (const { bucket, runs } of sorted) {
    left -= runs;
    if (left <= 0) return timeOf(bucket);
  }
  return null;
}
