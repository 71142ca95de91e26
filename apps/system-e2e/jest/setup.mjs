/** Each test starts, kills and restarts whole systems. */
import { jest } from '@jest/globals';

jest.setTimeout(180_000);
