import type { Log } from '../../../src/base/log';

/** A log that keeps what is written to it. */
export class RecordingLog implements Log {
  readonly lines: string[] = [];

  readonly trace = (message: string): void => this.add('trace', message);
  readonly debug = (message: string): void => this.add('debug', message);
  readonly info = (message: string): void => this.add('info', message);
  readonly warn = (message: string): void => this.add('warn', message);
  readonly error = (message: string): void => this.add('error', message);

  private add(level: string, message: string): void {
    this.lines.push(`${level}: ${message}`);
  }
}
