import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { portFree } from '@rpa/embedded';
import { dataDirOf, type StandaloneConfig } from '../standalone.config.js';
import type { Servers } from '../start-servers.js';
import { DemoApi } from './demo-api.js';
import { importExamples } from './import-examples.js';
import { startOrderServer, type OrderServer } from './order-server.js';

export interface DemoAccount {
  email: string;
  password: string;
  /** Port of the order server; the examples' inputs name it. */
  orderPort: number;
}

export interface DemoRun {
  workflow: string;
  executionId: string;
  status: string;
  durationMs: number | null;
  output: unknown;
}

/** What the banner shows. */
export interface DemoShown {
  account: DemoAccount;
  run: DemoRun | null;
  note?: string;
}

export interface Demo {
  egressAllow: string[];
  /** Makes the demo when the database is empty; on later starts only tells the account. */
  show(url: string): Promise<DemoShown | null>;
  stop(): Promise<void>;
}

const FILE = 'demo.json';

/**
 * The demo organization of a first start: made only in standalone, only when nobody has registered yet, with a password of
 * its own. Its order server runs as long as the system does.
 */
export async function prepareDemo(config: StandaloneConfig, servers: Servers): Promise<Demo> {
  const file = join(dataDirOf(config), FILE);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoAccount) : null;
  const wanted =
    config.demo && (known !== null || (await isEmpty(servers.database.auth?.migrationsUrl ?? servers.database.url)));
  if (!wanted) return { egressAllow: [], show: () => Promise.resolve(null), stop: () => Promise.resolve() };
  const orders = await startOrders(known);
  return {
    egressAllow: [orders.address],
    show: (url) => (known ? Promise.resolve({ account: known, run: null }) : makeDemo(url, file, orders)),
    stop: () => orders.close(),
  };
}

async function startOrders(known: DemoAccount | null): Promise<OrderServer> {
  const port = known && (await portFree(known.orderPort, '127.0.0.1')) ? known.orderPort : 0;
  return startOrderServer(port);
}

async function makeDemo(url: string, file: string, orders: OrderServer): Promise<DemoShown> {
  const account: DemoAccount = {
    email: 'demo@example.com',
    password: randomBytes(12).toString('base64url'),
    orderPort: Number(orders.address.split(':')[1]),
  };
  const api = new DemoApi(url);
  try {
    const session = await api.call<{ accessToken: string }>('POST', '/auth/register', {
      email: account.email,
      password: account.password,
      firstName: 'Demo',
      lastName: 'User',
      organizationName: 'Demo',
    });
    writeFileSync(file, JSON.stringify(account), { mode: 0o600 });
    api.signIn(session.accessToken);
    return { account, run: await importExamples(api, orders.url) };
  } catch (error) {
    return {
      account,
      run: null,
      note: `could not be made completely: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Whether nobody has registered yet; before the first migration there is not even a table. */
async function isEmpty(databaseUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const table = await client.query<{ there: boolean }>(
      `SELECT to_regclass('auth.organizations') IS NOT NULL AS there`,
    );
    if (!table.rows[0]?.there) return true;
    const any = await client.query('SELECT 1 FROM auth.organizations LIMIT 1');
    return any.rowCount === 0;
  } finally {
    await client.end();
  }
}
