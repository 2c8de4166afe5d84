import { importBundle } from '../tools/bundles.js';

await importBundle('e2e-5');
