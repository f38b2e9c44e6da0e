import 'uplot/dist/uPlot.min.css';
import './live.css';
import * as l10n from '@vscode/l10n';
import type { FromLivePage, ToLivePage } from '../../webviews/protocol';
import { registerControls } from '../controls';
import { parseRange } from './range';
import { LiveView } from './view';

/** What VS Code gives a page, once. */
interface VsCodeApi {
  postMessage(message: FromLivePage): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('root');
let view: LiveView | undefined;

registerControls();
window.addEventListener('message', ({ data }: MessageEvent<ToLivePage>) => receive(data));
vscode.postMessage({ type: 'ready' });

function receive(message: ToLivePage): void {
  switch (message.type) {
    case 'init': show(message); break;
    case 'samples': view?.addSamples(message.samples, message.figures); break;
    case 'rates': view?.addRates(message.rates, message.figures); break;
    case 'marker': view?.addMarker(message.marker, message.figures); break;
    case 'state': view?.setState(message.state); break;
    default: message satisfies never;
  }
}

function show(init: Extract<ToLivePage, { type: 'init' }>): void {
  // Before the first text is made: every text goes through the bundle.
  if (init.l10n) { l10n.config({ contents: init.l10n }); }
  view?.dispose();
  view = new LiveView(init, {
    send: message => vscode.postMessage(message),
    rangeMinutes: parseRange(vscode.getState()),
    rangeChosen: rangeMinutes => vscode.setState({ rangeMinutes }),
  });
  root?.replaceChildren(view.element);
}
