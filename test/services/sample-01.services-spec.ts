import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SampleProcess, type SampleSettings } from '../browser/sample-process.js';
import { freePorts } from '../support/listening.js';
import { TemporaryDatabase } from './temporary-database.js';

/** The tests of one adapter are one story: each goes on from the rows that the one before left in the database. */
describe.each(['Express', 'Fastify'] as const)('sample 01 on %s, with DATABASE_URL', (adapter) => {
  let database: TemporaryDatabase | undefined;
  let settings: SampleSettings;
  let sample: SampleProcess | undefined;

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    const [port, ...webPorts] = await freePorts(3);
    settings = {
      adapter,
      environment: { PORT: String(port), WEB_PORTS: webPorts.join(), DATABASE_URL: database.url },
    };
    sample = await SampleProcess.start(settings);
  });

  afterAll(async () => {
    await sample?.stop();
    await database?.drop();
  });

  it('boot: says which server and database its rows are in', () => {
    expect(running().output).toMatch(new RegExp(`rows +PostgreSQL server .*, database ${rows().name}\n`));
  });

  it('first start: has the first page as its only row', async () => {
    expect(await storedOrigins()).toEqual([running().firstPage]);
    await expectGranted(running().firstPage);
    await expectRefused(running().secondPage);
  });

  it('origin added by its own form: preflights are granted', async () => {
    const added = await admin('POST', '', { origin: running().secondPage });
    expect(added.status).toBe(201);
    await expectGranted(running().secondPage);

    const { id } = (await added.json()) as { id: number };
    expect((await admin('DELETE', `/${id}`)).status).toBe(204);
    await expectRefused(running().secondPage);
  });

  it('rows written by another client: are followed without a restart', async () => {
    const origin = 'https://shop.example';
    await expectRefused(origin);
    await rows().query('insert into partner_origins (origin) values ($1)', [origin]);
    await expectGranted(origin);
    await rows().query('delete from partner_origins where origin = $1', [origin]);
    await expectRefused(origin);
  });

  it('401: has the CORS headers of an allowed origin', async () => {
    const url = `${running().api}/partners/account`;
    const partner = await fetch(url, { headers: { Origin: running().firstPage } });
    expect(partner.status).toBe(401);
    expect(partner.headers.get('access-control-allow-origin')).toBe(running().firstPage);
    expect(partner.headers.get('vary')).toMatch(/\bOrigin\b/);

    const stranger = await fetch(url, { headers: { Origin: running().secondPage } });
    expect(stranger.status).toBe(401);
    expect(stranger.headers.has('access-control-allow-origin')).toBe(false);
    expect(stranger.headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  it('missing table: refuses, and recovers when it is back', async () => {
    await rows().query('alter table partner_origins rename to moved');
    await expectRefused(running().firstPage);
    await rows().query('alter table moved rename to partner_origins');
    await expectGranted(running().firstPage);
  });

  it('second start: does not bring a deleted row back', async () => {
    await rows().query('delete from partner_origins');
    await running().stop();
    sample = await SampleProcess.start(settings);
    expect(await storedOrigins()).toEqual([]);
    await expectRefused(running().firstPage);
  });

  it('end: leaves no connection, table or database behind', async () => {
    await running().stop();
    sample = undefined;
    expect(await rows().connections()).toBe(0);
    expect(await rows().drop()).toEqual({ databases: 0, table: null });
    database = undefined;
  });

  async function expectGranted(origin: string): Promise<void> {
    const { status, headers } = await preflight(origin);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-methods')).toBe('PUT');
  }

  async function expectRefused(origin: string): Promise<void> {
    const { status, headers } = await preflight(origin);
    expect(status).toBe(403);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }

  function preflight(origin: string): Promise<Response> {
    return fetch(`${running().api}/partners/orders/7`, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type',
      },
    });
  }

  function admin(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${running().api}/admin/origins${path}`, {
      method,
      ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }

  async function storedOrigins(): Promise<unknown[]> {
    const stored = (await rows().query('select origin from partner_origins order by id')) as { origin: string }[];
    return stored.map((row) => row.origin);
  }

  function running(): SampleProcess {
    expect(sample).toBeDefined();
    return sample as SampleProcess;
  }

  function rows(): TemporaryDatabase {
    expect(database).toBeDefined();
    return database as TemporaryDatabase;
  }
});
