import { checkAll } from './check';

checkAll('pages');
