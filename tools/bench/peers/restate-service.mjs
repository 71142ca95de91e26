/** Ten journaled steps that do nothing, as a Restate service. */
import * as restate from '@restatedev/restate-sdk';

const STEPS = Number(process.env.BENCH_STEPS);

const bench = restate.service({
  name: 'bench',
  handlers: {
    run: async (context) => {
      let last = 0;
      for (let step = 0; step < STEPS; step++) last = await context.run(`s${step}`, () => step + 1);
      return last;
    },
  },
});

await restate.serve({ services: [bench], port: Number(process.env.PORT) });
