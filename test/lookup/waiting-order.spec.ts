import { describe, expect, it } from '@jest/globals';
import { type Order, WaitingOrder } from '../../lib/lookup/unknown-origins.js';

function chooseMany(order: WaitingOrder, count: number, isAllowed: (order: Order) => boolean): Order[] {
  return Array.from({ length: count }, () => {
    const chosen = order.choose();
    order.learn(chosen, isAllowed(chosen));
    return chosen;
  });
}

describe('the order of unknown origins that wait', () => {
  it.each(['most-tries', 'newest'] as const)('"%s" finds allowed origins: is that for seven of eight calls', (best) => {
    const order = new WaitingOrder();
    chooseMany(order, 80, (chosen) => chosen === best);
    const chosen = chooseMany(order, 80, (each) => each === best);
    expect(chosen.filter((each) => each === best)).toHaveLength(70);
  });

  it('other order finds more: changes', () => {
    const order = new WaitingOrder();
    chooseMany(order, 800, (chosen) => chosen === 'newest');
    chooseMany(order, 800, (chosen) => chosen === 'most-tries');
    expect(chooseMany(order, 8, () => false).filter((chosen) => chosen === 'most-tries')).toHaveLength(7);
  });

  it('start: prefers the keys that were sent most often', () => {
    const order = new WaitingOrder();
    expect(order.isBefore({ count: 3, since: 1 }, { count: 2, since: 9 })).toBe(true);
    expect(order.isBefore({ count: 2, since: 9 }, { count: 3, since: 1 })).toBe(false);
    expect(order.isBefore({ count: 2, since: 9 }, { count: 2, since: 1 })).toBe(false);
  });

  it('eighth call: prefers the newest keys that came again', () => {
    const order = new WaitingOrder();
    chooseMany(order, 7, () => true);
    expect(order.isBefore({ count: 2, since: 9 }, { count: 3, since: 1 })).toBe(true);
    expect(order.isBefore({ count: 3, since: 1 }, { count: 2, since: 9 })).toBe(false);
    expect(order.isBefore({ count: 1, since: 9 }, { count: 2, since: 1 })).toBe(false);
    expect(order.isBefore({ count: 2, since: 1 }, { count: 1, since: 9 })).toBe(true);
    expect(order.isBefore({ count: 1, since: 9 }, { count: 1, since: 1 })).toBe(true);
  });
});
