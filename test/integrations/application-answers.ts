/** What a program of this folder tells the test that started it, by question. */
export type Answers = Readonly<Record<string, (value: never) => unknown>>;

/** Answers the test's questions, and keeps the process alive for them until the test ends it. */
export function answer(answers: Answers): void {
  process.on('disconnect', () => process.exit());
  process.on('message', ({ id, question, value }: { id: number; question: string; value: never }) => {
    void (async () => {
      try {
        process.send?.({ id, answer: await answers[question]?.(value) });
      } catch (error) {
        process.send?.({ id, error: String(error) });
      }
    })();
  });
}
