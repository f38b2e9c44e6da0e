import * as l10n from '@vscode/l10n';
import { HumanError } from './errors';

/**
 * The lines as they may go into a terminal, by us or by the user's own hand. A terminal obeys some characters (Ctrl-C, a line's end)
 * wherever they stand, within quotes too: what comes after them would be a command of its own. A tab only completes.
 * @throws HumanError when there is such a character in them
 */
export function typedLines(lines: readonly string[]): readonly string[] {
  if (lines.some((line) => /[^\P{Cc}\t]|[\u2028\u2029]/u.test(line))) {
    throw new HumanError(l10n.t('These commands hold invisible characters, which a terminal would obey. They were neither run nor copied. The names in them come from the engine: check which engine it is.'));
  }
  return lines;
}
