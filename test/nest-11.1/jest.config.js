import { nestLane } from '../tools/nest-lane.js';

export default nestLane(import.meta.dirname);
