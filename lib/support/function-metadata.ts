/** The objects from which functions inherit, if those have no metadata. */
const PLAIN: ReadonlySet<unknown> = new Set([Function.prototype, Object.getPrototypeOf(async () => undefined)]);

/**
 * The metadata of a handler. `Reflect.getMetadata()` goes on to `Function.prototype` and `Object.prototype` for every key
 * that the function lacks, and most functions lack most keys: see "Boot and memory" in docs/performance.md.
 */
export function functionMetadata(key: string | symbol, method: object): unknown {
  return PLAIN.has(Object.getPrototypeOf(method))
    ? Reflect.getOwnMetadata(key, method)
    : Reflect.getMetadata(key, method);
}

/** The keys under which {@link functionMetadata} finds something. Reading them takes as long as reading two of many. */
export function functionMetadataKeys(method: object): readonly unknown[] {
  return PLAIN.has(Object.getPrototypeOf(method))
    ? Reflect.getOwnMetadataKeys(method)
    : Reflect.getMetadataKeys(method);
}
