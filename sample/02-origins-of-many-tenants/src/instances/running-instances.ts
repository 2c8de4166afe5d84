/** One instance that listens. */
export interface RunningInstance {
  readonly url: string;
  /** Opens the page of the devtools, once. */
  readonly devtools: string;
  /** How long a removed origin may go on at worst, in seconds: when nobody hears of the change. */
  readonly revocationHorizon: number;
  stop(): Promise<void>;
}

/** All of them. */
export interface RunningInstances {
  readonly instances: readonly RunningInstance[];
  /** For people: where the rows are, and what runs the instances. */
  readonly location: string;
  stop(): Promise<void>;
}
