import * as l10n from '@vscode/l10n';

interface VsCodeApi { postMessage(message: { type: string }): void }
declare function acquireVsCodeApi(): VsCodeApi;

/** What draws a page's messages. */
export interface PageView<To> {
  readonly element: HTMLElement;
  show(message: To): void;
}

/** Starts a page: its view is made with the first message, which brings the texts, and is shown each of them. */
export function startPage<To extends { l10n?: Record<string, string> | undefined }>(make: (send: (message: { type: string }) => void) => PageView<To>): void {
  const vscode = acquireVsCodeApi();
  let view: PageView<To> | undefined;
  window.addEventListener('message', ({ data }: MessageEvent<To>) => {
    if (view === undefined) {
      // Before the first text is made: every text goes through the bundle.
      if (data.l10n) { l10n.config({ contents: data.l10n }); }
      view = make((message) => vscode.postMessage(message));
      document.getElementById('root')?.replaceChildren(view.element);
    }
    view.show(data);
  });
  vscode.postMessage({ type: 'ready' });
}
