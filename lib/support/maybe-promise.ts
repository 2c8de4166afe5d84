/** A value that costs a promise only when it takes I/O. */
export type MaybePromise<T> = T | Promise<T>;

/** Applies `use` to a value: at once, or when its promise is fulfilled. */
export function whenSettled<T, Result>(
  value: MaybePromise<T>,
  use: (settled: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** Applies `use` to all the values: at once, or, if one of them is a promise, when all are fulfilled. */
export function whenAll<T, Result>(
  values: readonly MaybePromise<T>[],
  use: (settled: readonly T[]) => Result,
): MaybePromise<Result> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values).then(use) : use(values as readonly T[]);
}
