/** Real servers on a machine that is busy with other tests. Of a project's own `testTimeout` a run of several takes no notice. */
import { jest } from '@jest/globals';

jest.setTimeout(30_000);
