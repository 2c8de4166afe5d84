/**
 * Settles as `pending` does, or rejects when that takes longer. The timer keeps no process alive.
 *
 * @param timeout in milliseconds
 */
export function within<T>(timeout: number, pending: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeout} ms`)), timeout).unref();
    pending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
