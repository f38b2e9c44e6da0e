import { checkAll } from './check';

checkAll('kernel');
