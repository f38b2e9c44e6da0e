import * as l10n from '@vscode/l10n';
import type { Engines } from '../engine/engines';
import { findContainer } from './findContainer';
import { numberOf, textOf, type Tool } from './tool';

const usualLines = 100;
const mostLines = 1_000;
/** The newest is kept. */
const mostChars = 60_000;

/** The last lines that a container wrote. */
export function containerLogs(engines: Engines): Tool {
  const read = async (input: unknown): Promise<Awaited<ReturnType<typeof findContainer>> & { lines: number }> =>
    ({ ...await findContainer(engines, textOf(input, 'container')), lines: Math.round(numberOf(input, 'lines', 1, mostLines) ?? usualLines) });
  return {
    ask: async (input) => {
      const { words, lines } = await read(input);
      return {
        title: l10n.t('Read the log of {0}?', words),
        message: l10n.t('The language model gets the last {0} lines that {1} wrote. A log can hold what is private. Nothing is changed.', lines, words),
        doing: l10n.t('Reading the log of {0}', words),
      };
    },
    run: async (input, signal) => {
      const { container: { id, name }, engine, lines } = await read(input);
      const { tty } = await engine.inspectContainer(id);
      let log = '';
      let cut = false;
      const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
      for await (const { stream, data } of await engine.containerLogs(id, { follow: false, tail: lines, tty }, signal)) {
        log += decoders[stream].decode(data, { stream: true });
        if (log.length > mostChars * 2) {
          log = log.slice(-mostChars);
          cut = true;
        }
      }
      cut ||= log.length > mostChars;
      return JSON.stringify({ container: name, log: log.slice(-mostChars), ...cut ? { note: 'The beginning is left out.' } : {} });
    },
  };
}
