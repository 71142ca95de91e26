export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks until it is so; throws with the explanation when it does not become so in time. */
export async function until(condition, withinMs, what, everyMs = 100) {
  const limit = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`${what}: not so within ${withinMs / 1000} s.`);
    await sleep(everyMs);
  }
}
