import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atPort } from '../../../lib/entry-points/cli/explained-handshake.js';
import { run } from '../../../lib/entry-points/cli/run.js';
import { PLATFORMS } from '../../support/application.js';

const PARTNER = 'https://partner.example';
const APP = 'https://app.example.com';

/** Runs the command in this process, where it sees the sources. */
async function command(...argv: string[]) {
  let [out, err] = ['', ''];
  const code = await run(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    cwd: join(import.meta.dirname, 'fixtures'),
  });
  return { code, out, err };
}

describe.each(PLATFORMS)('nestjs-cors explain, of a WebSocket on %s', (adapter) => {
  const gateways = ['--module', 'sockets.mjs#GatewaysModule', '--adapter', adapter];

  it('allowed page: explains what it gets', async () => {
    const request = ['wss://api.example.com/socket.io/', '--namespace', '/board', '--origin', PARTNER, '--credentials'];
    const { code, out, err } = await command('explain', ...request, ...gateways, '--strict');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`websocket /socket.io/ of api.example.com, for a page of ${PARTNER}, with cookies\n`);
    expect(out).toContain('Opened by  BoardGateway (/board), NewsGateway (/news), which share the handshake\n');
    expect(out).toMatch(/^ {2}originLookup +StoredOrigins +BoardGateway$/m);
    expect(out).toContain('Lookup     StoredOrigins: allowed\n');
    expect(out).toContain('Handshake  accepted (origin-lookup)\n');
    expect(out).toContain('Cookies    removed before the application sees the request\n');
    expect(out).toContain('Namespace  /board: accepted (origin-lookup) by BoardGateway\n');
    expect(out).toContain('\nAccepted by the namespace /board: The lookup of the policy returned true.\n');
  });

  it('refusal: is explained, and fails with --strict', async () => {
    const request = ['--gateway', 'NewsGateway', '--origin', 'https://stranger.example', '--site', 'cross-site'];
    const { code, out } = await command('explain', ...request, ...gateways, '--strict');
    expect(code).toBe(1);
    expect(out).toContain('for a page of https://stranger.example, Sec-Fetch-Site: cross-site\n');
    expect(out).toContain('Handshake  refused (lookup-refused) with 403\n');
    expect(out).toMatch(/^Refused: /m);
  });

  it('--json: explains for programs', async () => {
    const request = ['--gateway', 'NewsGateway', '--transport', 'jsonp', '--host', 'api.example.com'];
    const { out } = await command('explain', ...request, ...gateways, '--json');
    expect(JSON.parse(out)).toMatchObject({
      request: { transport: 'jsonp', host: 'api.example.com', namespace: '/news' },
      handshake: { reason: 'jsonp-refused', status: 403 },
      accepted: false,
    });
  });

  it('later request of a session: is explained with its preflight', async () => {
    const url = 'wss://api.example.com/socket.io/?EIO=4&transport=polling&sid=one';
    const request = [url, '--origin', APP, '--method', 'post', '--header', 'X-Token: 1'];
    const { out } = await command('explain', ...request, ...gateways);
    expect(out).toContain(
      `polling POST ${url.slice(21)} of api.example.com, for a page of ${APP}, in the session one\n`,
    );
    expect(out).toContain('Preflight  sent, granted with 204 (origin-listed)\n');
    expect(out).toMatch(/^ {2}Access-Control-Allow-Headers: x-token$/m);
    expect(out).toMatch(
      /^Handshake {2}accepted \(origin-listed\)\n {2}Vary: Origin\n {2}Access-Control-Allow-Origin: /m,
    );
    const own = await command('explain', ...[url, '--sid', 'two', '--origin', APP, '--credentials'], ...gateways);
    expect(own.out).toContain(', with cookies, in the session two\n');
    expect(own.out).toContain('Preflight  not sent: browsers send none before such a request\n');
    expect(own.out).toMatch(/^Refused by the browser: polling carries credentials/m);
  });

  it('upgrade that has the policy of a route: is explained', async () => {
    const upgrades = [...gateways, '--configure', 'sockets.mjs#serveUpgrades'];
    const routed = await command('explain', 'ws://localhost/feed', '--origin', APP, ...upgrades);
    expect(routed.out).toContain('Opened by  GET /feed (FeedController.feed)\n');
    const other = await command('explain', 'ws://localhost/elsewhere', ...upgrades);
    expect(other.out).toContain('websocket /elsewhere of localhost, for a client without Origin\n');
    expect(other.out).toContain("Opened by  what listens to the server's upgrades\n");
  });

  it('gateway that is left to the application: is explained', async () => {
    const left = ['--module', 'sockets.mjs#LeftModule', '--adapter', adapter];
    const { code, out } = await command('explain', 'ws://localhost/left', '--origin', APP, '--credentials', ...left);
    expect(code).toBe(0);
    expect(out).toContain('Opened by  LeftGateway\nPolicy     gateways (external)\n\n');
    expect(out).toContain('Handshake  left to the application (left-to-application)\n');
    expect(out).toContain('Cookies    the application sees them\n');
    expect(out).toMatch(/^Not decided here: `gateways: false` leaves this gateway to the application/m);
    const routes = await command('routes', ...left);
    expect(routes.out).toMatch(/^\/left +LeftGateway +left to the application +gateways \(external\)$/m);
    const audit = await command('audit', ...left, '--strict');
    expect([audit.code, audit.out]).toEqual([1, expect.stringContaining('gateway-left-to-application')]);
  });

  it.each<[string[], string]>([
    [
      ['ws://localhost/nowhere'],
      'Nothing takes WebSockets at /nowhere. Sockets are opened at /socket.io: nestjs-cors routes.\n',
    ],
    [['--gateway', 'BordGateway'], 'There is no gateway "BordGateway". Did you mean BoardGateway?\n'],
    [['--gateway', 'Xyz'], 'There is no gateway "Xyz". The gateways are BoardGateway, NewsGateway.\n'],
    [
      ['ws://localhost/nowhere', '--sid', 'a'],
      'What takes /nowhere takes WebSockets only: polling and `sid` belong to socket.io.\n',
    ],
  ])('no such place: says so: %j', async (request, message) => {
    expect(await command('explain', ...request, ...gateways)).toEqual({ code: 2, out: '', err: message });
  });

  it('application without gateways: says so', async () => {
    const shop = ['--module', 'shop.mjs#AppModule', '--adapter', adapter];
    expect((await command('explain', 'ws://localhost/x', ...shop)).err).toBe(
      'Nothing takes WebSockets at /x. The application has no gateways.\n',
    );
    expect((await command('explain', '--gateway', 'Xyz', ...shop)).err).toBe(
      'There is no gateway "Xyz". The application has no gateways.\n',
    );
  });
});

