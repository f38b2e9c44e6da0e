import '../diagram/diagram.css';
import './architecture.css';
import type { FromArchitecturePage, ToArchitecturePage } from '../../webviews/architectureProtocol';
import { registerControls } from '../controls';
import { startPage } from '../start';
import { ArchitectureView } from './view';

registerControls();
startPage<ToArchitecturePage>((send: (message: FromArchitecturePage) => void) => new ArchitectureView(send));
