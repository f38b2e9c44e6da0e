import '../diagram/diagram.css';
import './run.css';
import type { FromRunPage, ToRunPage } from '../../webviews/runProtocol';
import { registerControls } from '../controls';
import { startPage } from '../start';
import { RunView } from './view';

registerControls();
startPage<ToRunPage>((send: (message: FromRunPage) => void) => new RunView((type) => send({ type })));
