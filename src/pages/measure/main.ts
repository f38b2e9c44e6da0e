import '../diagram/diagram.css';
import './measure.css';
import type { FromMeasurePage, ToMeasurePage } from '../../webviews/measureProtocol';
import { registerControls } from '../controls';
import { startPage } from '../start';
import { MeasureView } from './view';

registerControls();
startPage<ToMeasurePage, FromMeasurePage>((send) => new MeasureView((type) => send({ type })));
