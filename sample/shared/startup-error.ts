/** A setting, a port or a database that keeps a sample from starting; the message is all that a person needs. */
export class StartupError extends Error {}

/** A port that cannot be listened on, told to the person who started the sample; any other error as it is. */
export function listenError(error: unknown, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} is in use. Stop what listens there, or choose other ports as the README of the sample shows.`,
      );
    case 'EACCES':
      return new StartupError(`Port ${port} is not open to this user. Choose one above 1023.`);
    default:
      return error;
  }
}

/** Tells why a sample did not start, and ends it: its pages may listen already, and would keep the process. */
export function exitWith(error: unknown): never {
  console.error(error instanceof StartupError ? `\n${error.message}\n` : error);
  process.exit(1);
}
