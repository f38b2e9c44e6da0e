import { checkAll } from './check';

checkAll('connections');
