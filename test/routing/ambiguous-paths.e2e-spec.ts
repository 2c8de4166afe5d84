import { All, Controller, Get, Post } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CorsPolicy } from '../../lib/index.js';
import { type AdapterName, type RoutedOptions, closeRouted, labelOf, routedApplication } from './routed-application.js';

@Controller('admin')
class AdminController {
  @Post() @CorsPolicy({ origin: 'https://admin.example', rejectDisallowed: true }) post() {}
  @Get('users') @CorsPolicy({ origin: 'https://admin.example' }) users() {}
}

@Controller()
class EverythingController {
  @All('{*path}') @CorsPolicy({ origin: 'https://all.example' }) all() {}
}
@Controller()
class EverythingOnFastifyController {
  @All('*') @CorsPolicy({ origin: 'https://all.example' }) all() {}
}

const adapters: readonly AdapterName[] = ['express', 'fastify'];
const ambiguous = '(a path that can be read in two ways)';
const defaults = '(module defaults)';
const PRIVATE = { path: '/private', policy: { origin: 'https://private.example', rejectDisallowed: true } };
const PUBLIC = { path: '/assets', policy: { origin: '*' } };

afterEach(closeRouted);

describe.each(adapters)('a path under entries that servers can read otherwise, on %s', (name) => {
  const application = () => routedApplication(name, { controllers: [], cors: { paths: [PRIVATE, PUBLIC] } });

  it.each([
    ...['/assets/../private', '/assets/%2e%2e/private', '/assets/%2e%2e/private/%ff', '/assets/%252e%252e/private'],
    ...['/assets/..;/private', '/assets;/../private', '/assets/..\\private', '/assets/..%5cprivate/x'],
    ...['/assets/a/..//..///private', '/ASSETS/a', '/Private', '/%50RIVATE/x', '//private', '/private;x/y'],
    ...['/assets/%2525252525252e', '/assets/%E0%A4%A/..%2f..%2fprivate'],
  ])('readings under several policies: gets no grant: %s', async (url) => {
    const { router } = await application();
    const { policy, match } = router.actual('GET', url, { headers: {} });
    // Express compares entries without letter case itself.
    const expected = name === 'express' && /^\/(?:assets|private)[^;]*$/i.test(url) && !/[.%\\]/.test(url);
    expect(labelOf({ policy, match }) === ambiguous).toBe(!expected);
    expect(policy.rejectDisallowed).toBe(expected ? /private/i.test(url) : policy.rejectDisallowed);
  });

  it.each([
    ['/assets/a%20b', 'path "/assets"'],
    ['/assets/a/../b', 'path "/assets"'],
    ['/assets/Logo.PNG', 'path "/assets"'],
    ['/assets//a/', 'path "/assets"'],
    ['/assets/100%25', 'path "/assets"'],
    ['/assets/caf%C3%A9;v=1', 'path "/assets"'],
    ['/other/../else', 'module defaults'],
    ['/Other', 'module defaults'],
  ])('readings under one policy: has that policy: %s', async (url, label) => {
    const { preflight } = await application();
    expect(preflight('GET', url)).toEqual([`(${label})`]);
  });

  it('one of the policies rejects: rejects', async () => {
    const { router } = await application();
    const rejects = (url: string) => router.governing.fallback(url).rejectDisallowed;
    expect([rejects('/assets/../private'), rejects('/private/../assets'), rejects('/assets/../other')]).toEqual([
      ...[true, true, false],
    ]);
  });
});

describe.each(adapters)('an entry in upper case, on %s', (name) => {
  it('path in the same case: is covered', async () => {
    const cors = { paths: [{ path: '/Files', policy: { origin: '*' as const } }] };
    const { preflight } = await routedApplication(name, { controllers: [], cors });
    expect(preflight('GET', '/Files/a')).toEqual(['(path "/Files")']);
    expect(preflight('GET', '/files/a')).toEqual([name === 'express' ? '(path "/Files")' : ambiguous]);
  });

  it('entry in lower case beside it: other spellings are ambiguous', async () => {
    const adapter = express().set('case sensitive routing', true);
    const paths = [
      { path: '/Files', policy: { origin: '*' as const } },
      { path: '/files', policy: { origin: 'https://files.example' } },
    ];
    const { preflight } = await routedApplication(name, {
      controllers: [],
      cors: { paths },
      ...(name === 'express' && { adapter: new ExpressAdapter(adapter) }),
    });
    expect(preflight('GET', '/FILES/a')).toEqual([ambiguous]);
  });
});

/** Middleware of the application, which @fastify/middie matches without letter case. */
const withMiddleware: Pick<RoutedOptions, 'configure'> = {
  configure: (app) => app.use('/elsewhere', (_request: unknown, _response: unknown, next: () => void) => next()),
};

