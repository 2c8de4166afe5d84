/** Settles as `pending` does, or rejects with the signal's reason when the signal is aborted first. */
export function untilAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      abort();
    } else {
      signal.addEventListener('abort', abort, { once: true });
    }
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
