import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SampleProcess, type SampleSettings } from '../browser/sample-process.js';
import { freePorts } from '../support/listening.js';
import { type Answered, eventually, send } from './sample-02-client.js';
import { TenantAdmin } from './sample-02-tenant.js';
import { TemporaryDatabase } from './temporary-database.js';

/** The tests of one adapter are one story: each goes on from the rows that the one before left in the database. */
describe.each(['Express', 'Fastify'] as const)('sample 02 on %s, as four processes', (adapter) => {
  let database: TemporaryDatabase | undefined;
  let settings: SampleSettings;
  let sample: SampleProcess | undefined;
  let instances: string[];
  let acme: TenantAdmin;
  let globex: TenantAdmin;

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    const ports = await freePorts(7);
    settings = {
      script: 'start:02',
      adapter,
      environment: { PORTS: ports.slice(0, 4).join(), WEB_PORTS: ports.slice(4).join(), DATABASE_URL: database.url },
    };
    sample = await SampleProcess.start(settings);
    instances = ports.slice(0, 4).map((port) => `http://localhost:${port}`);
    acme = await TenantAdmin.signIn('acme', instance(1), consoleOrigin());
    globex = await TenantAdmin.signIn('globex', instance(2), consoleOrigin());
  });

  afterAll(async () => {
    await sample?.stop();
    await database?.drop();
  });

  it('boot: says that instances are processes, and which database their rows are in', () => {
    expect(running().output).toContain(`(${adapter}, four instances, each a process)`);
    expect(running().output).toMatch(new RegExp(`rows +PostgreSQL server .*, database ${rows().name}\n`));
    expect(instances.map((_, index) => running().url(`instance ${index + 1}`))).toEqual(instances);
  });

  it('origin of acme: is allowed on every instance, by host and path, and for acme alone', async () => {
    await expectAllowed('acme', shopOf('acme'));
    await expectRefused('globex', shopOf('acme'));
    await expectRefused('globex', shopOf('globex'));
  });

  it('tenant that is not in the table: is unknown', async () => {
    for (const { url, host } of [
      { url: `${instance(1)}/orders`, host: 'nobody.localhost' },
      { url: `${instance(1)}/orders`, host: 'localhost' },
      { url: `${instance(1)}/orders`, host: 'www.acme.localhost' },
      { url: `${instance(1)}/t/nobody/orders`, host: 'localhost' },
    ]) {
      expectNoGrant(await send(url, { host, origin: shopOf('acme') }));
      expect((await preflight(url, host, shopOf('acme'))).status).toBe(403);
    }
  });

  it('allowed page with credentials: replaces an order', async () => {
    const replaced = await send(`${instance(1)}/orders/7`, {
      method: 'PUT',
      host: 'acme.localhost',
      origin: shopOf('acme'),
      body: { quantity: 12 },
    });
    expect(replaced.headers['access-control-allow-credentials']).toBe('true');
    expect(replaced.body).toMatchObject({ instance: 1, tenant: 'acme', orders: [{ id: 7, quantity: 12 }] });
    const read = await send(`${instance(4)}/t/acme/orders`, { origin: shopOf('acme') });
    expect(read.body).toMatchObject({ instance: 4, orders: [{ id: 7, quantity: 12 }, { id: 8 }] });
  });

  it.each([
    ['https://shop.example/', 'malformed-origin'],
    ['https://Shop.example', 'malformed-origin'],
    ['https://shop.example:443', 'malformed-origin'],
    ['shop.example', 'malformed-origin'],
    ['http://shop.example', 'insecure-origin'],
    ['https://*.shop.example', 'pattern-not-allowed'],
    ['https://*.co.uk', 'pattern-not-allowed'],
    ['null', 'null-origin'],
    ['*', 'wildcard-in-list'],
    [undefined, 'invalid-value'],
    [['https://shop.example'], 'invalid-value'],
  ])('origin %j: is not stored, with the code of the boot check', async (origin, code) => {
    const { status, body } = await globex.add(instance(1), origin);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      problems: [{ code, message: expect.stringMatching(/\S/), hint: expect.stringMatching(/\S/) }],
    });
    expect(await globex.origins(instance(1))).toEqual([]);
  });

  it('origin without a proof of ownership: is not allowed', async () => {
    const added = await globex.add(instance(1), shopOf('globex'));
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({ origin: shopOf('globex'), state: 'pending' });
    await expectRefused('globex', shopOf('globex'));

    const { id } = added.body as { id: string };
    const verified = await globex.verify(instance(2), id);
    expect(verified.status).toBe(422);
    expect(verified.body).toMatchObject({ problems: [{ code: 'ownership-not-proven' }] });
    expect((await globex.explain(instance(2), id)).body).toMatchObject({ readable: false });
    await expectRefused('globex', shopOf('globex'));
  });

  it('proof seen by one instance: the origin is allowed on all, for that tenant alone', async () => {
    const [stored] = await globex.origins(instance(3));
    await publish(shopOf('globex'), stored?.token ?? '');
    const verified = await globex.verify(instance(3), stored?.id ?? '');
    expect(verified.body).toMatchObject({ origin: shopOf('globex'), state: 'verified' });
    // The one that made the change has followed before it answered.
    await expectAllowed('globex', shopOf('globex'), [instance(3)]);
    await eventually(() => expectAllowed('globex', shopOf('globex')));
    expect((await globex.explain(instance(4), stored?.id ?? '')).body).toMatchObject({ readable: true });
    await expectRefused('acme', shopOf('globex'));
  });

  it('proofs: are fetched from the shops only', async () => {
    // The last two are in reach of the service, and none of its errands.
    for (const origin of ['https://shop.example', consoleOrigin(), instance(2)]) {
      const added = await globex.add(instance(1), origin);
      const { id } = added.body as { id: string };
      const verified = await globex.verify(instance(1), id);
      expect(verified.status).toBe(422);
      expect(verified.body).toMatchObject({ problems: [{ code: 'unreachable-origin' }] });
      expect((await globex.remove(instance(1), id)).status).toBe(204);
    }
  });

  it('origin removed by one instance: is refused on all', async () => {
    // So that every instance has a kept answer to forget.
    await expectAllowed('globex', shopOf('globex'));
    const [stored] = await globex.origins(instance(1));
    expect((await globex.remove(instance(4), stored?.id ?? '')).status).toBe(204);
    await expectRefused('globex', shopOf('globex'), [instance(4)]);
    await eventually(() => expectRefused('globex', shopOf('globex')));
    await expectAllowed('acme', shopOf('acme'));
  });

  it('rows written by another client: are followed', async () => {
    const [before, after] = ['https://shop.example', 'https://new.shop.example'];
    await expectRefused('globex', before);
    await rows().query("insert into cors_origins (tenant, origin) values ('globex', $1)", [before]);
    await expectRefused('globex', before);
    await rows().query('update cors_origins set verified_at = now() where origin = $1', [before]);
    await eventually(() => expectAllowed('globex', before));
    await rows().query('update cors_origins set origin = $2 where origin = $1', [before, after]);
    await eventually(() => expectRefused('globex', before));
    await eventually(() => expectAllowed('globex', after));
    await rows().query('delete from cors_origins where origin = $1', [after]);
    await eventually(() => expectRefused('globex', after));
  });

  it('row for every tenant or for an unknown one: cannot be written', async () => {
    for (const tenant of ['', 'nobody']) {
      await expect(
        rows().query("insert into cors_origins (tenant, origin, verified_at) values ($1, 'https://a.example', now())", [
          tenant,
        ]),
      ).rejects.toThrow('foreign key');
    }
  });

  it('concurrent additions on all instances: stay within the limit of the tenant', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => globex.add(instance((index % 4) + 1), `https://${index}.shop.example`)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.length).toBe(11);
    for (const { status, body } of refused) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ problems: [{ code: 'origin-limit' }] });
    }
    expect(await globex.origins(instance(1))).toHaveLength(5);
    await expect(
      rows().query("insert into cors_origins (tenant, origin) values ('globex', 'https://sixth.example')"),
    ).rejects.toThrow('globex has 5 origins already');
    // Another tenant's are its own.
    expect((await acme.add(instance(1), 'https://0.shop.example')).status).toBe(201);
    await globex.removeAll(instance(2));
  });

  it('origin added twice: is stored once for each tenant', async () => {
    const again = await acme.add(instance(2), 'https://0.shop.example');
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ problems: [{ code: 'duplicate-origin' }] });
    expect((await globex.add(instance(2), 'https://0.shop.example')).status).toBe(201);
  });

  it('origins of another tenant: cannot be read or changed', async () => {
    const [own] = await globex.origins(instance(1));
    expect((await acme.remove(instance(1), own?.id ?? '')).status).toBe(404);
    expect((await acme.verify(instance(1), own?.id ?? '')).status).toBe(404);
    const url = `${instance(1)}/t/globex/admin/origins`;
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { headers: { Cookie: acme.cookie } })).status).toBe(401);
    expect(await globex.origins(instance(1))).toEqual([own]);
  });

  it('page that uses a foreign session: gets a 403, also from an allowed origin of the tenant', async () => {
    const url = `${instance(1)}/t/acme/admin/origins`;
    const before = await acme.origins(instance(1));
    for (const origin of [shopOf('acme'), shopOf('globex'), 'https://evil.example', 'null']) {
      const headers = { Cookie: acme.cookie };
      const added = await send(url, { method: 'POST', origin, headers, body: { origin: 'https://evil.example' } });
      expect(added.status).toBe(403);
      expectNoGrant(added);
      expect((await send(`${url}/${before[0]?.id}`, { method: 'DELETE', origin, headers })).status).toBe(403);
      expect((await send(url, { origin, headers })).status).toBe(403);
    }
    expect(await acme.origins(instance(1))).toEqual(before);
  });

  it('operator: is allowed for every tenant, also for one without origins', async () => {
    await acme.removeAll(instance(2));
    await eventually(() => expectRefused('acme', shopOf('acme')));
    await expectAllowed('acme', consoleOrigin());
    await expectAllowed('globex', consoleOrigin());
  });

  it('second start: does not bring a removed row back, and knows a new tenant at once', async () => {
    await running().stop();
    sample = await SampleProcess.start(settings);
    expect(await acme.origins(instance(1))).toEqual([]);
    await expectRefused('acme', shopOf('acme'));

    await rows().query("insert into tenants (name) values ('initech')");
    await rows().query(
      "insert into cors_origins (tenant, origin, verified_at) values ('initech', 'https://initech.example', now())",
    );
    await eventually(() => expectAllowed('initech', 'https://initech.example'));
    await rows().query("delete from tenants where name = 'initech'");
    await eventually(() => expectRefused('initech', 'https://initech.example'));
  });

  it('end: leaves no connection and no database behind', async () => {
    await running().stop();
    sample = undefined;
    expect(await rows().connections()).toBe(0);
    expect(await rows().drop()).toMatchObject({ databases: 0 });
    database = undefined;
  });

  /** By host and by path, preflight and request, on these instances. */
  async function expectAllowed(tenant: string, origin: string, on = instances): Promise<void> {
    await eachWay(tenant, on, async (url, host) => {
      const asked = await preflight(url, host, origin);
      expect(asked.status).toBe(204);
      const answered = await send(url, { host, origin });
      for (const { headers } of [asked, answered]) {
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(headers['access-control-allow-credentials']).toBe('true');
      }
    });
  }

  async function expectRefused(tenant: string, origin: string, on = instances): Promise<void> {
    await eachWay(tenant, on, async (url, host) => {
      const asked = await preflight(url, host, origin);
      expect(asked.status).toBe(403);
      expectNoGrant(asked);
      expectNoGrant(await send(url, { host, origin }));
    });
  }

  async function eachWay(
    tenant: string,
    on: readonly string[],
    expectation: (url: string, host: string) => Promise<void>,
  ): Promise<void> {
    await Promise.all(
      on.flatMap((each) => [
        expectation(`${each}/orders`, `${tenant}.localhost`),
        expectation(`${each}/t/${tenant}/orders`, 'localhost'),
      ]),
    );
  }

  function expectNoGrant({ headers }: Answered): void {
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }

  function preflight(url: string, host: string, origin: string): Promise<Answered> {
    return send(`${url}/7`, {
      method: 'OPTIONS',
      host,
      origin,
      headers: { 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'content-type' },
    });
  }

  /** What the form on a shop's page does. */
  async function publish(shop: string, token: string): Promise<void> {
    const answer = await fetch(`${shop}/.well-known/nestjs-cors-sample.txt`, {
      method: 'PUT',
      headers: { Origin: shop },
      body: `${token}\n`,
    });
    expect(answer.status).toBe(204);
  }

  /** From 1. */
  function instance(number: number): string {
    return instances[number - 1] ?? '';
  }

  function shopOf(tenant: string): string {
    return running().url(`${tenant}'s shop`);
  }

  function consoleOrigin(): string {
    return running().url('console');
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
