import { connections } from './connections';
import { engine } from './engine';
import { kernel } from './kernel';
import { lesson } from './lesson';
import { pages } from './pages';
import type { Parser } from './property';
import { text } from './text';

/** Every parser of the product, by where it is. */
export const parsers: Readonly<Record<string, readonly Parser[]>> = { text, engine, connections, kernel, lesson, pages };
