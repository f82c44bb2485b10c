// The package brings no types. Only what report.ts uses of it.
declare module 'cli-progress' {
  class SingleBar {
    constructor(options: {
      format: string;
      barCompleteChar?: string;
      barIncompleteChar?: string;
      hideCursor?: boolean;
      stream?: NodeJS.WritableStream;
    });
    start(total: number, value: number): void;
    update(value: number): void;
    stop(): void;
  }
  const cliProgress: { SingleBar: typeof SingleBar };
  export default cliProgress;
}
