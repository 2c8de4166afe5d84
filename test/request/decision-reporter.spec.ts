import { describe, expect, it } from '@jest/globals';
import { refusal } from '../../lib/decision/actual-decision.js';
import { DecisionReporter } from '../../lib/request/decision-reporter.js';
import { policy } from '../decision/policies.js';

const refused = { decision: refusal(policy({}), 'origin-not-listed'), match: undefined, requestLookups: undefined };
const request = { method: 'GET', url: '/orders', origin: 'https://stranger.example', adapterRequest: {} };

describe('decision reporter', () => {
  it('observers are added, removed, and throw: reports to each of the others', () => {
    const seen: string[] = [];
    const failing = {
      wants: () => true,
      observe: () => {
        throw new Error('observer');
      },
    };
    const indifferent = { wants: () => false, observe: () => void seen.push('indifferent') };
    const keen = { wants: () => true, observe: () => void seen.push('keen') };
    const reporter = new DecisionReporter([indifferent]);
    reporter.add(failing);
    reporter.add(keen);
    reporter.actual(refused, true, request);
    reporter.remove(keen);
    reporter.actual(refused, true, request);
    expect(seen).toEqual(['keen']);
  });

  it('reason that no observer wants: makes no event', () => {
    const reporter = new DecisionReporter([{ wants: () => false, observe: () => {} }], {
      placeOf: () => {
        throw new Error('asked');
      },
    });
    expect(() => reporter.actual(refused, true, request)).not.toThrow();
  });
});
