import { types } from 'node:util';
import { storeHint } from './store-hint.js';
import { withoutSecrets } from './secrets/without-secrets.js';

/** Causes below one another that are described. */
const MAX_DEPTH = 3;
/** Errors of an `AggregateError`, and frames of a stack. */
const MAX_ERRORS = 3;
const MAX_FRAMES = 30;

/**
 * An error for a line of the log: name, code, message and causes, with secrets masked. The length is not bounded, so the line
 * has to be cut. Never throws.
 */
export function describeError(error: unknown): string {
  return describeNested(error, 0);
}

/** The description of an error and the frames of its stack, without secrets; `undefined` without a stack. Never throws. */
export function describeStack(error: unknown): string | undefined {
  const frames = framesOf(error);
  return frames.length === 0 ? undefined : [describeError(error).replace(/\n/g, ' '), ...frames].join('\n');
}

/** A copy of an error to pass on as a `cause`, without secrets: loggers print causes as they are. Never throws. */
export function maskedCause(error: unknown): Error {
  const name = isError(error) ? textOf(error, 'name') : undefined;
  const code = read(error, 'code');
  const message = isError(error) ? withoutSecrets(textOf(error, 'message') ?? '') : describeType(error);
  const copy = Object.assign(new Error(message), typeof code === 'string' ? { code: withoutSecrets(code) } : {});
  copy.name = withoutSecrets(name ?? 'Error');
  copy.stack = [`${copy.name}: ${message}`, ...framesOf(error)].join('\n');
  return copy;
}

/** An error of a store for a line of the log, with a hint where one is known. */
export function describeFailure(error: unknown): string {
  const hint = storeHint(error);
  return hint === '' ? describeError(error) : `${describeError(error).replace(/[.:\s]*$/, '.')}${hint}`;
}

/** The type of a value, since the value itself may be a secret. Never throws. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value !== 'object') {
    return `a ${typeof value}`;
  }
  return `an object (${withoutSecrets(textOf(read(value, 'constructor'), 'name') ?? 'without prototype')})`;
}

function describeNested(error: unknown, depth: number): string {
  if (!isError(error)) {
    return describeType(error);
  }
  const name = withoutSecrets(textOf(error, 'name') ?? 'Error');
  const code = read(error, 'code');
  const inner =
    depth < MAX_DEPTH ? [...describeErrors(read(error, 'errors'), depth), ...describeCause(error, depth)] : [];
  return [
    `${name}${typeof code === 'string' ? ` (${withoutSecrets(code)})` : ''}: ${withoutSecrets(textOf(error, 'message') ?? '')}`,
    ...inner,
  ].join('; ');
}

/** Node.js gives an `AggregateError` no message when no address can be reached. */
function describeErrors(errors: unknown, depth: number): readonly string[] {
  if (!Array.isArray(errors)) {
    return [];
  }
  const first = Array.from({ length: Math.min(errors.length, MAX_ERRORS) }, (_, index) => read(errors, index));
  const more = errors.length > MAX_ERRORS ? [`and ${errors.length - MAX_ERRORS} more`] : [];
  return [...first.map((error) => describeNested(error, depth + 1)), ...more];
}

function describeCause(error: object, depth: number): readonly string[] {
  const cause = read(error, 'cause');
  return cause === undefined ? [] : [`caused by ${describeNested(cause, depth + 1)}`];
}

/** The frames without the message, whose lines may look like frames. */
function framesOf(error: unknown): readonly string[] {
  const stack = isError(error) ? textOf(error, 'stack') : undefined;
  const message = textOf(error, 'message') ?? '';
  const header = stack?.indexOf(message) ?? -1;
  const frames = stack?.slice(header === -1 ? 0 : header + message.length) ?? '';
  return withoutSecrets(frames)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES);
}

/** Errors of other realms (`node:vm`, workers) are errors too. */
function isError(value: unknown): value is object {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}

function textOf(value: unknown, key: string): string | undefined {
  const text = read(value, key);
  return typeof text === 'string' ? text : undefined;
}

/** Getters and proxies of application code may throw. */
function read(value: unknown, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
