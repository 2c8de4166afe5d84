import { describe, expect, it } from '@jest/globals';
import { type ActualDecision, decideActual } from '../../lib/decision/actual-decision.js';
import { combineHandshakes, refusalWithoutOrigin } from '../../lib/decision/handshake-decision.js';
import { policy } from './policies.js';

describe('refusalWithoutOrigin()', () => {
  it.each([
    [undefined, false, undefined],
    [undefined, true, 'jsonp-refused'],
    ['none', false, undefined],
    ['none', true, 'jsonp-refused'],
    ['same-origin', false, undefined],
    ['same-origin', true, undefined],
    ['same-site', false, 'origin-missing'],
    ['cross-site', true, 'origin-missing'],
    ['cross-site, same-origin', false, 'origin-missing'],
    ['', false, 'origin-missing'],
  ])('Sec-Fetch-Site %j, JSONP %j: returns %j', (site, isJsonp, reason) => {
    expect(refusalWithoutOrigin({ site, isJsonp })).toBe(reason);
  });
});

describe('combineHandshakes()', () => {
  const origin = 'https://app.example';
  const decision = (granted: boolean, credentials: boolean): ActualDecision =>
    decideActual(policy({ credentials }), 'GET', origin, granted ? 'origin-listed' : 'origin-not-listed');
  const allowed = decision(true, true);
  const withoutCredentials = decision(true, false);
  const refused = decision(false, true);

  it.each([
    ['one gateway', [[allowed]], false, true],
    ['two of one group', [[allowed, withoutCredentials]], false, false],
    ['one of a group that refuses', [[allowed, refused]], true, false],
    ['one of two groups', [[refused], [allowed]], false, true],
    ['groups that differ in credentials', [[allowed], [withoutCredentials]], false, false],
    ['groups that all refuse', [[refused], [refused]], true, false],
  ])(
    '%s: one group has to allow, and credentials need every gateway of such groups',
    (_, groups, isRefused, allowCredentials) => {
      expect(combineHandshakes(groups)).toMatchObject({ refused: isRefused, allowCredentials });
    },
  );
});