describe('a controller in upper case', () => {
  it("path in lower case: is ambiguous where middleware reads it as the controller's and the router does not", async () => {
    @Controller('Admin')
    class UpperController {
      @Post(':userId') @CorsPolicy({ origin: 'https://admin.example' }) post() {}
    }
    const found = await Promise.all(
      adapters.map((name) => routedApplication(name, { controllers: [UpperController], ...withMiddleware })),
    );
    expect(found.map(({ preflight }) => preflight('POST', '/admin/1'))).toEqual([
      ['UpperController.post'],
      [ambiguous],
    ]);
  });
});

describe('a path that middleware can read as that of a controller', () => {
  const spellings = ['/ADMIN', '/admin/', '//admin', '/%61dmin//', '/admin;x', '/x/../admin'];

  it.each(spellings)('Fastify with middleware: gets no grant, and rejects as the controller does: %s', async (url) => {
    const { router } = await routedApplication('fastify', { controllers: [AdminController], ...withMiddleware });
    const { policy, match } = router.actual('POST', url, { headers: {} });
    expect(labelOf({ policy, match })).toBe(ambiguous);
    expect(policy.rejectDisallowed).toBe(true);
    expect(router.governing.fallback(url).label).toBe('module defaults');
  });

  it.each(spellings)('Fastify without middleware: has the default policy: %s', async (url) => {
    const { router } = await routedApplication('fastify', { controllers: [AdminController] });
    expect(labelOf(router.actual('POST', url, { headers: {} }))).toBe(defaults);
  });

  it.each(spellings)('Express: middleware reads it as its router does: %s', async (url) => {
    const { router } = await routedApplication('express', { controllers: [AdminController], ...withMiddleware });
    const isRouted = ['/ADMIN', '/admin/'].includes(url);
    const expected = isRouted ? 'AdminController.post' : defaults;
    expect(labelOf(router.actual('POST', url, { headers: {} }))).toBe(expected);
  });

  it('method that the controller lacks: has the default policy', async () => {
    const { router } = await routedApplication('fastify', { controllers: [AdminController], ...withMiddleware });
    expect(labelOf(router.actual('DELETE', '//admin', { headers: {} }))).toBe(defaults);
    expect(labelOf(router.actual('GET', '//admin/users', { headers: {} }))).toBe(ambiguous);
  });
});

describe.each(adapters)('an application with one policy, on %s', (name) => {
  it('any path: is not ambiguous', async () => {
    @Controller('plain')
    class PlainController {
      @Get() get() {}
    }
    const { preflight } = await routedApplication(name, { controllers: [PlainController] });
    expect(preflight('GET', '//PLAIN/%2525252525')).toEqual([defaults]);
  });
});

describe.each(adapters)('a route that catches everything, on %s', (name) => {
  const controllers = [name === 'express' ? EverythingController : EverythingOnFastifyController];
  const all = `${controllers[0]!.name}.all`;
  const application = (paths: object[] = [PRIVATE, PUBLIC]) =>
    routedApplication(name, { controllers, cors: { paths: paths as never } });

  it('path of an entry: the entry has to allow, too', async () => {
    const { preflight, send } = await application();
    expect(preflight('GET', '/private/a')).toEqual([all, 'or path "/private"']);
    const { said } = await send('GET', '/private/a');
    expect([labelOf(said!), said!.alternative?.label]).toEqual([all, 'path "/private"']);
    expect(preflight('GET', '/else')).toEqual([all]);
  });

  it('path that can be read as that of an entry: gets no grant', async () => {
    const { preflight, send } = await application();
    expect(preflight('GET', '/assets/%2e%2e/private')).toEqual([all, `or ${ambiguous.slice(1, -1)}`]);
    const { said } = await send('GET', '/x/%2e%2e/private');
    expect(said!.alternative).toMatchObject({ origin: { kind: 'ambiguous' }, rejectDisallowed: true });
  });

  it('readings that are its own, or an entry with its policy: its policy alone holds', async () => {
    const { preflight } = await application();
    expect(preflight('GET', '/a//B/%20')).toEqual([all]);
    const { preflight: covered } = await application([{ path: '/private', policy: { origin: 'https://all.example' } }]);
    expect(covered('GET', '/else/x')).toEqual([all]);
  });

  it('ordinary route: has no alternative', async () => {
    const { router } = await routedApplication(name, { controllers: [AdminController], cors: { paths: [PRIVATE] } });
    expect(router.actual('POST', '/admin', { headers: {} }).alternative).toBeUndefined();
  });
});

describe('a route of another library', () => {
  it("path that resembles a controller's: has the policy of entries alone", async () => {
    const before = (instance: Express) => void instance.post('//admin', (_request, response) => void response.end());
    const { preflight } = await routedApplication('express', { controllers: [AdminController], before });
    expect(preflight('POST', '//admin')).toEqual([defaults]);
  });
});
