/**
 * What `pending` settles with, unless the signal is aborted first: TypeORM can't cancel a query, but who waits for it need
 * not wait on.
 *
 * @throws the signal's reason
 */
export function unlessAborted<T>(signal: AbortSignal, pending: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) {
      abort();
    }
  });
}
