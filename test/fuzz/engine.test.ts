import { checkAll } from './check';

checkAll('engine');
