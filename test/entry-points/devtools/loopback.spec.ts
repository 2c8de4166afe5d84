import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { LoopbackGuard } from '../../../lib/entry-points/devtools/loopback.guard.js';
import { isLoopbackAddress, isLoopbackName, parseHost } from '../../../lib/entry-points/devtools/loopback.js';
import { resolveOptions } from '../../../lib/entry-points/devtools/devtools.options.js';

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])('%s: is true', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '10.0.0.1',
    '128.0.0.1',
    '::',
    '::2',
    'fe80::1',
    '::ffff:10.0.0.1',
    '127.0.0.1.9',
    '1127.0.0.1',
  ])('%s: is false', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe('a Host header', () => {
  it.each([
    ['localhost', 'localhost', undefined],
    ['LocalHost:3000', 'localhost', '3000'],
    ['app.localhost:80', 'app.localhost', '80'],
    ['127.0.0.1:1', '127.0.0.1', '1'],
    ['[::1]:3000', '[::1]', '3000'],
  ])('%s: names this machine', (value, name, port) => {
    expect(parseHost(value)).toEqual({ name, port });
    expect(isLoopbackName(name)).toBe(true);
  });

  it.each([
    'localhost.evil.example',
    'evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    '[::2]',
    '10.0.0.1',
    '0.0.0.0',
  ])('%s: may name another machine', (value) => {
    expect(isLoopbackName(parseHost(value)?.name ?? '')).toBe(false);
  });

  it.each([
    undefined,
    '',
    'localhost:',
    'localhost:3000:1',
    'localhost;script-src *',
    'a b',
    'localhost/x',
    'user@localhost',
  ])('%s: is none', (value) => {
    expect(parseHost(value)).toBeUndefined();
  });
});

describe('LoopbackGuard', () => {
  const local = { host: 'localhost:3000' };

  it('browser on this machine: passes', () => {
    expect(judge('127.0.0.1', local)).toBe(true);
    expect(judge('::1', { host: 'app.localhost' })).toBe(true);
    expect(judge('::ffff:127.0.0.1', { ':authority': 'localhost:3000' })).toBe(true);
  });

  it.each(['192.168.1.7', '::ffff:10.0.0.1', undefined])('client at %s: is refused', (address) => {
    expect(() => judge(address, local)).toThrow('on their own machine only');
  });

  it.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'])(
    'request that a proxy has forwarded, as %s shows: is refused',
    (name) => {
      expect(() => judge('127.0.0.1', { ...local, [name]: '127.0.0.1' })).toThrow(`this one has ${name}`);
    },
  );

  it('any other host name, or none: is refused', () => {
    expect(() => judge('127.0.0.1', { host: 'rebound.example:3000' })).toThrow(
      'under a name of their own machine only',
    );
    expect(() => judge('127.0.0.1', {})).toThrow('under a name of their own machine only');
  });

  it('remote clients allowed: every client passes', () => {
    expect(judge('10.0.0.1', { host: 'dev.example', 'x-forwarded-for': '1.2.3.4' }, true)).toBe(true);
  });
});

describe('resolveOptions', () => {
  it('no options: has the defaults', () => {
    expect(resolveOptions({})).toEqual({
      path: '__cors',
      imports: [],
      allowInProduction: false,
      allowRemoteClients: false,
      token: undefined,
      decorators: [],
    });
  });

  it('anything but true: counts as false', () => {
    const options = { allowInProduction: 'false', allowRemoteClients: 1 } as never;
    expect(resolveOptions(options)).toMatchObject({ allowInProduction: false, allowRemoteClients: false });
  });

  it.each(['/', '', '/:tenant/cors', '/a*', '/a b', '/a//b', '/"><script>'])('path %s: is refused', (path) => {
    expect(() => resolveOptions({ path })).toThrow(`path ${JSON.stringify(path)} is no fixed path`);
  });
});

function judge(
  remoteAddress: string | undefined,
  headers: Record<string, string>,
  allowRemoteClients = false,
): boolean {
  const request = { headers, socket: { remoteAddress } };
  const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
  return new LoopbackGuard(resolveOptions({ allowRemoteClients })).canActivate(context);
}
