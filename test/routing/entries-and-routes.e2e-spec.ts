import { Controller, Get, Post, Put } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { type AdapterName, closeRouted, labelOf, routedApplication } from './routed-application.js';

@Controller('files')
class FilesController {
  @Post(':name') @CorsPolicy({ origin: 'https://nest.example' }) upload() {}
}

/** One path in upper case, wherever it is, has Fastify compare every path in lower case too. */
@Controller('userProfile')
class ProfilesController {
  @Get(':id') @CorsPolicy({ origin: 'https://profile.example' }) one() {}
}

@Controller('legacy')
class LegacyController {
  @Get('own') own(): string {
    return 'own';
  }
  @Put('own') put(): string {
    return 'put';
  }
  @Get('secret') @DisableCors() secret(): string {
    return 'secret';
  }
}

const adapters: readonly AdapterName[] = ['express', 'fastify'];
const LONG = 'x'.repeat(3000);

afterEach(closeRouted);

describe.each(adapters)('an entry for every path, on %s', (name) => {
  it('methods that controllers lack: have its policy, as with an entry for some paths', async () => {
    const paths = [{ path: '/', policy: { origin: 'https://files.example' } }];
    const { preflight } = await routedApplication(name, { controllers: [FilesController], cors: { paths } });
    expect(preflight('GET', '/files/a.txt')).toEqual(['(path "/")']);
    expect(preflight('POST', '/files/a.txt')).toEqual(['FilesController.upload']);
  });
});

describe.each(adapters)('a long query on %s', (name) => {
  it.each([
    `/graphql?query=${LONG}`,
    `/Reports/q?s=${LONG}`,
    `/reports/a%20b?s=${LONG}`,
    `http://host/graphql?q=${LONG}`,
  ])('makes no difference: %.16s', async (url) => {
    const policy = { maxAge: 5 };
    const paths = ['/graphql', '/Reports', '/reports'].map((path) => ({ path, policy }));
    const publicFiles = { path: '/assets', policy: { origin: '*' } };
    const controllers = [ProfilesController];
    const { preflight } = await routedApplication(name, { controllers, cors: { paths: [...paths, publicFiles] } });
    const [label] = preflight('GET', url);
    expect([label]).toEqual(preflight('GET', url.slice(0, -LONG.length)));
    expect(label).toMatch(/^\(path/);
  });

  it('path that is too long: is found all the same', async () => {
    const paths = [{ path: '/graphql', policy: { maxAge: 5 } }];
    const { preflight } = await routedApplication(name, { controllers: [ProfilesController], cors: { paths } });
    expect(preflight('GET', `/graphql/%20${LONG}?q`)).toEqual(['(a path that can be read in two ways)']);
  });
});

describe("Nest's own routes of Express below an external path", () => {
  it('router of another library in front: they keep their policy where it passes requests on', async () => {
    const before = (instance: Express) => {
      const legacy = express.Router();
      legacy.all('/*splat', (request, response, next) => (request.path === '/old' ? response.end('old') : next()));
      instance.use('/legacy', legacy);
    };
    const cors = { paths: [{ path: '/legacy', external: true as const }] };
    const { preflight, all, send } = await routedApplication('express', {
      controllers: [LegacyController],
      cors,
      before,
    });
    const said = async (path: string) => {
      const { body, said: destination } = await send('GET', path);
      return [body, labelOf(destination!), destination!.alternative];
    };
    expect(await said('/legacy/secret')).toEqual(['secret', 'LegacyController.secret', undefined]);
    expect(await said('/legacy/own')).toEqual(['own', 'module defaults', undefined]);
    expect(await said('/legacy/old')).toEqual(['old', '(path "/legacy" (external))', undefined]);
    expect(preflight('PUT', '/legacy/own')).toEqual(['module defaults']);
    expect(preflight('PUT', '/legacy/old')).toEqual(['(path "/legacy" (external))']);
    expect(all('PUT', '/legacy/own')).toContain('GET module defaults');
  });
});
