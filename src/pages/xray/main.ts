import '../diagram/diagram.css';
import './xray.css';
import type { FromXrayPage, ToXrayPage } from '../../webviews/xrayProtocol';
import { registerControls } from '../controls';
import { startPage } from '../start';
import { XrayView } from './view';

registerControls();
startPage<ToXrayPage>((send: (message: FromXrayPage) => void) => new XrayView(send));
