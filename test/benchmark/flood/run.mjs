import { setImmediate as immediate } from 'node:timers/promises';

// How many fresh allowed origins are served while invented ones are sent at 45 times the budget. Clock and chance are simulated, so that
// the figures are the same on every machine. `npm run build` comes first.

/** A clock that stands still between the steps of a flood, and the timers that it sets off. */
class Clock {
  now = 0;
  /** By the millisecond that they are due in. */
  #timers = new Map();

  install() {
    performance.now = () => this.now;
    globalThis.setTimeout = (run, delay = 0) => {
      const due = Math.ceil(this.now + Math.max(1, delay));
      const timer = { due, run, unref: () => timer };
      if (!this.#timers.has(due)) {
        this.#timers.set(due, new Set());
      }
      this.#timers.get(due).add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => this.#timers.get(timer?.due)?.delete(timer);
  }

  /** Runs what is due within the time, in order. */
  async advance(time) {
    await immediate();
    for (const end = this.now + time; this.now < end;) {
      this.now++;
      const due = this.#timers.get(this.now) ?? [];
      this.#timers.delete(this.now);
      for (const timer of due) {
        timer.run();
        await immediate();
      }
    }
  }
}

/** xorshift32: chance that is the same in every run. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const clock = new Clock();
clock.install();
Math.random = randomFrom(7);
const { CallQueue } = await import('../../../dist/files/lookup/call-queue.js');
const { LookupCache } = await import('../../../dist/files/lookup/lookup-cache.js');
const { OpenDeadlines } = await import('../../../dist/files/lookup/deadline.js');
const { PolicyCatalog } = await import('../../../dist/files/policy/policy-catalog.js');

const SECONDS = 20;
const STEP = 10;
const TIMES = 45;
const FRESH = 100;
const { lookups } = new PolicyCatalog({});

/** Which origin is sent `index`th, when each is sent `sends` times. */
const FLOODS = {
  'at once': (index, sends) => Math.floor(index / sends),
  // A second's worth of origins, sent again in each of the next seconds.
  'every second': (index, sends, perSecond) =>
    Math.floor(index / (perSecond * sends)) * perSecond + (index % perSecond),
  // New ones in each second, and each is repeated in the following seconds.
  'every second, by turns': (index, sends, perSecond) => {
    const second = Math.floor(index / perSecond);
    const each = Math.max(1, Math.floor(perSecond / sends));
    const place = index % perSecond;
    return (second - (Math.floor(place / each) % sends) + sends) * each + (place % each);
  },
  // As many as the whole flood needs, over and over.
  'round and round': (index, sends, perSecond) => index % Math.ceil((perSecond * SECONDS) / sends),
};

/** When an origin tries again, in milliseconds after its first try. */
const CLIENTS = {
  'every 1.5 s': (elapsed) => elapsed % 1500 === 0,
  'a page of three calls every 3 s': (elapsed) => elapsed % 3000 < 30,
};

async function served(flood, sends, client, missesPerSecond) {
  const perSecond = TIMES * missesPerSecond;
  let calls = 0;
  const target = {
    provider: {
      isOriginAllowed: (origin) => {
        calls++;
        return Promise.resolve(origin.startsWith('https://fresh-'));
      },
    },
    subject: 'Origins',
    policy: 'default',
    timeout: lookups.timeout,
    report: () => undefined,
    open: new OpenDeadlines(),
  };
  const queue = new CallQueue({ timeout: lookups.timeout, missesPerSecond, concurrency: lookups.concurrency });
  const cache = new LookupCache(target, { ...lookups.cache, missesPerSecond }, queue);
  const waiting = new Set(Array.from({ length: FRESH }, (_, i) => i));
  const startOf = (fresh) => 2000 + fresh * (10_000 / FRESH);
  let index = 0;
  for (let time = 0; time < SECONDS * 1000; time += STEP) {
    for (; index < (perSecond * (time + STEP)) / 1000; index++) {
      void cache.lookUp(`https://evil-${flood(index, sends, perSecond)}.example`, undefined);
    }
    for (const fresh of waiting) {
      const elapsed = time - startOf(fresh);
      if (elapsed >= 0 && client(elapsed)) {
        void Promise.resolve(cache.lookUp(`https://fresh-${fresh}.example`, undefined)).then((result) => {
          if (result === 'allowed') {
            waiting.delete(fresh);
          }
        });
      }
    }
    await clock.advance(STEP);
  }
  queue.close();
  await clock.advance(STEP);
  return { served: FRESH - waiting.size, calls };
}

const SENDS = [1, 2, 3, 5, 7, 10, 15, 20];
const budgets = process.argv.includes('--quick') ? [10] : [10, lookups.missesPerSecond];
for (const missesPerSecond of budgets) {
  for (const [clientName, client] of Object.entries(CLIENTS)) {
    console.log(
      `missesPerSecond ${missesPerSecond}, ${FRESH} fresh origins, ${clientName}; served (lookup calls), by sends of each invented origin`,
    );
    console.log(`${''.padEnd(24)}${SENDS.map((sends) => String(sends).padStart(11)).join('')}`);
    for (const [name, flood] of Object.entries(FLOODS)) {
      const cells = [];
      for (const sends of SENDS) {
        const result = await served(flood, sends, client, missesPerSecond);
        cells.push(`${result.served} (${result.calls})`.padStart(11));
      }
      console.log(`${name.padEnd(24)}${cells.join('')}`);
    }
  }
}
process.exit();
