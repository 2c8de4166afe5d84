/** A connection that listens. */
export interface Listening {
  /** Resolves, to the reason, when it listens no more. Never rejects. */
  readonly lost: Promise<unknown>;
}

/**
 * Starts to listen. Rejects when that fails, and leaves nothing open then.
 *
 * @param onPayload is told of every notification; must not throw
 * @param signal when it is aborted, the listening ends and what was opened for it is closed
 */
export type OpenListening = (onPayload: (payload: string) => void, signal: AbortSignal) => Promise<Listening>;
