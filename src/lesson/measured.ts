/** What a container takes on this engine, measured. */
export interface Measured {
  /** What was started. */
  image: string;
  imageBytes: number | null;
  /** From the request to start it to the first byte that it wrote, in milliseconds: one for each run. */
  startMillis: readonly number[];
  /** Memory of a container that only waits, as the engine reads it from the kernel; null where it does not tell. */
  idleBytes: number | null;
  /** What "uname -r" says inside. */
  kernelInside: string;
  /** Of the engine's machine, as the engine says. */
  kernelOutside: string;
  /** The engine's images with a name, the largest first. */
  images: readonly { tag: string; bytes: number }[];
}
