/** A file to pack. */
export interface TarEntry {
  name: string;
  content: Uint8Array;
  /** Permission bits; 0644 when left out. */
  mode?: number;
}

const blockBytes = 512;

/**
 * A POSIX ustar archive of a few small files with names of at most 100 characters. Time and owner are zero, so that the same
 * files give the same bytes, and so the same image id, everywhere.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar Interchange Format)
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, mode = 0o644 }) => {
    const header = Buffer.alloc(blockBytes);
    const octal = (value: number, at: number, width: number): void => { header.write(value.toString(8).padStart(width - 1, '0'), at, 'ascii'); };
    header.write(name, 0, 100, 'utf8');
    octal(mode, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(content.length, 124, 12);
    octal(0, 136, 12);
    header.write('        ', 148, 'ascii'); // the checksum counts as blanks
    header.write('0', 156, 'ascii');
    header.write('ustar\x0000', 257, 'ascii');
    octal(header.reduce((sum, byte) => sum + byte, 0), 148, 7);
    return [header, content, Buffer.alloc(-content.length & (blockBytes - 1))];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}
