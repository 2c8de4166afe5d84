import { shared } from './jest.base.js';
import { PROCESSES, globsOf } from './test-runs.js';

/** The command in processes of its own, and PostgreSQL in this one: `npm run test:processes`. */
export default { ...shared, testMatch: globsOf(PROCESSES) };
