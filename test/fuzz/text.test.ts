import { checkAll } from './check';

checkAll('text');
