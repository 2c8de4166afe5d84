import { shared } from './jest.base.js';
import { GENERATED, globsOf } from './test-runs.js';

/** Generated cases, models, floods and corpora: `npm run test:generated`. */
export default { ...shared, testMatch: globsOf(GENERATED) };
