/**
 * Control characters, and what has no shape of its own: marks that turn the direction of text around or join it, tags, halves of a
 * surrogate pair. They could make a name look like another, or say to a language model what no person sees.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text for one of VS Code's messages. A notification would make "[words](command:…)" a link that runs the command, and much of what a
 * message holds is an engine's or a registry's own words: nothing of ours is written as a link there, so none is let through.
 */
export function messageText(text: string): string {
  // Bounded before it is looked through, so that a hostile text of megabytes costs nothing.
  return plainText(text.slice(0, 10_000).replace(/\s+/g, ' '), 1000).replaceAll('](', '] (');
}

/** Text from an engine for a quick pick, which would draw "$(trash)" as an icon. */
export function listText(text: string): string {
  return plainText(text).replaceAll('$(', '\\$(');
}

/** Text with "�" in the place of each character that cannot be seen. */
export function shownText(text: string): string {
  return text.replace(invisible, '\ufffd');
}

/** Text from an engine as one line that shows what it is: control characters become "�", and what is too long is cut. */
export function plainText(text: string, maxChars = 200): string {
  const shown = shownText(text.slice(0, maxChars + 1));
  // Not through the middle of an emoji.
  return shown.length > maxChars ? `${shown.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…` : shown;
}
