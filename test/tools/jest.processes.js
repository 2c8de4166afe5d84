import { shared } from './jest.base.js';
import { PROCESSES, globsOf } from './test-runs.js';

/** What starts processes or compilers, and PostgreSQL in this process: `npm run test:processes`. */
export default { ...shared, testMatch: globsOf(PROCESSES) };
