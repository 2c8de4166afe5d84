import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OriginLookup, OriginLookupContext, OriginPredicate } from '../../lib/options/index.js';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import type { ReportLookupFailure } from '../../lib/logging/lookup-failure.js';
import { RequestLookups } from '../../lib/lookup/request-lookups.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';

const ORIGIN = 'https://a.example';
const request = () => ({ method: 'GET', path: '/', params: {}, host: 'h', origin: ORIGIN });

describe('the lookup calls of a request', () => {
  const report = jest.fn<ReportLookupFailure>();
  let responders: OriginResponders;
  let lookups: RequestLookups;

  beforeEach(() => {
    report.mockClear();
    responders = new OriginResponders({ ...LOOKUP_SETTINGS, timeout: 1000, cache: undefined }, report);
    lookups = new RequestLookups(report);
  });

  function lookUp(provider: OriginLookup | OriginPredicate, fields: Partial<CompiledPolicy> = {}) {
    const responder = responders.bind(provider, policy(fields));
    return typeof provider === 'function'
      ? lookups.lookUp('origin', policy({ ...fields, responders: { origin: responder } }), ORIGIN, request)
      : lookups.lookUp('lookup', policy({ ...fields, responders: { lookup: responder } }), ORIGIN, request);
  }

  afterEach(() => {
    jest.useRealTimers();
  });

  it('same origin, tenant and policy: are made once', async () => {
    const isOriginAllowed = jest.fn(() => Promise.resolve(true));
    const lookup: OriginLookup = { isOriginAllowed };
    const answers = await Promise.all([lookUp(lookup), lookUp(lookup)]);
    expect(answers).toEqual(['allowed', 'allowed']);
    expect(isOriginAllowed).toHaveBeenCalledTimes(1);
  });

  it('another tenant or policy: are made anew', () => {
    const isOriginAllowed = jest.fn(() => true);
    const lookup: OriginLookup = { isOriginAllowed };
    lookUp(lookup, { tenant: () => 'a' });
    lookUp(lookup, { tenant: () => 'b' });
    lookUp(lookup, { tenant: () => 'a', name: 'partners' });
    expect(isOriginAllowed).toHaveBeenCalledTimes(3);
  });

  it('synchronous lookup: returns synchronously', () => {
    expect(lookUp(() => true)).toBe('allowed');
    expect(lookUp(() => false)).toBe('refused');
    expect(report).not.toHaveBeenCalled();
  });

  it('deadline: refuses, aborts the signal, and ignores what comes later', async () => {
    jest.useFakeTimers();
    let context: OriginLookupContext | undefined;
    let answerLate: (allowed: boolean) => void = () => {};
    const answer = lookUp((_origin, given) => {
      context = given;
      return new Promise<boolean>((resolve) => (answerLate = resolve));
    });
    expect(context?.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1000);
    await expect(answer).resolves.toBe('timed-out');
    expect(context?.signal.aborted).toBe(true);
    answerLate(true);
    await expect(answer).resolves.toBe('timed-out');
    expect(report.mock.calls).toEqual([
      ['origin function of test policy', { kind: 'timed-out', timeout: 1000 }, ORIGIN],
    ]);
  });

  it('call after the deadline: has an aborted signal', async () => {
    jest.useFakeTimers();
    let context: OriginLookupContext | undefined;
    const answer = lookUp((_origin, given) => {
      context = given;
      return new Promise<boolean>(() => {});
    });
    await jest.advanceTimersByTimeAsync(1000);
    await answer;
    expect(context?.signal.aborted).toBe(true);
  });

  it('settled calls: leave no timer', async () => {
    jest.useFakeTimers();
    await lookUp(() => Promise.resolve(true));
    await Promise.resolve(lookUp(() => Promise.reject(new Error('no')), { name: 'b' }));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('any thenable, also one that misbehaves: is taken for a promise', async () => {
    const twice = {
      then: (resolve: (answer: boolean) => void) => {
        resolve(false);
        resolve(true);
      },
    };
    await expect(lookUp(() => twice as never)).resolves.toBe('refused');
    const throwing = {
      then: () => {
        throw new Error('no');
      },
    };
    await expect(lookUp(() => throwing as never)).resolves.toBe('failed');
    expect(report).toHaveBeenCalledTimes(1);
  });

  it('name in a message: is the class of the lookup, or where it is written', () => {
    class PartnerOrigins implements OriginLookup {
      isOriginAllowed(): boolean {
        throw new Error('no');
      }
    }
    const bare = Object.assign(Object.create(null) as object, { isOriginAllowed: () => 'yes' as unknown as boolean });
    lookUp(new PartnerOrigins());
    lookUp({ isOriginAllowed: () => 1 as unknown as boolean });
    lookUp(bare as OriginLookup);
    lookUp(new (class extends PartnerOrigins {})());
    expect(report.mock.calls.map(([subject]) => subject)).toEqual([
      'PartnerOrigins',
      'originLookup of test policy',
      'originLookup of test policy',
      'originLookup of test policy',
    ]);
  });
});