describe('nestjs-cors explain, of what is no handshake', () => {
  it.each<[string[], string]>([
    [['ws://'], '"ws://" is no URL of a WebSocket. Write one: '],
    [['ws:localhost'], '"ws:localhost" is no URL of a WebSocket. Write one: '],
    [['/x', '--gateway', 'A'], '"/x" is no URL of a WebSocket. Write one: '],
    [['ws://localhost/', '/x'], 'explain takes one URL of a WebSocket: got "/x" as well.'],
    [['ws://localhost/', '--header', 'A: b'], 'A page can set no headers of a WebSocket. Leave --header out.'],
    [['ws://localhost/', '--method', 'PUT'], '--method is one of GET, POST: got "PUT".'],
    [['ws://localhost/', '--namespace', 'board'], 'A namespace starts with a slash: write --namespace "/board".'],
    [['ws://localhost/', '--site', 'other'], '--site is one of same-origin, same-site, cross-site, none: got "other".'],
    [['ws://localhost/', '--transport', 'fax'], '--transport is one of websocket, polling, jsonp: got "fax".'],
    [['ws://localhost/', '--origin', 'https://x.example/'], '"https://x.example/" is no origin as browsers send it'],
    [['GET', '/', '--site', 'none'], '--site belongs to a WebSocket. Write its URL in place of method and path: '],
  ])('%j: says what to write instead', async (argv, message) => {
    const { code, out, err } = await command('explain', ...argv, '--module', 'sockets.mjs#GatewaysModule');
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

describe('the port of a URL', () => {
  const sockets = [{ kind: 'gateway', path: '/', gateway: 'ChatGateway', port: 3001 }] as const;

  it.each([
    [{ host: 'localhost:3001' }, 3001],
    [{ host: 'localhost:3000' }, undefined],
    [{ host: 'localhost' }, undefined],
    [{}, undefined],
  ])('%j: is that of a gateway, or none', (request, port) => {
    expect(atPort(request, sockets)).toEqual(port === undefined ? request : { ...request, port });
  });
});

describe('nestjs-cors routes --compare, with sockets', () => {
  let folder: string;
  const gateways = ['--module', 'sockets.mjs#GatewaysModule'];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('changed sockets, and a file that is no manifest: says what changed, and refuses the file', async () => {
    const file = join(folder, 'cors.json');
    writeFileSync(file, (await command('routes', '--manifest', ...gateways)).out);
    expect((await command('routes', '--compare', file, '--strict', ...gateways)).code).toBe(0);
    const changed = JSON.parse(readFileSync(file, 'utf8')) as { sockets: Record<string, { credentials: boolean }> };
    changed.sockets['NewsGateway /socket.io namespace /news']!.credentials = true;
    writeFileSync(file, JSON.stringify(changed));
    expect((await command('routes', '--compare', file, '--strict', ...gateways)).out).toBe(
      '~ sockets of NewsGateway /socket.io namespace /news: credentials true -> false\n',
    );
    writeFileSync(file, JSON.stringify({ ...changed, sockets: [] }));
    expect((await command('routes', '--compare', file, ...gateways)).err).toContain('is no manifest of this version');
  });
});
