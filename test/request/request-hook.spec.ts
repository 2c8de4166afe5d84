import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { CorsEvaluator } from '../../lib/request/evaluator.js';
import { CorsRequestHook } from '../../lib/request/request-hook.js';
import { DecisionReporter } from '../../lib/request/decision-reporter.js';

/** As much of a response as the hook touches. */
class FakeResponse extends EventEmitter {
  readonly headers = new Map<string, unknown>();
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  getHeader(name: string) {
    return this.headers.get(name.toLowerCase());
  }
  setHeader(name: string, value: unknown) {
    this.headers.set(name.toLowerCase(), value);
  }
  getHeaderNames() {
    return [...this.headers.keys()];
  }
  end() {
    this.writableEnded = true;
  }
}

const preflight = {
  method: 'OPTIONS',
  url: '/',
  headers: { origin: 'https://a.example', 'access-control-request-method': 'PUT' },
} as unknown as IncomingMessage;
const actual = { method: 'GET', url: '/', headers: { origin: 'https://a.example' } } as unknown as IncomingMessage;

const defects: [string, Partial<CorsEvaluator>][] = [
  [
    'throws',
    {
      preflight: () => {
        throw new Error('defect');
      },
      actual: () => {
        throw new Error('defect');
      },
    },
  ],
  [
    'rejects',
    {
      preflight: () => Promise.reject(new Error('defect')),
      actual: () => Promise.reject(new Error('defect')),
    },
  ],
];

describe.each(defects)('request hook › decision that %s', (_name, evaluator) => {
  const logged = jest.fn();
  const hook = new CorsRequestHook(evaluator as CorsEvaluator, new DecisionReporter([]));
  const handle = (request: IncomingMessage, response: FakeResponse) =>
    new Promise<'answered' | 'passed on'>((resolve) => {
      response.end = () => {
        response.writableEnded = true;
        resolve('answered');
      };
      hook.receive(request, response as unknown as ServerResponse, (answer = () => resolve('passed on')) => answer());
    });

  beforeEach(() => void jest.spyOn(Logger.prototype, 'error').mockImplementation(logged));
  afterEach(() => void jest.restoreAllMocks());

  it('preflight: is refused without Access-Control headers', async () => {
    const response = new FakeResponse();
    await expect(handle(preflight, response)).resolves.toBe('answered');
    expect(response.statusCode).toBe(403);
    expect([...response.headers.keys()].sort()).toEqual(['content-length', 'vary']);
    expect(logged).toHaveBeenCalled();
  });

  it('other request: passes without Access-Control headers and without an error', async () => {
    const response = new FakeResponse();
    await expect(handle(actual, response)).resolves.toBe('passed on');
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('response that has ended: nothing is written', async () => {
    const response = Object.assign(new FakeResponse(), { headersSent: true });
    await expect(handle(preflight, response)).resolves.toBe('passed on');
    expect(response.headers.size).toBe(0);
  });
});

describe('request hook › decision that fails with a secret in its error', () => {
  it('log: shows the stack frames without the secret', () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const evaluator: Partial<CorsEvaluator> = {
      actual: () => {
        throw new Error('connect to redis://:hunter2@cache failed');
      },
    };
    const hook = new CorsRequestHook(evaluator as CorsEvaluator, new DecisionReporter([]));
    hook.receive(actual, new FakeResponse(), () => {});
    const [line, stack] = logged.mock.lastCall as unknown as [string, string];
    expect(line).toMatch(/please report it\. Error: connect to redis:\/\/\*\*\*@cache failed$/);
    expect(stack).toMatch(/^Error: connect to redis:\/\/\*\*\*@cache failed\n\s+at /);
    logged.mockRestore();
  });
});
