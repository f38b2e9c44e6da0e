import { checkAll } from './check';

checkAll('lesson');
