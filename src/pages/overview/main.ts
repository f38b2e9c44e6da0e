import '../diagram/diagram.css';
import './overview.css';
import type { FromOverviewPage, ToOverviewPage } from '../../webviews/overviewProtocol';
import { startPage } from '../start';
import { OverviewView } from './view';

startPage<ToOverviewPage>((send: (message: FromOverviewPage) => void) => new OverviewView(send));
