/**
 * The rate that a line of a program's output tells, in calculations per second: our own program's exact rate
 * ("12 calculations, 11.834 per second"), or the whole count that programs of the lesson print ("Calculations per second: 12").
 * @returns undefined for any other line
 */
export function parseWorkRate(line: string): number | undefined {
  // Bounded, so that a hostile line of megabytes costs nothing.
  const text = line.slice(0, 200);
  const match = /(?<![\d.])(\d{1,15}(?:\.\d{1,20})?) per second\b/.exec(text) ?? /\bper second:\s*(\d{1,15}(?:\.\d{1,20})?)/i.exec(text);
  return match === null ? undefined : Number(match[1]);
}
