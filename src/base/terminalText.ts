import { StringDecoder } from 'node:string_decoder';

type State = 'text' | 'escape' | 'csi' | 'string' | 'stringEscape';

const escape = '\x1b';
/** Escape sequences are short; what is longer than this is dropped. */
const maxSequence = 64;

/**
 * Output of a program, made safe to show in a terminal: colours and styles (SGR) stay; everything that would move the cursor,
 * set the title, touch the clipboard or ask the terminal a question goes. Keeps its place over chunk boundaries.
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-48/
 */
export class TerminalText {
  private readonly decoder = new StringDecoder('utf8');
  private state: State = 'text';
  private sequence = '';

  /** The chunk as text with line ends as a terminal wants them (CR LF). */
  push(chunk: Uint8Array): string {
    let out = '';
    for (const char of this.decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) { out += this.take(char); }
    return out;
  }

  private take(char: string): string {
    // CAN and SUB cancel what has begun; a line's end does too, so that a stray opener costs its line and not all that follows.
    if (this.state !== 'text' && (char === '\x18' || char === '\x1a' || char === '\n')) { this.state = 'text'; }
    switch (this.state) {
      case 'text':
        if (char === escape) { this.state = 'escape'; return ''; }
        if (char === '\x9b') { this.begin('csi'); return ''; }
        if (char === '\x90' || (char >= '\x9d' && char <= '\x9f') || char === '\x98') { this.begin('string'); return ''; }
        return char === '\n' ? '\r\n' : char === '\t' || char === '\r' || (char >= ' ' && char < '\x7f') || char > '\x9f' ? char : '';
      case 'escape':
        if (char === '[') { this.begin('csi'); } else if (char === ']' || char === 'P' || char === 'X' || char === '^' || char === '_') { this.begin('string'); } else if (char > '/' && char !== escape) { this.state = 'text'; }
        // " " to "/" go on: "ESC ( B" chooses a character set.
        return '';
      case 'csi':
        if (char === escape) { this.state = 'escape'; return ''; }
        if (char >= '@' && char <= '~') {
          this.state = 'text';
          // Only plain SGR: "?" and "<" begin private sequences.
          return char === 'm' && /^[\d;:]*$/.test(this.sequence) ? `${escape}[${this.sequence}m` : '';
        }
        this.sequence += char;
        if (this.sequence.length > maxSequence) { this.state = 'text'; }
        return '';
      case 'string':
        if (char === '\x07' || char === '\x9c') { this.state = 'text'; } else if (char === escape) { this.state = 'stringEscape'; }
        return '';
      case 'stringEscape':
        if (char === '\\') { this.state = 'text'; return ''; }
        this.state = 'escape';
        return this.take(char);
    }
  }

  private begin(state: 'csi' | 'string'): void {
    this.state = state;
    this.sequence = '';
  }
}
