import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { waitForOutput } from './wait-for-output.js';

const script = (source: string) => spawn(process.execPath, ['-e', source]);

describe('waitForOutput', () => {
  it('answers the match, also when it comes in pieces', async () => {
    const child = script(`process.stdout.write('ready on '); setTimeout(() => console.log('4711'), 50)`);
    expect((await waitForOutput(child, /ready on (\d+)\n/))[1]).toBe('4711');
  });

  it('shows what was printed when the process ends first', async () => {
    const child = script(`console.error('no disk'); process.exitCode = 3`);
    await expect(waitForOutput(child, /ready/)).rejects.toThrow(/ended \(3\).*\/ready\/:\nno disk/s);
  });

  it('gives up in time', async () => {
    const child = script(`console.log('starting'); setInterval(() => {}, 1000)`);
    await expect(waitForOutput(child, /ready/, 300)).rejects.toThrow(/took more than 300 ms.*\nstarting/s);
    child.kill('SIGKILL');
  });
});
