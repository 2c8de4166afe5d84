import type { ServerResponse } from 'node:http';

/** What header lines are written down as: the kinds of object that Node.js takes, and some that it does not. */
export type Form = 'object' | 'bare object' | 'flat' | 'odd flat' | 'pairs' | 'map' | 'headers' | 'entries of a map';

/** Header lines as an argument. The object is built for each response, so that no response sees what another one left. */
export interface Lines {
  readonly form: Form;
  readonly lines: readonly (readonly [name: unknown, value: unknown])[];
}

/** A call of a method, or an assignment to a property, of a response. */
export interface Call {
  readonly does: 'call' | 'assign';
  readonly member: string;
  readonly values: readonly unknown[];
}

/** Marks an argument that is built from lines. */
export class HeadersArgument {
  constructor(readonly written: Lines) {}

  build(): unknown {
    const { form } = this.written;
    const lines = fresh(this.written.lines) as [unknown, unknown][];
    switch (form) {
      case 'object':
        return Object.fromEntries(lines as [string, unknown][]);
      case 'bare object':
        return Object.assign(Object.create(null) as object, Object.fromEntries(lines as [string, unknown][]));
      case 'flat':
        return lines.flatMap(([name, value]) => [name, value]);
      case 'odd flat':
        return [...lines.flatMap(([name, value]) => [name, value]), 'X-Odd'];
      case 'pairs':
        return lines.map(([name, value]) => [name, value]);
      case 'map':
        return new Map(lines);
      case 'headers':
        return new Headers(lines as [string, string][]);
      case 'entries of a map':
        return new Map(lines).entries();
    }
  }
}

/** Node.js adds to arrays that it is given: each response has arrays of its own. */
function fresh(value: unknown): unknown {
  return Array.isArray(value) ? value.map(fresh) : value;
}

/** Does what the calls say, and ends the response if they did not. Returns what each of them came to. */
export function perform(response: ServerResponse, calls: readonly Call[]): string[] {
  const outcomes: string[] = [];
  response.on('error', () => undefined);
  for (const call of calls) {
    outcomes.push(outcomeOf(() => performOne(response as unknown as Record<string, unknown>, call)));
  }
  if (!response.writableEnded) {
    outcomes.push(outcomeOf(() => void response.end()));
  }
  return outcomes;
}

function performOne(response: Record<string, unknown>, { does, member, values }: Call): void {
  const built = values.map((value) => (value instanceof HeadersArgument ? value.build() : fresh(value)));
  if (does === 'assign') {
    response[member] = built[0];
  } else {
    (response[member] as (...values: unknown[]) => unknown)(...built);
  }
}

function outcomeOf(action: () => void): string {
  try {
    action();
    return 'ok';
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return code ?? name;
  }
}
