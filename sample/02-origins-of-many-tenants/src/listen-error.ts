import { StartupError } from './settings.js';

/** A port that cannot be listened on, told to the person who started the sample; any other error as it is. */
export function listenError(error: unknown, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} is in use. Stop what listens there, or choose others: ` +
          'PORTS=5000,5001,5002,5003 WEB_PORTS=5010,5011,5012 npm run start:02',
      );
    case 'EACCES':
      return new StartupError(`Port ${port} is not open to this user. Choose one above 1023.`);
    default:
      return error;
  }
}
