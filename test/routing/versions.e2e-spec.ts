import {
  Controller,
  Get,
  All,
  Module,
  Post,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CannedRequest, disagreements, versionDisagreements } from './agreement.js';
import {
  type AdapterName,
  closeApplications,
  labelOf,
  type ObservedApplication,
  observe,
} from './observed-application.js';
import { expressRegistrations, fastifyRegistrationLog, tableAsRegistered } from './registered-routes.js';

@Controller({ path: 'things', version: '1' })
class FirstController {
  @Get() list() {}
  @Get(':id') one() {}
  @Get('fixed') fixed() {}
  @Version('9') @Get('nine') nine() {}
  @Post(['a', 'b']) paths() {}
}
@Controller({ path: 'things', version: ['2', '3'] })
class SecondController {
  @Get() list() {}
  @Get(':id') one() {}
  @Version(VERSION_NEUTRAL) @Get('neutral') neutral() {}
}
@Controller({ path: 'things', version: ['4', VERSION_NEUTRAL] })
class FourthController {
  @Get() list() {}
  @Get('nine') nine() {}
}
@Controller('things')
class PlainController {
  @Get('plain') plain() {}
  @Version(['5', '1']) @Get('sometimes') sometimes() {}
  @All('every') every() {}
}
@Controller({ path: 'any', version: '7' })
class AnyController {
  @All() any() {}
  @All(':id') anyOne() {}
}
@Controller({ path: 'any', version: VERSION_NEUTRAL })
class NeutralController {
  @Get(':id/sub') sub() {}
}
@Controller({ path: 'elsewhere', host: 'one.example', version: '1' })
class HostedController {
  @Get() hosted() {}
}
@Module({
  controllers: [
    FirstController,
    SecondController,
    FourthController,
    PlainController,
    AnyController,
    NeutralController,
    HostedController,
  ],
})
class VersionedModule {}

const versions = ['1', '2', '3', '4', '5', '7', '9', '10', '', '1,2', '2,1', 'throw', ' 1', 'v1'];
const targets = [
  ...['/things', '/things/', '/things/x', '/things/fixed', '/things/nine', '/things/neutral', '/things/plain'],
  ...[
    '/things/sometimes',
    '/things/every',
    '/things/a',
    '/things/b',
    '/any',
    '/any/1',
    '/any/1/sub',
    '/elsewhere',
    '/',
  ],
];

/** The version of a request in the words of each kind of versioning. */
const kinds: [string, VersioningOptions, (version: string) => Record<string, string>][] = [
  ['a header', { type: VersioningType.HEADER, header: 'X-Version' }, (version) => ({ 'x-version': version })],
  [
    'a header, with a default',
    { type: VersioningType.HEADER, header: 'x-version', defaultVersion: ['1', VERSION_NEUTRAL] },
    (version) => ({ 'x-version': version }),
  ],
  [
    'the media type',
    { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    (version) => ({ accept: `application/json;v=${version}` }),
  ],
  [
    'an extractor',
    {
      type: VersioningType.CUSTOM,
      extractor: (request) => {
        const { headers } = request as { headers: Record<string, string | undefined> };
        const version = headers['x-version'] ?? '';
        return version.includes(',') ? version.split(',') : version;
      },
    },
    (version) => ({ 'x-version': version }),
  ],
];

describe.each<AdapterName>(['express', 'fastify'])('versions on %s', (name) => {
  describe.each(kinds)('in %s', (_kind, options, headersFor) => {
    let observed: ObservedApplication;
    const registered = fastifyRegistrationLog();
    beforeAll(async () => {
      observed = await observe(name, VersionedModule, {
        instance: (adapter) => registered.listen(adapter),
        configure: (app) => app.enableVersioning(options),
      });
    });
    afterAll(closeApplications);

    const requestsFor = (method: string, target: string): CannedRequest[] => [
      [method, target],
      ...versions.map((version) => [method, target, headersFor(version)] as const),
      [method, target, { ...headersFor('1'), host: 'one.example' }],
    ];

    it('routes of Nest: are those that it registered with the adapter', () => {
      expect(tableAsRegistered(observed)).toEqual(
        name === 'express' ? expressRegistrations(observed) : registered.all(),
      );
    });

    it.each(['GET', 'POST', 'HEAD', 'PUT'])('request %s: finds the handler that it reaches', async (method) => {
      for (const target of targets) {
        expect(await versionDisagreements(observed, requestsFor(method, target))).toEqual([]);
      }
    });

    it('route that no version reaches: is no candidate', async () => {
      for (const target of targets) {
        const reached = new Set<string | undefined>();
        for (const request of requestsFor('GET', target)) {
          reached.add((await observed.request(...request)).reached);
        }
        reached.delete(undefined);
        for (const host of ['localhost', 'one.example']) {
          const candidates = observed.matcher.candidates('GET', target, host).map(({ route }) => labelOf(route));
          expect({ target, unreached: candidates.filter((label) => !reached.has(label)) }).toEqual({
            target,
            unreached: [],
          });
        }
      }
    });
  });

  it.each([undefined, false, 'ver-'] as const)('versions in the path, with prefix %s: are found', async (prefix) => {
    const observed = await observe(name, VersionedModule, {
      configure: (app) => {
        app.setGlobalPrefix('api', { exclude: ['things/plain', 'any'] });
        app.enableVersioning({ type: VersioningType.URI, ...(prefix === undefined ? {} : { prefix }) });
      },
    });
    const prefixes = ['', '/1', '/v1', '/ver-1', '/v2', '/2', '/v3', '/v4', '/v5', '/v7', '/ver-7', '/v9', '/v10'];
    const paths = prefixes.flatMap((version) =>
      targets.flatMap((path) => [`${version}${path}`, `/api${version}${path}`]),
    );
    const requests = paths.map((path) => ['GET', path] as const);
    expect(await disagreements(observed, requests)).toEqual([]);
    await closeApplications();
  });

  it('extractor that throws: finds no route', async () => {
    const observed = await observe(name, VersionedModule, {
      configure: (app) =>
        app.enableVersioning({
          type: VersioningType.CUSTOM,
          extractor: (request) => {
            if ((request as { headers: Record<string, string> }).headers['x-version'] === 'throw') {
              throw new Error('no version in that');
            }
            return '1';
          },
        }),
    });
    const requests = ['/things', '/things/plain'].map((target) => ['GET', target] as const);
    expect(await versionDisagreements(observed, requests)).toEqual([]);
    const thrown = { headers: { 'x-version': 'throw' } };
    expect(observed.matcher.dispatched('GET', '/things', 'localhost', thrown)).toEqual([]);
    await closeApplications();
  });
});
