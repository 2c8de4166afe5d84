import { describe, expect, it } from '@jest/globals';
import { createPathPolicies } from '../../lib/routing/path-policies.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { policy } from '../decision/policies.js';

const express = (settings: object = {}): RouterAdapter => ({
  getInstance: () => ({ router: settings }),
  applyVersionFilter: (handler) => handler,
});

describe('the policies of paths', () => {
  const files = policy({ label: 'files' });
  const everything = policy({ label: 'everything' });

  it('target that has no path: has none', async () => {
    const paths = await createPathPolicies([{ path: '/', policy: everything }], express());
    expect(paths.find('http://[')?.policy).toBeUndefined();
    expect(paths.find('/x')?.policy).toBe(everything);
  });

  it('letter case: is compared as by the router', async () => {
    const entries = [{ path: '/Files', policy: files }];
    expect((await createPathPolicies(entries, express())).find('/fILES/x')?.policy).toBe(files);
    expect(
      (await createPathPolicies(entries, express({ caseSensitive: true }))).find('/fILES/x')?.policy,
    ).toBeUndefined();
    expect((await createPathPolicies(entries, express({ caseSensitive: true }))).find('/Files/x')?.policy).toBe(files);
  });

  it('several entries, in any order: the longest one is in force', async () => {
    const entries = [
      { path: '/', policy: everything },
      { path: '/files', policy: files },
    ];
    for (const written of [entries, entries.toReversed()]) {
      const paths = await createPathPolicies(written, express());
      expect([paths.find('/files')?.policy, paths.find('/files/a')?.policy, paths.find('/filesystem')?.policy]).toEqual(
        [files, files, everything],
      );
    }
  });

  it('slashes at the end of an entry: make no difference', async () => {
    for (const path of ['/files', '/files/', '/files//']) {
      const { find } = await createPathPolicies([{ path, policy: files }], express());
      expect([find('/files')?.policy, find('/files/a')?.policy, find('/filesystem')?.policy]).toEqual([
        files,
        files,
        undefined,
      ]);
    }
  });

  it('letters that have only their capitals in common: are told apart', async () => {
    const { find } = await createPathPolicies([{ path: '/stra\u00dfe', policy: files }], express());
    expect([find('/STRA\u00dfE/1')?.policy, find('/strasse/1')?.policy]).toEqual([files, undefined]);
  });

  it('no entries: have none', async () => {
    for (const adapter of [express(), fastify()]) {
      expect((await createPathPolicies([], adapter)).find('/x')?.policy).toBeUndefined();
    }
  });
});

/** No more of Fastify than its public API, with these settings of its router. */
const fastify = (initialConfig: object = {}): RouterAdapter => ({
  getInstance: () => ({ hasRoute: () => false, findRoute: () => null, initialConfig }),
  applyVersionFilter: (handler) => handler,
});

describe('the policies of paths on Fastify', () => {
  const files = policy({ label: 'files' });
  const everything = policy({ label: 'everything' });
  const covered = async (path: string, urls: readonly string[], adapter = fastify()) => {
    const { find } = await createPathPolicies([{ path, policy: files }], adapter);
    return urls.filter((url) => find(url)?.policy === files);
  };
  const uncovered = async (path: string, urls: readonly string[]) => {
    const { find } = await createPathPolicies([{ path, policy: files }], fastify());
    return urls.filter((url) => find(url) === undefined);
  };

  it.each(['%23', '%24', '%25', '%26', '%2B', '%2C', '%2f', '%2F', '%3A', '%3B', '%3D', '%3F', '%40', '%20', '%C3%A9'])(
    'path with the escape %s: is covered, and none that merely resembles it',
    async (escape) => {
      const path = `/c${escape}d`;
      const twice = `/c${escape.replaceAll('%', '%25')}d`;
      expect((await covered(path, [path, `${path}/x?y`, path.toLowerCase().replace('%c3%a9', '%C3%A9')])).length).toBe(
        3,
      );
      expect(await covered(path, [twice, '/cd', '/c', '/c%7Ed', `${path}e`])).toEqual([]);
      expect(await covered(twice, [twice, path])).toEqual([twice]);
    },
  );

  it('escapes: differ from one another, and from every character', async () => {
    expect(await covered('/c%23d', ['/c%24d', '/c%2Fd', '/cundefinedd'])).toEqual([]);
    const characters = Array.from({ length: 64 }, (_, index) => String.fromCharCode(0xd7_c0 + index));
    expect(
      await covered(
        '/c%23d',
        characters.map((character) => `/c${encodeURIComponent(character)}d`),
      ),
    ).toEqual([]);
  });

  it('any path: is covered with everything below it', async () => {
    const inside = ['/files', '/files/', '/files/a', '/files/a/b?c', '/files?a/b', 'http://h/files/a'];
    expect(await covered('/files', inside)).toEqual(inside);
    const outside = ['/', '/file', '/filesystem', '/a/files', '/?/files', '/undefined', '/Files'];
    expect(await uncovered('/files', outside)).toEqual(outside);
  });

  it('slashes at the end of an entry: make no difference', async () => {
    for (const path of ['/files', '/files/', '/files//']) {
      expect(await covered(path, ['/files', '/files/a', '/filesystem'])).toEqual(['/files', '/files/a']);
    }
  });

  it('single slash: covers all paths', async () => {
    expect(await covered('/', ['/', '/a', '/a/b', '/?a'])).toEqual(['/', '/a', '/a/b', '/?a']);
  });

  it('several entries, in any order: the longest one is in force', async () => {
    const entries = [
      { path: '/', policy: everything },
      { path: '/files', policy: files },
    ];
    for (const written of [entries, entries.toReversed()]) {
      const { find } = await createPathPolicies(written, fastify());
      expect(['/files', '/files/a', '/filesystem', '/'].map((url) => find(url)?.policy.label)).toEqual([
        ...['files', 'files', 'everything', 'everything'],
      ]);
    }
  });

  it('have no parameters: a colon is a colon', async () => {
    expect(await covered('/v:1', ['/v:1', '/v:1/a', '/v2', '/v1', '/v', '/v::1'])).toEqual(['/v:1', '/v:1/a']);
  });

  it('entry: is written as clients send paths, and compared as the router decodes them', async () => {
    expect(await covered('/caf%C3%A9', ['/caf%C3%A9', '/caf%c3%a9/a', '/caf%25C3%25A9'])).toEqual([
      ...['/caf%C3%A9', '/caf%c3%a9/a'],
    ]);
    expect(await covered('/a%20b%3Cc', ['/a%20b%3Cc/x', '/%61%20b<c', '/a%2520b%253Cc'])).toEqual([
      ...['/a%20b%3Cc/x', '/%61%20b<c'],
    ]);
  });

  it('entry that cannot be decoded: covers nothing else', async () => {
    expect(await uncovered('/%ff', ['/', '/undefined', '/undefined/a', '/%ff'])).toEqual([
      ...['/', '/undefined', '/undefined/a', '/%ff'],
    ]);
  });

  it('letter case: is compared as by the router', async () => {
    const loose = fastify({ routerOptions: { caseSensitive: false } });
    expect(await covered('/Files', ['/fILES/x', '/Files/x'], loose)).toEqual(['/fILES/x', '/Files/x']);
    expect(await covered('/Files', ['/fILES/x', '/Files/x'])).toEqual(['/Files/x']);
  });
});
