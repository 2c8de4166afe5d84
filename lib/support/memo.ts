/** The value of a key, which is made at its first use. */
export function valueOf<Key extends object, Value>(map: WeakMap<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const created = create();
  map.set(key, created);
  return created;
}
