import { createHook } from 'node:async_hooks';
import findMyWay from 'find-my-way';

/** What is counted of the library's work: all of it is deterministic, as time is not. */
export interface Operations {
  /** Look-ups in Maps and Sets. */
  readonly lookups: number;
  /** Maps and Sets made. */
  readonly collections: number;
  /** Regular expressions run, by whatever method of texts or expressions. */
  readonly expressions: number;
  /** Times that an array is gone through by a method that takes a function, which is an object of its own mostly. */
  readonly passes: number;
  /** Elements gone through, by such methods, by searching in an array, and by iterators. Not by loops with an index. */
  readonly steps: number;
  /** Searches of find-my-way, the router of Fastify. */
  readonly searches: number;
  /** Promises made. */
  readonly promises: number;
}

type Name = keyof Operations;
type Method = (...args: unknown[]) => unknown;

const PASSES = ['map', 'filter', 'find', 'some', 'every', 'flatMap', 'forEach', 'reduce'];

const COUNTED: readonly (readonly [object, readonly string[], Name])[] = [
  [Map.prototype, ['get', 'has'], 'lookups'],
  [Set.prototype, ['has'], 'lookups'],
  [RegExp.prototype, ['exec'], 'expressions'],
  [Array.prototype, PASSES, 'passes'],
  [findMyWay.prototype as object, ['find'], 'searches'],
];

const SEARCHES = ['includes', 'indexOf'];

const ITERATORS = [[], new Map(), new Set()].map((each: object) => Object.getPrototypeOf(iteratorOf(each)) as object);

const COLLECTIONS = ['Map', 'Set'] as const;

/** Counts between `start()` and `stop()`, by standing in for what the language itself offers. */
export class OperationCounter {
  private counts = emptyCounts();
  private readonly sources: string[] = [];
  private readonly restore: (() => void)[] = [];
  private readonly promises = createHook({
    init: (_id, type) => {
      this.counts.promises += type === 'PROMISE' ? 1 : 0;
    },
  });

  start(): void {
    this.stop();
    this.counts = emptyCounts();
    this.sources.length = 0;
    for (const [owner, methods, name] of COUNTED) {
      methods.forEach((method) => this.countCalls(owner as Record<string, Method>, method, name));
    }
    ITERATORS.forEach((iterator) => this.countCalls(iterator as Record<string, Method>, 'next', 'steps'));
    SEARCHES.forEach((method) => this.countSearches(method));
    COLLECTIONS.forEach((name) => this.countInstances(name));
    // What has been counted of the above.
    Object.assign(this.counts, emptyCounts());
    this.sources.length = 0;
    this.promises.enable();
  }

  stop(): void {
    this.promises.disable();
    // Not with forEach(), which may be counted.
    for (let last = this.restore.pop(); last !== undefined; last = this.restore.pop()) {
      last();
    }
  }

  get operations(): Operations {
    return { ...this.counts };
  }

  /** The expressions that were run, in order: where there are too many, they tell whose they are. */
  get expressions(): readonly string[] {
    return [...this.sources];
  }

  private countCalls(owner: Record<string, Method>, method: string, name: Name): void {
    const original = owner[method] as Method;
    const { counts, sources } = this;
    owner[method] = function counted(this: unknown, ...args) {
      counts[name]++;
      if (name === 'expressions') {
        sources.push(String(this));
      }
      return original.apply(this, name === 'passes' ? withSteps(args, counts) : args);
    };
    this.restore.push(() => (owner[method] = original));
  }

  private countSearches(method: string): void {
    const owner = Array.prototype as unknown as Record<string, Method>;
    const original = owner[method] as Method;
    const { counts } = this;
    owner[method] = function counted(this: unknown[], ...args) {
      counts.steps += this.length;
      return original.apply(this, args);
    };
    this.restore.push(() => (owner[method] = original));
  }

  private countInstances(name: (typeof COLLECTIONS)[number]): void {
    const globals = globalThis as unknown as Record<string, unknown>;
    const original = globals[name] as new (...args: unknown[]) => object;
    const { counts } = this;
    globals[name] = new Proxy(original, {
      construct(target, args, newTarget: new (...args: unknown[]) => object) {
        counts.collections++;
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    this.restore.push(() => (globals[name] = original));
  }
}

function emptyCounts(): Record<Name, number> {
  return { lookups: 0, collections: 0, expressions: 0, passes: 0, steps: 0, searches: 0, promises: 0 };
}

/** The arguments of a pass, with a function that counts the elements that it is called for. */
function withSteps(args: unknown[], counts: Record<Name, number>): unknown[] {
  const visit = args[0];
  if (typeof visit === 'function') {
    args[0] = function counted(this: unknown, ...given: unknown[]) {
      counts.steps++;
      return (visit as Method).apply(this, given);
    };
  }
  return args;
}

function iteratorOf(iterable: object): object {
  return (iterable as Iterable<unknown>)[Symbol.iterator]();
}
