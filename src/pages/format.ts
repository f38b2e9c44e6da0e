const noBreakSpace = '\u00a0';

/** Numbers and times as the page writes them, in one locale. Every result stays on one line. */
export interface Format {
  /** Calculations per second: two decimals, fewer from 100 on. */
  rate(perSecond: number): string;
  /** CPU seconds per second: two decimals. */
  cores(cores: number): string;
  /** A share (0 to 1) in percent, with exactly `decimals` decimals. */
  percent(share: number, decimals?: number): string;
  /** A share (0 to 1) in percent, with one decimal only where it says something: "10 %", "12.5 %". */
  shortPercent(share: number): string;
  /** One rate divided by another: three decimals. */
  ratio(ratio: number): string;
  /** A value on an axis: at most two decimals. */
  tick(value: number): string;
  /** A whole number. */
  count(count: number): string;
  /** Local time of day, hours to seconds, of a moment in milliseconds since the epoch. */
  clock(at: number): string;
  /** Local time of day, hours and minutes, of a moment in milliseconds since the epoch. */
  minute(at: number): string;
}

/**
 * @param locale BCP 47 tag; undefined takes the browser's
 * @param timeZone IANA name; undefined takes the browser's
 */
export function createFormat(locale: string | undefined, timeZone?: string): Format {
  const decimals = (minimum: number, maximum: number): ((value: number) => string) => {
    const format = new Intl.NumberFormat(locale, { minimumFractionDigits: minimum, maximumFractionDigits: maximum });
    // No "-0.00" from counters that differ by rounding.
    return value => format.format(Math.abs(value) < 0.5 * 10 ** -maximum ? 0 : value);
  };
  const exactly = [decimals(0, 0), decimals(1, 1), decimals(2, 2), decimals(3, 3)] as const;
  const atMostOne = decimals(0, 1);
  const atMostTwo = decimals(0, 2);
  // One clock for every locale: "22:04:31" is narrow, does not jump in width and needs no am or pm on an axis.
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(timeZone !== undefined && { timeZone }) };
  const clock = new Intl.DateTimeFormat(locale, { ...time, second: '2-digit' });
  const minute = new Intl.DateTimeFormat(locale, time);
  return {
    rate: perSecond => exactly[perSecond < 99.995 ? 2 : perSecond < 999.95 ? 1 : 0](perSecond),
    cores: exactly[2],
    percent: (share, places = 0) => (exactly[places] ?? exactly[0])(share * 100) + noBreakSpace + '%',
    shortPercent: share => atMostOne(share * 100) + noBreakSpace + '%',
    ratio: exactly[3],
    tick: atMostTwo,
    count: exactly[0],
    clock: at => clock.format(at),
    minute: at => minute.format(at),
  };
}
