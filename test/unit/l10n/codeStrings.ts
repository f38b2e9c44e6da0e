import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface BareString { file: string; text: string }

/** Calls whose texts no user sees as words of ours: logs, selectors, patterns. */
const notSeen = /(^|[.#])log\.(info|warn|error|debug|trace)$|^querySelector(All)?$/;

/** Of the code's strings: what l10n is asked for, and what reads like words of ours (two words or more) and does not go through it. */
export interface CodeStrings {
  asked: Set<string>;
  /**
   * Found by their looks: a text that is a program's (a shell line, a class of CSS) and looks so, too, is on the list of the test, with
   * its reason.
   */
  bare: BareString[];
}

export function codeStrings(root: string): CodeStrings {
  const found: CodeStrings = { asked: new Set(), bare: [] };
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => `src/${name}`).toSorted()) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext, true);
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node) || ts.isTaggedTemplateExpression(node)) { return; }
      if (ts.isCallExpression(node)) {
        const called = node.expression.getText();
        const [first, ...others] = node.arguments;
        if (/^(vscode\.)?l10n\.t$/.test(called)) {
          if (first !== undefined && ts.isStringLiteralLike(first)) { found.asked.add(first.text); }
          others.forEach(visit);
          return;
        }
        if (notSeen.test(called)) { return; }
      }
      // Mistakes in the program itself, for the log.
      if (ts.isNewExpression(node) && ['Error', 'TypeError', 'RangeError', 'RegExp'].includes(node.expression.getText())) {
        node.arguments?.filter(ts.isCallExpression).forEach(visit);
        return;
      }
      if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) && /\p{L}{2,} \p{L}{2,}/u.test(node.text)) {
        found.bare.push({ file, text: node.text });
      }
      node.forEachChild(visit);
    };
    source.forEachChild(visit);
  }
  return found;
}
