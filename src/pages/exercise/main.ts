import './exercise.css';
import * as l10n from '@vscode/l10n';
import type { FromExercisePage, ToExercisePage } from '../../webviews/exerciseProtocol';
import { registerControls } from '../controls';
import { ExerciseView } from './view';

interface VsCodeApi { postMessage(message: FromExercisePage): void }
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('root');
let view: ExerciseView | undefined;

registerControls();
window.addEventListener('message', ({ data }: MessageEvent<ToExercisePage>) => receive(data));
vscode.postMessage({ type: 'ready' });

function receive(message: ToExercisePage): void {
  switch (message.type) {
    case 'tasks':
      // Before the first text is made: every text goes through the bundle.
      if (view === undefined && message.l10n) { l10n.config({ contents: message.l10n }); }
      if (view === undefined) {
        view = new ExerciseView(sent => vscode.postMessage(sent));
        root?.replaceChildren(view.element);
      }
      view.show(message);
      break;
    case 'busy': view?.setBusy(message.task); break;
    default: message satisfies never;
  }
}
