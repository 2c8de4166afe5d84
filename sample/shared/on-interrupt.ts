/** Stops a sample on Ctrl+C, once: a terminal sends it to every process, and npm and the Nest CLI pass it on. */
export function onInterrupt(stop: () => Promise<void>): void {
  let stopping = false;
  const interrupted = () => {
    if (!stopping) {
      stopping = true;
      void stop().finally(() => process.exit());
    }
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
}
