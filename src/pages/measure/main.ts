import '../diagram/diagram.css';
import './measure.css';
import type { FromMeasurePage, ToMeasurePage } from '../../webviews/measureProtocol';
import { registerControls } from '../controls';
import { startPage } from '../start';
import { MeasureView } from './view';

registerControls();
startPage<ToMeasurePage>((send: (message: FromMeasurePage) => void) => new MeasureView((type) => send({ type })));
