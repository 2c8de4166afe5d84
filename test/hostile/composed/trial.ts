import { Agent, type ClientRequest, request } from 'node:http';
import { type Received, receive } from '../../support/http-client.js';
import type { ProcessUnderTest } from '../process-under-test.js';
import type { Trial } from '../trial.js';
import { type Blueprint, type ComposedAdapter, blueprints } from './blueprint.js';
import { type ComposedCase, composedCase } from './cases.js';
import { type Answers, judgeComposed } from './judge.js';

const FORM = 'origin=https%3A%2F%2Frejecting.test&headers%5Borigin%5D=https%3A%2F%2Frejecting.test&method=GET&url=%2F';

/** Applications that are generated too, and ask for trouble with what they are made of. */
export function composed(adapter: ComposedAdapter): Trial<ComposedCase> {
  const all = blueprints(adapter);
  const agent = new Agent({ keepAlive: true });
  return {
    program: 'composed/main.ts',
    arbitrary: composedCase[adapter](),
    async complaintsAbout(target, hostile, figures) {
      const answers = await exchange(agent, target, hostile).catch((error: Error) => error);
      if (answers instanceof Error) {
        return [`no answer: ${answers.message}`];
      }
      const complaints = judgeComposed(answers, hostile, all[hostile.application] as Blueprint);
      figures?.countComposed(answers);
      return complaints;
    },
    written: (hostile) => ({ ...hostile, blueprint: all[hostile.application] }),
  };
}

/** What takes longer than this hangs, in milliseconds: also a busy machine has answered by then. */
const HANG = 20_000;

function withDeadline(outgoing: ClientRequest): ClientRequest {
  return outgoing.setTimeout(HANG, () => outgoing.destroy(new Error('no answer and no end of the connection')));
}

/** The requests of a case, one after the other. */
async function exchange(agent: Agent, target: ProcessUnderTest, asked: ComposedCase): Promise<Answers> {
  const port = target.ports[asked.application] as number;
  const names = asked.headers.map(([name]) => name).filter((name) => name !== 'cookie');
  const send = (method: string, headers: Record<string, string>, body?: string): Promise<Received> => {
    const all = { Host: asked.host, Origin: asked.origin, ...headers };
    const options = { host: '127.0.0.1', port, path: asked.target, method, headers: all };
    // A kept connection may have been closed meanwhile: then again on a new one.
    return receive(withDeadline(request({ ...options, agent })), body).catch(() =>
      receive(withDeadline(request({ ...options, agent: false })), body),
    );
  };
  const preflight = (method: string): Promise<Received> =>
    send('OPTIONS', {
      'Access-Control-Request-Method': method,
      ...(names.length > 0 && { 'Access-Control-Request-Headers': names.sort().join(',') }),
    });
  const actual = (method: string): Promise<Received> => {
    const headers = Object.fromEntries(asked.headers);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody && asked.form ? FORM : hasBody && headers['content-type'] !== undefined ? '{}' : '';
    if (body === FORM) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
    }
    return send(method, { ...headers, ...(body !== '' && { 'content-length': String(body.length) }) }, body);
  };
  const [one, two] = asked.methods;
  const [firstPreflight, first] = [await preflight(one), await actual(one)];
  const [secondPreflight, second] = [await preflight(two), await actual(two)];
  return { preflights: [firstPreflight, secondPreflight], actuals: [first, second] };
}
