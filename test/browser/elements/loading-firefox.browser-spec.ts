import { describe } from '@jest/globals';
import { driveFirefox } from '../firefox/driven-browser.js';
import { describeLoading } from './loading.js';

describe('what elements load in Firefox', () => {
  describeLoading(driveFirefox);
});
