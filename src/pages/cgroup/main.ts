import './cgroup.css';
import * as l10n from '@vscode/l10n';
import type { FromCgroupPage, ToCgroupPage } from '../../webviews/cgroupProtocol';
import { CgroupView } from './view';

interface VsCodeApi { postMessage(message: FromCgroupPage): void }
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('root');
let view: CgroupView | undefined;

window.addEventListener('message', ({ data }: MessageEvent<ToCgroupPage>) => {
  // Before the first text is made: every text goes through the bundle.
  if (view === undefined) {
    if (data.l10n) { l10n.config({ contents: data.l10n }); }
    view = new CgroupView();
    root?.replaceChildren(view.element);
  }
  view.show(data);
});
vscode.postMessage({ type: 'ready' });
