import { describe, expect, it } from '@jest/globals';
import { v7 } from 'uuid';
import { idAt } from './journal-partitions.js';

describe('idAt', () => {
  it('stands before every id of its moment and after every earlier one', () => {
    const at = 1_700_000_000_000;
    for (let index = 0; index < 1_000; index++) {
      expect(v7({ msecs: at }) >= idAt(at)).toBe(true);
      expect(v7({ msecs: at - 1 }) < idAt(at)).toBe(true);
    }
    expect(idAt(at)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7000-8000-0{12}$/);
  });
});
