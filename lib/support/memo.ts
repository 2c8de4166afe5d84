/** A Map or a WeakMap. */
interface Memo<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
}

/** The value of a key, which is made at its first use. */
export function valueOf<Key, Value>(map: Memo<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const created = create();
  map.set(key, created);
  return created;
}

/** Makes the value at its first use, because most applications do not use it. */
export function once<Value extends object>(create: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= create());
}
