import fc from 'fast-check';
import type { ServerResponse } from 'node:http';
import { EVIL } from './policies.js';

/** How an answer is written: by which call, and with what besides the answer itself. */
export interface Writing {
  readonly by:
    | 'framework'
    | 'writeHead, object'
    | 'writeHead, message'
    | 'writeHead, array'
    | 'setHeaders, Map'
    | 'setHeaders, Headers'
    | 'appendHeader'
    | 'setHeader';
  /** CORS headers of the writer's own. */
  readonly own: 'none' | 'evil' | 'everyone';
  readonly vary: string | undefined;
  /** Values that could be taken for names and values of other headers. */
  readonly tags: readonly string[];
}

export const writing: fc.Arbitrary<Writing> = fc.record({
  by: fc.constantFrom<Writing['by'][]>(
    'framework',
    'writeHead, object',
    'writeHead, message',
    'writeHead, array',
    'setHeaders, Map',
    'setHeaders, Headers',
    'appendHeader',
    'setHeader',
  ),
  own: fc.constantFrom<Writing['own'][]>('none', 'none', 'evil', 'everyone'),
  vary: fc.constantFrom(undefined, undefined, 'Accept', 'accept-encoding, Accept'),
  tags: fc.constantFrom(['a', 'b'], ['a'], ['a', 'Access-Control-Allow-Origin', EVIL], ['Vary', 'X-After', 'no']),
});

/** The part of a framework's response that writes a head. */
export interface FrameworkResponse {
  readonly raw?: ServerResponse;
  hijack?(): unknown;
  header?(name: string, value: string | string[]): unknown;
  send?(body: string): unknown;
}

const OWN: Readonly<Record<Writing['own'], readonly (readonly [string, string])[]>> = {
  none: [],
  evil: [
    ['Access-Control-Allow-Origin', EVIL],
    ['access-control-allow-credentials', 'true'],
    ['Access-Control-Expose-Headers', 'X-Secret'],
  ],
  everyone: [
    ['ACCESS-CONTROL-ALLOW-ORIGIN', '*'],
    ['Access-Control-Allow-Credentials', 'true'],
  ],
};

/** Answers with a head that says who answers, written as told. */
export function write(response: FrameworkResponse, reached: string, { by, own, vary, tags }: Writing): void {
  const headers: [string, string | string[]][] = [
    ['X-Reached', reached],
    ['X-Tags', [...tags]],
    ...OWN[own].map(([name, value]): [string, string] => [name, value]),
    ...(vary === undefined ? [] : [['Vary', vary] as [string, string]]),
    ['X-After', 'yes'],
  ];
  if (by === 'framework' && response.header !== undefined && response.send !== undefined) {
    headers.forEach(([name, value]) => response.header?.(name, value));
    response.send(reached);
    return;
  }
  const raw = response.raw ?? (response as unknown as ServerResponse);
  response.hijack?.();
  if (by === 'writeHead, object') {
    raw.writeHead(200, Object.fromEntries(headers));
  } else if (by === 'writeHead, message') {
    raw.writeHead(200, 'Fine', Object.fromEntries(headers));
  } else if (by === 'writeHead, array') {
    raw.writeHead(200, headers.flat() as string[]);
  } else if (by === 'setHeaders, Map') {
    raw.setHeaders(new Map(headers));
  } else if (by === 'setHeaders, Headers') {
    const filled = new Headers();
    headers.forEach(([name, value]) => [value].flat().forEach((each) => filled.append(name, each)));
    raw.setHeaders(filled);
  } else if (by === 'appendHeader') {
    headers.forEach(([name, value]) => raw.appendHeader(name, value));
  } else {
    headers.forEach(([name, value]) => raw.setHeader(name, value));
  }
  raw.end(reached);
}
