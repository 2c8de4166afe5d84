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
  ])('grants nothing: %s', async (url) => {
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
  ])('has the policy of all its readings: %s', async (url, label) => {
    const { preflight } = await application();
    expect(preflight('GET', url)).toEqual([`(${label})`]);
  });

  it('rejects where one of the policies does', async () => {
    const { router } = await application();
    const rejects = (url: string) => router.governing.fallback(url).rejectDisallowed;
    expect([rejects('/assets/../private'), rejects('/private/../assets'), rejects('/assets/../other')]).toEqual([
      ...[true, true, false],
    ]);
  });
});

describe.each(adapters)('an entry in upper case, on %s', (name) => {
  it('covers the paths that are written like it', async () => {
    const cors = { paths: [{ path: '/Files', policy: { origin: '*' as const } }] };
    const { preflight } = await routedApplication(name, { controllers: [], cors });
    expect(preflight('GET', '/Files/a')).toEqual(['(path "/Files")']);
    expect(preflight('GET', '/files/a')).toEqual([name === 'express' ? '(path "/Files")' : ambiguous]);
  });

  it('is ambiguous with one in lower case, for other spellings', async () => {
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
  it('is ambiguous for paths in lower case, where middleware reads them as its own and the router does not', async () => {
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

  it.each(spellings)(
    'grants nothing on Fastify with middleware, and rejects as the controller does: %s',
    async (url) => {
      const { router } = await routedApplication('fastify', { controllers: [AdminController], ...withMiddleware });
      const { policy, match } = router.actual('POST', url, { headers: {} });
      expect(labelOf({ policy, match })).toBe(ambiguous);
      expect(policy.rejectDisallowed).toBe(true);
      expect(router.governing.fallback(url).label).toBe('module defaults');
    },
  );

  it.each(spellings)('has the default policy on Fastify without middleware: %s', async (url) => {
    const { router } = await routedApplication('fastify', { controllers: [AdminController] });
    expect(labelOf(router.actual('POST', url, { headers: {} }))).toBe(defaults);
  });

  it.each(spellings)('is read by middleware of Express as by its router: %s', async (url) => {
    const { router } = await routedApplication('express', { controllers: [AdminController], ...withMiddleware });
    const isRouted = ['/ADMIN', '/admin/'].includes(url);
    const expected = isRouted ? 'AdminController.post' : defaults;
    expect(labelOf(router.actual('POST', url, { headers: {} }))).toBe(expected);
  });

  it('has the default policy for methods that the controller lacks', async () => {
    const { router } = await routedApplication('fastify', { controllers: [AdminController], ...withMiddleware });
    expect(labelOf(router.actual('DELETE', '//admin', { headers: {} }))).toBe(defaults);
    expect(labelOf(router.actual('GET', '//admin/users', { headers: {} }))).toBe(ambiguous);
  });
});

describe.each(adapters)('an application with one policy, on %s', (name) => {
  it('is not ambiguous where there is one policy', async () => {
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

  it('leaves a say to the entry of a path', async () => {
    const { preflight, send } = await application();
    expect(preflight('GET', '/private/a')).toEqual([all, 'or path "/private"']);
    const { said } = await send('GET', '/private/a');
    expect([labelOf(said!), said!.alternative?.label]).toEqual([all, 'path "/private"']);
    expect(preflight('GET', '/else')).toEqual([all]);
  });

  it('grants nothing where a path can be read as that of an entry', async () => {
    const { preflight, send } = await application();
    expect(preflight('GET', '/assets/%2e%2e/private')).toEqual([all, `or ${ambiguous.slice(1, -1)}`]);
    const { said } = await send('GET', '/x/%2e%2e/private');
    expect(said!.alternative).toMatchObject({ origin: { kind: 'ambiguous' }, rejectDisallowed: true });
  });

  it('is alone where the readings of a path are its own too, or the entry has its policy', async () => {
    const { preflight } = await application();
    expect(preflight('GET', '/a//B/%20')).toEqual([all]);
    const { preflight: covered } = await application([{ path: '/private', policy: { origin: 'https://all.example' } }]);
    expect(covered('GET', '/else/x')).toEqual([all]);
  });

  it('is alone where it is no route for everything', async () => {
    const { router } = await routedApplication(name, { controllers: [AdminController], cors: { paths: [PRIVATE] } });
    expect(router.actual('POST', '/admin', { headers: {} }).alternative).toBeUndefined();
  });
});

describe('a route of another library', () => {
  it('is governed by entries alone, not by the controllers that its path resembles', async () => {
    const before = (instance: Express) => void instance.post('//admin', (_request, response) => void response.end());
    const { preflight } = await routedApplication('express', { controllers: [AdminController], before });
    expect(preflight('POST', '//admin')).toEqual([defaults]);
  });
});
