/** The most entries of one Map. Splitting a Map and growing one move all of its entries, so this bounds their time. */
export const MAX_TOGETHER = 1_024;
const BITS = 4;
const BRANCHES = 1 << BITS;
const LAST = BRANCHES - 1;
/** How often a hash of 32 bits can be split. */
const MAX_DEPTH = 32 / BITS;
/** Random, so that origins cannot be chosen that all get into one Map. */
const SEED = Math.floor(Math.random() * 2 ** 32);

type Node<Value> = Map<string, Value> | readonly Branch<Value>[];
interface Branch<Value> {
  node: Node<Value>;
}

/** A Map of strings that adds each entry in a bounded time. The built-in Map pauses when it grows: see docs/performance.md. */
export class SplitMap<Value> {
  readonly #root: Branch<Value> = { node: new Map() };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const { node } = this.#root;
    return node instanceof Map ? node.get(key) : leafIn(node, key).get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: Value & NonNullable<unknown>): void {
    let branch = this.#root;
    let hash = branch.node instanceof Map && branch.node.size < MAX_TOGETHER ? 0 : hashOf(key);
    for (let depth = 0; ; depth++) {
      if (branch.node instanceof Map) {
        if (branch.node.size < MAX_TOGETHER || depth === MAX_DEPTH || branch.node.has(key)) {
          const before = branch.node.size;
          this.#size += branch.node.set(key, value).size - before;
          return;
        }
        branch.node = split(branch.node, depth);
      }
      branch = branch.node[hash & LAST] as Branch<Value>;
      hash >>>= BITS;
    }
  }

  delete(key: string): void {
    const { node } = this.#root;
    if ((node instanceof Map ? node : leafIn(node, key)).delete(key)) {
      this.#size--;
    }
  }
}

function leafIn<Value>(branches: readonly Branch<Value>[], key: string): Map<string, Value> {
  let node: Node<Value> = branches;
  for (let hash = hashOf(key); !(node instanceof Map); hash >>>= BITS) {
    node = (node[hash & LAST] as Branch<Value>).node;
  }
  return node;
}

function split<Value>(entries: ReadonlyMap<string, Value>, depth: number): readonly Branch<Value>[] {
  const maps = Array.from({ length: BRANCHES }, () => new Map<string, Value>());
  for (const [key, value] of entries) {
    maps[(hashOf(key) >>> (depth * BITS)) & LAST]?.set(key, value);
  }
  return maps.map((node) => ({ node }));
}

/** The mixing of MurmurHash3, by character: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp */
function hashOf(key: string): number {
  let hash = SEED;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
