import { describe, expect, it } from '@jest/globals';
import { Ownership } from './ownership.js';

/** An owner whose leases and heartbeats do what the test says; `told` is what happened, in order. */
function ownerOf() {
  const told: string[] = [];
  const beats: { begin: () => void; fail: () => void; lose: () => void }[] = [];
  let leases = 0;
  const ownership: Ownership = new Ownership({
    leases: {
      take: async () => String(++leases),
      giveBack: async (id: string) => void told.push(`back ${id}`),
    } as never,
    commits: {
      connect: async () => undefined,
      open: (id: string) => {
        told.push(`open ${id} as ${ownership.leaseId}`);
      },
      fence: (id: string) => void told.push(`fence ${id}`),
    } as never,
    logger: { warn: () => undefined } as never,
    replica: 'r',
    databaseUrl: '',
    leaseMs: 2_000,
    dropRuns: () => void told.push('drop'),
    startHeartbeat: ({ onLost }) => {
      let begin: () => void = () => undefined;
      let fail: () => void = () => undefined;
      const begun = new Promise<void>((resolve, reject) => {
        begin = resolve;
        fail = () => reject(new Error('PostgreSQL is away'));
      });
      beats.push({ begin, fail, lose: onLost });
      return { begun, stop: async () => undefined };
    },
  });
  return { ownership, told, beats };
}
const turn = () => new Promise(setImmediate);

describe('Ownership', () => {
  it('lets nothing be written in the name of a lease before its heart beats: it could not be dropped with it', async () => {
    const { ownership, told, beats } = ownerOf();
    const taking = ownership.take();
    await turn();
    expect(told).toEqual([]);
    beats[0]?.fail();
    await expect(taking).rejects.toThrow('PostgreSQL is away');
    expect([told, ownership.leaseId]).toEqual([[], null]);
  });

  it('drops every run when its lease is lost, once, and takes the next one', async () => {
    const { ownership, told, beats } = ownerOf();
    const taking = ownership.take();
    await turn();
    beats[0]?.begin();
    await taking;
    beats[0]?.lose();
    beats[0]?.lose();
    ownership.lost('1');
    await turn();
    beats[1]?.begin();
    await turn();
    expect(told).toEqual(['open 1 as 1', 'fence 1', 'drop', 'fence 1', 'back 1', 'open 2 as 2']);
    expect(ownership.leaseId).toBe('2');
  });
});
